import { isSystemMetric } from '../../protocol/systemMetrics.ts';
import type { StoredMetricSummary } from './store.ts';

/** The tag by which a script or a person chooses the metric shown beside the run's name. */
export const headlineTag = 'mlops.headline';

/** Most telling first. */
const families: readonly RegExp[] = [
  /accuracy|(^|[^a-z])acc($|[^a-z])/i,
  /(^|[^a-z])f1/i,
  /auc/i,
  /(^|[^a-z])(m?ap|average_?precision)($|[^a-z])/i,
  /(^|[^a-z])(bleu|rouge|iou|dice|ndcg|mrr|reward)/i,
  /score/i,
  /(^|[^a-z])r2($|[^a-z])/i,
  /precision|recall/i,
  /(^|[^a-z])(rmse|mse|mae|mape)($|[^a-z])/i,
  /loss/i,
  /error|perplexity/i,
];

/** What a metric says about data the model has not learnt from counts more. */
const heldOut = /(^|[^a-z])(val|valid|validation|test|eval|holdout)($|[^a-z])/i;

/** Smaller is better. */
const costs = /loss|error|(^|[^a-z])(rmse|mse|mae|mape|perplexity|nll|wer|cer|fid)($|[^a-z])/i;

/** The metric a person would look at first: the chosen one, else by name, else the first; never the machine's unasked. */
export function headlineMetric(
  metrics: readonly StoredMetricSummary[],
  chosen: string | undefined,
): StoredMetricSummary | undefined {
  const byChoice = metrics.find((metric) => metric.key === chosen);
  if (byChoice) {
    return byChoice;
  }
  const own = metrics.filter((metric) => !isSystemMetric(metric.key));
  for (const family of families) {
    const found = own.filter((metric) => family.test(metric.key)).sort(byRelevance);
    if (found[0]) {
      return found[0];
    }
  }
  return own[0];
}

export function lowerIsBetter(metric: string): boolean {
  return costs.test(metric);
}

function byRelevance(a: StoredMetricSummary, b: StoredMetricSummary): number {
  return (
    Number(heldOut.test(b.key)) - Number(heldOut.test(a.key)) ||
    a.key.length - b.key.length ||
    (a.key < b.key ? -1 : 1)
  );
}
