import { expect, test } from 'vitest';
import { headlineMetric, lowerIsBetter } from '../../../../../src/service/experiments/headline.ts';
import { inventRunName } from '../../../../../src/service/experiments/names.ts';

function metrics(...keys: string[]) {
  return keys.map((key) => ({
    key,
    latest: { key, value: 1, step: 0, timestamp: 0 },
    count: 1,
    lowest: 1,
    highest: 1,
  }));
}

test.each([
  [['loss', 'accuracy'], 'accuracy'],
  [['accuracy', 'loss', 'val_accuracy', 'val_loss'], 'val_accuracy'],
  [['epoch_time', 'val_loss', 'loss'], 'val_loss'],
  [['training_f1_score', 'training_score'], 'training_f1_score'],
  [['system/cpu_utilization', 'grad_norm'], 'grad_norm'],
  [['b', 'a'], 'b'],
])('of %j the headline is %s', (keys, expected) => {
  expect(headlineMetric(metrics(...keys), undefined)?.key).toBe(expected);
});

test('the chosen metric wins where it exists', () => {
  expect(headlineMetric(metrics('accuracy', 'loss'), 'loss')?.key).toBe('loss');
  expect(headlineMetric(metrics('accuracy', 'loss'), 'missing')?.key).toBe('accuracy');
  expect(headlineMetric([], 'loss')).toBeUndefined();
});

test('a loss or an error is better when lower', () => {
  expect(['loss', 'val_loss', 'rmse', 'test/mae', 'error_rate'].map(lowerIsBetter)).not.toContain(false);
  expect(['accuracy', 'f1', 'roc_auc', 'r2', 'reward'].map(lowerIsBetter)).not.toContain(true);
});

test('run names stay unique and short when the pleasant ones are taken', () => {
  const name = inventRunName((wanted) => !/\d/.test(wanted));
  expect(name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  expect(name.length).toBeLessThanOrEqual(20);
});
