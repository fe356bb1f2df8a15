import { openPage } from '../shared/openPage.ts';
import { RunPage } from './runPage.ts';

openPage('workbench-run', RunPage);
