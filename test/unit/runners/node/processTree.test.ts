import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { markedProcesses, parsePs, processesOfRun } from '../../../../src/runners/node/processTree.ts';

test('reads what ps prints on systems without /proc', () => {
  expect(parsePs('    1     0     1 Ss\n 4711     1  4711 S+\n   99  4711  4711 Z\n\n')).toEqual([
    { id: 1, parent: 0, group: 1, isZombie: false },
    { id: 4711, parent: 1, group: 4711, isZombie: false },
    { id: 99, parent: 4711, group: 4711, isZombie: true },
  ]);
});

test('finds a run’s processes by descent, group and mark, and nobody else’s', async () => {
  const run = `run-${process.pid}`;
  const script = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], {
    detached: true,
    env: { ...process.env, MLOPS_RUN_ID: run },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const other = spawn('sleep', ['600'], { env: { ...process.env, MLOPS_RUN_ID: `${run}-other` } });
  try {
    const [line] = (await once(script.stdout!, 'data')) as [Buffer];
    const ids = [script.pid!, Number(line.toString())].sort();
    expect(processesOfRun(script.pid!, 'another mark').sort()).toEqual(ids);
    expect(markedProcesses(run).sort()).toEqual(ids);
  } finally {
    process.kill(-script.pid!, 'SIGKILL');
    other.kill('SIGKILL');
  }
});
