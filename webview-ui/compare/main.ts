import { openPage } from '../shared/openPage.ts';
import { ComparePage } from './comparePage.ts';

openPage('workbench-compare', ComparePage);
