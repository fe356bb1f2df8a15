import { isSystemMetric } from '../../src/protocol/systemMetrics.ts';

/** By name, so that `train/loss` and `train/accuracy` stand together; what the system measured comes last. */
export function orderMetrics(keys: Iterable<string>): string[] {
  const rank = (key: string) => (isSystemMetric(key) ? 1 : 0);
  return [...new Set(keys)].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }));
}
