import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { ServiceConnection } from '../src/attach/connection.ts';
import { getRuns, readLog, startRun } from '../src/protocol/experiments.ts';
import { ServedFolder } from '../test/support/service.ts';
import { News } from './support/news.ts';
import { type Figure, report } from './support/report.ts';

/*
 * What it costs to run a script as an experiment instead of by itself: `node bench/run.ts [--rounds N]`.
 * The script and the run take turns; a round is the run's time without that of the bare script beside it.
 * Measured as a window sees it: from the request to the first output that can be read, and to the recorded end.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });

/** Long enough that its environment is captured while it works, as with every script worth running. */
const script = "import time\nprint('first', flush=True)\ntime.sleep(0.5)\nprint('last')\n";

interface Times {
  /** Milliseconds from the start. */
  readonly firstOutput: number;
  readonly end: number;
}

const folder = new ServedFolder('bench');
folder.write('train.py', script);
try {
  const { connection } = await folder.attach();
  // The first run of a service looks at the interpreter and its packages; those after it know them.
  const first = { bare: await runBare(), run: await runExperiment(connection) };
  const bare: Times[] = [];
  const run: Times[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    bare.push(await runBare());
    run.push(await runExperiment(connection));
  }
  const added = (what: keyof Times) => run.map((times, round) => times[what] - bare[round]![what]);
  const figures: Figure[] = [
    { what: 'bare script, first output', unit: 'ms', rounds: bare.map(({ firstOutput }) => firstOutput) },
    { what: 'as a run, first output', unit: 'ms', rounds: run.map(({ firstOutput }) => firstOutput) },
    { what: 'added until the first output', unit: 'ms', budget: 150, rounds: added('firstOutput') },
    { what: 'added until the end', unit: 'ms', budget: 150, rounds: added('end') },
    { what: 'added by the first run of a service', unit: 'ms', rounds: [first.run.end - first.bare.end] },
  ];
  report('run', figures);
} finally {
  await folder.dispose();
}

async function runBare(): Promise<Times> {
  const begin = performance.now();
  const child = spawn('python3', ['train.py'], { cwd: folder.root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  const firstOutput = performance.now() - begin;
  await ended;
  return { firstOutput, end: performance.now() - begin };
}

async function runExperiment(connection: ServiceConnection): Promise<Times> {
  const news = new News(connection);
  try {
    const begin = performance.now();
    const { id } = await connection.send(startRun, { command: ['python3', 'train.py'] });
    await news.until(async () => {
      const { text } = await connection.send(readLog, { run: id, from: 0, length: 100 });
      return text.includes('first');
    });
    const firstOutput = performance.now() - begin;
    await news.until(async () => {
      const [run] = await connection.send(getRuns, { runs: [id] });
      return run!.state === 'finished';
    });
    return { firstOutput, end: performance.now() - begin };
  } finally {
    news.dispose();
  }
}
