import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startVsCodeServer } from './harness/vscodeServer.ts';
import { Workbench } from './harness/workbench.ts';
import { copySample, repository } from './sampleProject.ts';

const sample = copySample();
const data = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-data-'));
const server = await startVsCodeServer({ serverDataDir: data, extensionPath: repository });
const workbench = await Workbench.open({ server, folder: sample.folder, screenshots: '/tmp/explore' });
const shot = (n: string) => workbench.screenshot(n);
try {
  await workbench.openView('MLOps', 'Experiments');
  await workbench.openFile('train.py');
  await shot('01-open');
  await workbench.codeLens('Run Experiment').first().click();
  await workbench.page.waitForTimeout(4000);
  await shot('02-running');
  await workbench.page.waitForTimeout(9000);
  await shot('03-finished');
  await workbench.setTheme('light');
  await shot('04-light');
} catch (error) {
  console.error(error);
  await shot('99-error');
} finally {
  console.log(workbench.violations, workbench.problems);
  try {
    await workbench.close();
  } catch (e) {
    console.error(e);
  }
  await server.dispose();
  console.log(fs.readFileSync(path.join(sample.folder, '.mlops/service.log'), 'utf8').slice(-3000));
  sample.dispose();
}
