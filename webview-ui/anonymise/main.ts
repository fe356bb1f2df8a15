import { openPage } from '../shared/openPage.ts';
import { AnonymisePage } from './anonymisePage.ts';

openPage('workbench-anonymise', AnonymisePage);
