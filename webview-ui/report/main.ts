import { openPage } from '../shared/openPage.ts';
import { ReportPage } from './reportPage.ts';

openPage('workbench-report', ReportPage);
