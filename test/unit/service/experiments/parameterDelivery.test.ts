import { expect, test } from 'vitest';
import {
  deliveryOf,
  expectedDelivery,
  givenByArguments,
} from '../../../../src/service/experiments/parameterDelivery.ts';

test.each([
  ['os.environ["MLOPS_PARAMS"]', 'environment'],
  ['from mlops_workbench import load_parameters', 'environment'],
  ['import { loadParameters } from "mlops-workbench"', 'environment'],
  ['import mlops_workbench\nyaml.safe_load(open("params.yaml"))', 'file'],
  ['parser.add_argument("--learning_rate", type=float)', 'arguments'],
  ['parser.add_argument("-l", "--learning-rate")', 'arguments'],
  ["@click.option('--learning-rate', '-l')", 'arguments'],
  ["program.option('-l, --learning-rate <number>')", 'arguments'],
  ["parseArgs({ options: { 'learning-rate': { type: 'string' } } })", 'arguments'],
  ['import typer\ndef main(epochs: int, learning_rate: float = 0.1): ...', 'arguments'],
  ['import fire\ndef train(learning_rate=0.1): ...', 'arguments'],
  ['def train(learning_rate=0.1): ...', 'file'],
  ['parser.add_argument("--learning-rate-decay")', 'file'],
  ['yaml.safe_load(open("params.yaml"))', 'file'],
  ['', 'file'],
])('%s → %s', (source, kind) => {
  expect(deliveryOf(source, { learning_rate: '0.5' }).kind).toBe(kind);
  expect(expectedDelivery(source, ['learning_rate', 'other'])).toBe(kind);
});

test('every changed key needs an option', () => {
  const source = 'import argparse\nadd_argument("--depth")';
  expect(deliveryOf(source, { depth: '1', rate: '2' })).toEqual({ kind: 'file', arguments: [] });
});

test('values are written so that the parser takes them', () => {
  const argparse = (declaration: string) => `import argparse\nparser.add_argument(${declaration})\n`;
  const given = (source: string, value: string) => deliveryOf(source, { 'model.use_bias': value }).arguments;
  expect(given(argparse('"--model.use_bias"'), '-1')).toEqual(['--model.use_bias=-1']);
  expect(given(argparse('"--model-use-bias"'), 'a b')).toEqual(['--model-use-bias=a b']);
  expect(given(argparse('"--model-use-bias", action="store_true"'), 'true')).toEqual(['--model-use-bias']);
  expect(given(argparse('"--model-use-bias", action="store_true"'), 'false')).toEqual([]);
  expect(given(argparse('"--model-use-bias", action=argparse.BooleanOptionalAction'), 'false')).toEqual([
    '--no-model-use-bias',
  ]);
  expect(given('args = sys.argv\nif args[1] == "--model-use-bias": ...', '3')).toEqual([
    '--model-use-bias',
    '3',
  ]);
});

test('the switch of the next option is not taken for this one', () => {
  const source =
    'import argparse\np.add_argument("--depth", type=int)\np.add_argument("--fast", action="store_true")';
  expect(deliveryOf(source, { depth: '3' }).arguments).toEqual(['--depth=3']);
});

test('the user’s own arguments tell values', () => {
  const command = [
    'python',
    'train.py',
    '--learning-rate',
    '-0.1',
    '--model.depth=4',
    '--fast',
    '--unknown',
    '1',
  ];
  expect(givenByArguments(command, ['learning_rate', 'model.depth', 'fast', 'epochs'])).toEqual({
    learning_rate: '-0.1',
    'model.depth': '4',
    fast: 'true',
  });
});
