import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDetails } from '../../../src/protocol/experiments.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;
let first: string;
let second: string;

const script = `
import os
import mlops_workbench as mlflow
rate = float(open(os.environ['MLOPS_PARAMS']).read().split()[1])
with mlflow.start_run():
    for step in range(3):
        mlflow.log_metrics({'accuracy': 0.9 - rate + step / 100, 'same': 1}, step=step)
    mlflow.log_text('hello', 'notes/hello.txt')
print('done')
`;

beforeAll(async () => {
  folder = new TypedFolder('für “runs”');
  folder.write('params.yaml', 'learning_rate: 0.1\n');
  folder.write('train.py', script);
  folder.write('other/crash.py', "raise ValueError('no “data”')\n");
  await folder.mlops('run', 'train.py');
  await folder.mlops('run', '-p', 'learning_rate=0.5', 'train.py');
  await folder.mlops('run', 'other/crash.py');
  const { runs } = await folder.json<{ runs: RunDetails[] }>('runs', 'list');
  [, second, first] = runs.map(({ name }) => name) as [string, string, string];
});

afterAll(() => folder.dispose());

describe('mlops runs list', () => {
  it('shows the newest first, with metric and failure', async () => {
    const { exitCode, stdout } = await folder.mlops('runs', 'list');
    expect(exitCode).toBe(0);
    const [header, crashed, ...others] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^RUN +STATE +METRIC +VALUE +DURATION +STARTED +EXPERIMENT +ID$/);
    expect(crashed).toMatch(/failed .*just now +other +[0-9a-f]{8} +ValueError: no “data”$/);
    expect(others[0]).toMatch(new RegExp(`^${second} +finished +accuracy +0\\.42 `));
    expect(others[1]).toMatch(new RegExp(`^${first} +finished +accuracy +0\\.82 `));
    expect(stdout).not.toContain('\u001b');
  });

  it('shows one experiment, and as many as asked', async () => {
    expect(
      (await folder.mlops('runs', 'list', '--experiment', 'other')).stdout.trimEnd().split('\n'),
    ).toHaveLength(2);
    const { stdout, stderr } = await folder.mlops('runs', 'list', '-n', '1');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).toBe('1 of 3 runs; more with --limit 3\n');
  });

  it('finds by filter and sorts by order', async () => {
    const names = async (...words: string[]) => {
      const { runs } = await folder.json<{ runs: RunDetails[] }>('runs', 'list', ...words);
      return runs.map(({ name }) => name);
    };
    const accurate = "metrics.accuracy > 0.6 or (params.learning_rate = '0.5' and not status = 'FAILED')";
    expect(await names('--filter', accurate, '--order', 'metrics.accuracy desc')).toEqual([first, second]);
    expect(await names('--filter', accurate, '--order', 'metrics.accuracy')).toEqual([second, first]);
    expect(await names('--filter', 'not metrics.accuracy > 0')).toHaveLength(1);
    const { exitCode, stdout, stderr } = await folder.mlops(
      'runs',
      'list',
      '--filter',
      'metrics.accuracy > 2',
    );
    expect([exitCode, stdout, stderr]).toEqual([0, '', 'No run matches the filter.\n']);
  });

  it('points at the mistake in a filter or an order', async () => {
    const filter = await folder.mlops(
      'runs',
      'list',
      '--filter',
      "metrics.accuracy > 0.9 nd params.model = 'svm'",
    );
    expect(filter.exitCode).toBe(1);
    expect(filter.stderr).toBe(
      "  metrics.accuracy > 0.9 nd params.model = 'svm'\n" +
        '                         ^^\n' +
        "Invalid clause(s) in filter string: 'nd' (at character 24)\n",
    );
    const order = await folder.mlops('runs', 'list', '--order', 'metrics.accuracy desc, size');
    expect(order.stderr).toMatch(/\n {25}\^{4}\nInvalid attribute key 'size' specified/);
    const json = await folder.mlops('runs', 'list', '--json', '--filter', 'x');
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'search.invalidFilter' } });
  });

  it('names the experiments when there is none of that name', async () => {
    const { exitCode, stderr } = await folder.mlops('runs', 'list', '-e', 'othr');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no experiment “othr”. There are: ');
    expect(stderr).toContain('other');
  });
});

describe('mlops runs show', () => {
  it('takes a name, an id and the start of an id', async () => {
    const { id } = await folder.json<RunDetails>('runs', 'show', first);
    for (const asked of [first, id, id.slice(0, 8)]) {
      const { exitCode, stdout } = await folder.mlops('runs', 'show', asked);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`id           ${id}`);
      expect(stdout).toMatch(/^learning_rate +0\.1$/m);
      expect(stdout).toMatch(/^accuracy +0\.82 +0\.8 +0\.82 +2 +3$/m);
      expect(stdout).toMatch(/^notes\/$/m);
    }
  });

  it('says what was changed since the run before', async () => {
    expect((await folder.mlops('runs', 'show', second)).stdout).toMatch(
      new RegExp(`^learning_rate +0\\.5 +\\(was 0\\.1 in ${first}\\)$`, 'm'),
    );
  });

  it('refuses what stands for no run or for several', async () => {
    expect((await folder.mlops('runs', 'show', 'zzz')).stderr).toContain('There is no run “zzz”');
    expect((await folder.mlops('runs', 'show')).exitCode).toBe(2);
  });
});

describe('mlops runs compare', () => {
  it('shows what differs', async () => {
    const { exitCode, stdout } = await folder.mlops('runs', 'compare', first, second);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^ +${first} +${second}$`));
    expect(stdout).toMatch(/^metrics +accuracy +0\.82 +0\.42$/m);
    expect(stdout).toMatch(/^parameters +learning_rate +0\.1 +0\.5$/m);
    expect(stdout).not.toMatch(/ same /);
  });

  it('shows what is the same with --all, and rows for programs with --json', async () => {
    expect((await folder.mlops('runs', 'compare', '--all', first, second)).stdout).toMatch(/ same +1 +1$/m);
    const { rows } = await folder.json<{ rows: { name: string }[] }>('runs', 'compare', first, second);
    expect(rows).toContainEqual({
      group: 'metrics',
      name: 'accuracy',
      values: ['0.82', '0.42'],
      differs: true,
    });
    expect(rows.map(({ name }) => name)).not.toContain('same');
  });

  it('wants two runs', async () => {
    expect(await folder.mlops('runs', 'compare', first)).toMatchObject({
      exitCode: 2,
      stderr: 'Name at least two runs to compare.\n',
    });
  });
});

it('mlops runs log prints what a run wrote', async () => {
  expect(await folder.mlops('runs', 'log', first)).toMatchObject({
    exitCode: 0,
    stdout: 'done\n',
    stderr: '',
  });
  expect(await folder.json('runs', 'log', first)).toMatchObject({ text: 'done\n' });
});

it('mlops runs stop says how a run that has ended went', async () => {
  const { exitCode, stdout } = await folder.mlops('runs', 'stop', first);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${first} finished after .* · accuracy 0\\.82\\n$`));
});

describe('words that are not understood', () => {
  it.each([
    [['runs', 'list', '--expermient', 'x'], "Unknown option '--expermient'.\n(Did you mean --experiment?)\n"],
    [['rums'], "Unknown command 'rums'.\n(Did you mean runs?)\n"],
    [['runs', 'list', '-n', 'many'], 'Give a whole number from 1.'],
    [['run', '--param', 'x', 'train.py'], 'Write it as name=value.'],
    [['run'], 'Name a script or a command to run'],
    [['checkout', 'data.csv', 'newest'], 'Give the number of a version'],
  ])('%j end with 2 and a sentence', async (words, sentence) => {
    const { exitCode, stdout, stderr } = await folder.mlops(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at |error:/);
  });

  it('are told to programs as well', async () => {
    const { exitCode, stdout } = await folder.mlops('runs', 'list', '--json', '--limt', '3');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'cli.usage', message: "Unknown option '--limt'.\n(Did you mean --limit?)" },
    });
  });

  it('help tells them, on standard output when asked for', async () => {
    expect(await folder.mlops('--help')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('mlops run train.py'),
    });
    expect(await folder.mlops()).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: mlops'),
    });
    expect((await folder.mlops('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
