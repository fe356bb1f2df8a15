import { TestWorkspace } from './workspace.ts';

/**
 * A service of its own that a test can kill: starts a script in the folder and says the run's id.
 * Usage: node serviceProcess.ts FOLDER SCRIPT [SECONDS BETWEEN SYSTEM METRICS]
 */
const workspace = new TestWorkspace(process.argv[2]!);
const { id } = await workspace.experiments.startRun({
  script: process.argv[3]!,
  ...(process.argv[4] && { systemMetricsSeconds: Number(process.argv[4]) }),
});
process.stdout.write(`${id}\n`);
