import { expect, test } from 'vitest';
import { parametersToRecord } from '../../../../src/service/experiments/recordedParameters.ts';

test('records what MLflow takes and the script has not logged', () => {
  const captured = [
    { key: 'lr', value: '1e-3' },
    { key: 'long', value: 'x'.repeat(7000) },
    { key: 'größe/a b', value: '1' },
    { key: 'rate (%)', value: '1' },
    { key: '../up', value: '1' },
    { key: 'k'.repeat(251), value: '1' },
  ];
  expect(parametersToRecord(captured, [{ key: 'lr', value: '0.001' }])).toEqual([
    { key: 'long', value: 'x'.repeat(6000) },
    { key: 'größe/a b', value: '1' },
  ]);
});
