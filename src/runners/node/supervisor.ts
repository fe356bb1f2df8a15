import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  runFiles,
  type SupervisorEnd,
  type SupervisorOrder,
  type SupervisorStart,
} from '../../protocol/runner.ts';
import {
  endProcesses,
  endWindowsTree,
  markedProcesses,
  processesOfGroup,
  processesOfRun,
  runMark,
} from './processTree.ts';
import { SystemSampler } from './systemSampler.ts';

/**
 * One small detached process per run, so that a run outlives the window and the service that started it.
 *
 * It starts the script, whose output goes straight into the log file and so survives the death of anyone,
 * waits for its end and writes down what it was. It talks to the service through the run's folder only.
 * Started with `end` after the folder, it ends what is left of a run whose supervisor was lost.
 */
await main(process.argv[2]!, process.argv[3] === 'end');

async function main(folder: string, isLost: boolean): Promise<void> {
  const order = JSON.parse(fs.readFileSync(path.join(folder, runFiles.order), 'utf8')) as SupervisorOrder;
  const end = isLost ? await endWhatIsLeft(order) : await runScript(folder, order);
  writeWhole(path.join(folder, runFiles.ended), end);
  process.exit(0);
}

/** The end says neither exit code nor signal: nobody was there to see it. */
async function endWhatIsLeft(order: SupervisorOrder): Promise<SupervisorEnd> {
  const runId = order.environment[runMark]!;
  await endProcesses(() => markedProcesses(runId), order.graceMilliseconds);
  return { time: Date.now(), stopped: false };
}

async function runScript(folder: string, order: SupervisorOrder): Promise<SupervisorEnd> {
  const stopAsked = watchStop(path.join(folder, runFiles.stop));
  if (stopAsked.already()) {
    return { time: Date.now(), stopped: true };
  }
  const log = fs.openSync(path.join(folder, runFiles.log), 'a');
  const started = await start(order, log);
  if ('startError' in started) {
    return { time: Date.now(), stopped: false, startError: started.startError };
  }
  const { script, exit } = started;
  const scriptId = script.pid!;
  const startReport: SupervisorStart = { supervisorId: process.pid, scriptId, time: Date.now() };
  writeWhole(path.join(folder, runFiles.started), startReport);
  const sampler = startSampler(folder, order, scriptId);
  const first = await Promise.race([exit, stopAsked.promise]);
  const time = Date.now();
  sampler?.finish();
  if (first === 'stop') {
    await endTree(scriptId, order);
    return { time: Date.now(), ...(await exit), stopped: true };
  }
  await endGroup(scriptId, order, log);
  return { time, ...first, stopped: false };
}

type ScriptExit = Pick<SupervisorEnd, 'exitCode' | 'signal'>;

async function start(
  order: SupervisorOrder,
  log: number,
): Promise<{ script: ChildProcess; exit: Promise<ScriptExit> } | { startError: string }> {
  const [program, ...parameters] = order.command;
  // The service runs as plain Node inside the editor's Electron; the user's script must not inherit that.
  const { ELECTRON_RUN_AS_NODE: _, ...own } = process.env;
  try {
    const script = spawn(program!, parameters, {
      cwd: order.workingFolder,
      env: { ...own, ...order.environment },
      stdio: ['ignore', log, log],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const exit = new Promise<ScriptExit>((resolve) => {
      script.once('exit', (code, signal) =>
        resolve({ ...(code !== null && { exitCode: code }), ...(signal !== null && { signal }) }),
      );
    });
    await new Promise((resolve, reject) => script.once('spawn', resolve).once('error', reject));
    return { script, exit };
  } catch (error) {
    return { startError: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  }
}

function startSampler(folder: string, order: SupervisorOrder, scriptId: number): SystemSampler | undefined {
  const { sampleMilliseconds: everyMilliseconds, workingFolder } = order;
  const file = path.join(folder, runFiles.systemMetrics);
  return everyMilliseconds === undefined
    ? undefined
    : new SystemSampler({ file, folder: workingFolder, scriptId, everyMilliseconds });
}

/** A stop is a file in the run's folder, or a signal to the supervisor, as when the computer shuts down. */
function watchStop(file: string): { promise: Promise<'stop'>; already(): boolean } {
  const promise = new Promise<'stop'>((resolve) => {
    setInterval(() => fs.existsSync(file) && resolve('stop'), 100);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('stop'));
    }
  });
  return { promise, already: () => fs.existsSync(file) };
}

async function endTree(scriptId: number, order: SupervisorOrder): Promise<void> {
  if (process.platform === 'win32') {
    await endWindowsTree(scriptId, order.graceMilliseconds);
  } else {
    const runId = order.environment[runMark]!;
    await endProcesses(() => processesOfRun(scriptId, runId), order.graceMilliseconds);
  }
}

/**
 * What the script started and left behind goes the way it goes when a terminal window is closed: processes
 * of its own group end with it (data loader workers of a crashed training would keep the GPU's memory),
 * those that left the group on purpose, as daemons do, live on. The log says so.
 */
async function endGroup(scriptId: number, order: SupervisorOrder, log: number): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const left = processesOfGroup(scriptId).length;
  if (left > 0) {
    const what =
      left === 1 ? 'A process that the script started was' : `${left} processes that the script started were`;
    fs.writeSync(log, `\n[mlops] ${what} still running after its end and ended with the run.\n`);
    await endProcesses(() => processesOfGroup(scriptId), order.graceMilliseconds);
  }
}

function writeWhole(file: string, content: SupervisorStart | SupervisorEnd): void {
  fs.writeFileSync(`${file}.new`, JSON.stringify(content));
  fs.renameSync(`${file}.new`, file);
}
