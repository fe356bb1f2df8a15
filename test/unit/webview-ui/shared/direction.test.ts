import { describe, expect, it } from 'vitest';
import { guessDirection } from '../../../../webview-ui/shared/direction.ts';

describe('guessDirection', () => {
  it.each([
    ['loss', 'lower'],
    ['val/loss', 'lower'],
    ['trainLoss', 'lower'],
    ['eval_RMSE', 'lower'],
    ['perplexity', 'lower'],
    ['mae@10', 'lower'],
    ['accuracy', 'higher'],
    ['val_acc', 'higher'],
    ['f1-macro', 'higher'],
    ['roc.auc', 'higher'],
    ['r2', 'higher'],
    ['test_score', 'higher'],
    ['accuracy_loss', 'lower'],
    ['learning_rate', undefined],
    ['glossary', undefined],
    ['epoch', undefined],
  ])('%s: %s', (metric, direction) => {
    expect(guessDirection(metric)).toBe(direction);
  });
});
