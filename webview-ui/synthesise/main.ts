import { openPage } from '../shared/openPage.ts';
import { SynthesisePage } from './synthesisePage.ts';

openPage('workbench-synthesise', SynthesisePage);
