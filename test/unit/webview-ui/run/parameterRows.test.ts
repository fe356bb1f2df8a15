import { expect, it } from 'vitest';
import { parameterRows } from '../../../../webview-ui/run/parameterRows.ts';

const parameters = [
  { key: 'epochs', value: '200' },
  { key: 'rate', value: '0.05' },
  { key: 'seed', value: '7' },
];

it('says what the previous run had, the changed ones first', () => {
  expect(parameterRows(parameters, { epochs: '200', rate: '0.1', dropout: '0.2' })).toEqual([
    { key: 'dropout', was: '0.2', change: 'removed' },
    { key: 'rate', value: '0.05', was: '0.1', change: 'changed' },
    { key: 'seed', value: '7', change: 'added' },
    { key: 'epochs', value: '200', change: 'none' },
  ]);
});

it('calls nothing new when there is no previous run', () => {
  expect(parameterRows(parameters, undefined).map(({ change }) => change)).toEqual(['none', 'none', 'none']);
});

it('is not misled by names that every object has', () => {
  expect(parameterRows([{ key: 'constructor', value: '1' }], {})).toEqual([
    { key: 'constructor', value: '1', change: 'added' },
  ]);
});
