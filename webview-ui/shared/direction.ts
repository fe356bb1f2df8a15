/** Which way a metric gets better, guessed from its name; nothing where the name does not say. */
export type Direction = 'higher' | 'lower';

const lower = new Set([
  'loss',
  'error',
  'err',
  'mse',
  'rmse',
  'mae',
  'mape',
  'msle',
  'rmsle',
  'perplexity',
  'ppl',
  'nll',
  'logloss',
  'brier',
  'wer',
  'cer',
  'fid',
]);

const higher = new Set([
  'accuracy',
  'acc',
  'f1',
  'auc',
  'auroc',
  'auprc',
  'precision',
  'recall',
  'r2',
  'score',
  'map',
  'iou',
  'dice',
  'bleu',
  'rouge',
]);

/** The last telling word decides: in `error_score` a score, in `val/accuracy_loss` a loss. */
export function guessDirection(metric: string): Direction | undefined {
  const words = metric
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  for (const word of words.reverse()) {
    if (lower.has(word)) {
      return 'lower';
    }
    if (higher.has(word)) {
      return 'higher';
    }
  }
  return undefined;
}
