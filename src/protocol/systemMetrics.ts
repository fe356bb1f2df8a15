/** MLflow keeps what it measures of the machine under this prefix, and so do we. */
export const systemPrefix = 'system/';

/** Says how a machine was used, not how good a model is. */
export function isSystemMetric(key: string): boolean {
  return key.startsWith(systemPrefix);
}

/** In seconds; short enough to see a training's phases, long enough to cost nothing. */
export const defaultSystemMetricsInterval = 10;
