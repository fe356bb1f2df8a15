import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorOf, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
});
afterEach(() => workspace.dispose());

const parameters = `# The penguins
learning_rate: 0.1   # of the optimiser

model:
  depth: 3
  kind: 'tree'
`;
const readFile = 'print(open(os.environ.get("MLOPS_PARAMS", "params.yaml")).read())';

async function run(request: {
  script: string;
  parameters?: Record<string, string>;
  writeParametersFile?: boolean;
}) {
  const { id } = await workspace.experiments.startRun(request);
  const details = await workspace.ended(id);
  const values = Object.fromEntries(details.parameters.map(({ key, value }) => [key, value]));
  return { details, values, log: workspace.log(id) };
}

test('a script that reads MLOPS_PARAMS gets the changed values; the user’s file stays as it is', async () => {
  workspace.write('params.yaml', parameters);
  workspace.write('train.py', `import os\n${readFile}\n`);
  expect(await workspace.experiments.describeScript({ script: 'train.py' })).toMatchObject({
    script: 'train.py',
    parametersFile: 'params.yaml',
    delivery: 'environment',
    parameters: [
      { key: 'learning_rate', value: '0.1' },
      { key: 'model.depth', value: '3' },
      { key: 'model.kind', value: 'tree' },
    ],
  });
  const changed = { learning_rate: '1e-2', 'model.kind': '7' };
  const { details, values, log } = await run({ script: 'train.py', parameters: changed });
  expect(log).toBe(`${parameters.replace('0.1', '1e-2').replace("'tree'", "'7'")}\n`);
  expect(values).toEqual({ learning_rate: '1e-2', 'model.depth': '3', 'model.kind': '7' });
  expect(workspace.read('params.yaml')).toBe(parameters);
  expect(workspace.store.parameters(details.id)).toHaveLength(3);
});

test('a script with options of these names gets them appended', async () => {
  workspace.write('params.yaml', parameters);
  workspace.write(
    'train.py',
    'import argparse\nparser = argparse.ArgumentParser()\n' +
      'parser.add_argument("--learning-rate", type=float, default=0.1)\n' +
      'parser.add_argument("--verbose", action="store_true")\nprint(parser.parse_args())\n',
  );
  expect((await workspace.experiments.describeScript({ script: 'train.py' })).delivery).toBe('arguments');
  const { details, values, log } = await run({
    script: 'train.py',
    parameters: { learning_rate: '-0.5', verbose: 'true', 'model.depth': '3' },
  });
  expect(log).toBe('Namespace(learning_rate=-0.5, verbose=True)\n');
  expect(details.command.slice(2)).toEqual(['--learning-rate=-0.5', '--verbose']);
  expect(values).toMatchObject({ learning_rate: '-0.5', verbose: 'true', 'model.depth': '3' });
});

test('values that the user gave as arguments are the ones on record', async () => {
  workspace.write('params.yaml', parameters);
  workspace.write('train.py', 'import sys\n');
  const { id } = await workspace.experiments.startRun({
    command: ['python3', 'train.py', '--learning-rate', '0.7', '--model.depth=9'],
  });
  const details = await workspace.ended(id);
  expect(details.parameters).toEqual([
    { key: 'learning_rate', value: '0.7' },
    { key: 'model.depth', value: '9' },
    { key: 'model.kind', value: 'tree' },
  ]);
});

test('a script that reads only params.yaml is refused, until the file may be written', async () => {
  workspace.write('params.yaml', parameters);
  workspace.write('settings.py', 'def load():\n    return open("params.yaml").read()\n');
  workspace.write('train.py', 'from settings import load\nprint(load())\n');
  expect((await workspace.experiments.describeScript({ script: 'train.py' })).delivery).toBe('file');
  const request = { script: 'train.py', parameters: { 'model.depth': '5', fresh: '[1, 2]' } };
  expect(await errorOf(workspace.experiments.startRun(request))).toEqual({
    code: 'experiments.parametersInFile',
    message: expect.stringMatching(/^train\.py reads its parameters from params\.yaml itself/),
    actions: [{ kind: 'writeParameters', title: 'Write to params.yaml', subject: 'params.yaml' }],
  });
  expect(workspace.read('params.yaml')).toBe(parameters);
  expect(workspace.experiments.searchRuns({}).total).toBe(0);

  const { values, log } = await run({ ...request, writeParametersFile: true });
  const written = workspace.read('params.yaml');
  expect(log).toBe(`${written}\n`);
  expect(written).toContain('# The penguins');
  expect(written).toContain('# of the optimiser');
  expect(written).toContain('  depth: 5');
  expect(values).toEqual({ learning_rate: '0.1', 'model.depth': '5', 'model.kind': 'tree', fresh: '[1, 2]' });
});

test('values that would reach nobody are refused', async () => {
  workspace.write('train.py', 'print("hello")\n');
  expect(
    await errorOf(workspace.experiments.startRun({ script: 'train.py', parameters: { x: '1' } })),
  ).toMatchObject({
    code: 'experiments.parametersNotRead',
  });
});

test('what the script itself logs wins over what was captured', async () => {
  workspace.write('params.yaml', 'learning_rate: 1e-3\nepochs: 5\n');
  workspace.write(
    'train.py',
    'import os, time\nprint("up")\nwhile not os.path.exists("go"): time.sleep(0.01)\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'train.py' });
  await workspace.logSays(id, 'up');
  workspace.store.logBatch(id, { parameters: [{ key: 'learning_rate', value: '0.001' }] });
  expect(workspace.details(id).parameters).toEqual([
    { key: 'learning_rate', value: '0.001' },
    { key: 'epochs', value: '5' },
  ]);
  workspace.write('go', '');
  await workspace.ended(id);
  expect(workspace.store.parameters(id)).toEqual([
    { key: 'epochs', value: '5' },
    { key: 'learning_rate', value: '0.001' },
  ]);
});
