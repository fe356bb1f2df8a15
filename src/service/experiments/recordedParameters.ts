import type { KeyValue } from './store.ts';

/** MLflow's limits. */
const longestKey = 250;
const longestValue = 6000;
const allowedKey = /^[/\p{L}\p{N}_.\- :]+$/u;

/**
 * Parameters as captured at the start, with what the script itself logged in their place.
 *
 * MLflow never lets a parameter change, and `1e-3` in a file is `0.001` in a script's own words. Were captured
 * values recorded at once, a script that logs its parameters, as most do, would be refused. So they wait until
 * its end, and its own words win.
 */
export function mergedParameters(captured: readonly KeyValue[], logged: readonly KeyValue[]): KeyValue[] {
  const values = new Map(captured.map(({ key, value }) => [key, value]));
  for (const { key, value } of logged) {
    values.set(key, value);
  }
  return [...values].map(([key, value]) => ({ key, value }));
}

/** The captured ones that the script has not logged, as MLflow takes them: long values cut, impossible names left out. */
export function parametersToRecord(captured: readonly KeyValue[], logged: readonly KeyValue[]): KeyValue[] {
  const known = new Set(logged.map(({ key }) => key));
  return captured
    .filter(({ key }) => !known.has(key) && isAllowed(key))
    .map(({ key, value }) => ({ key, value: value.slice(0, longestValue) }));
}

function isAllowed(key: string): boolean {
  const segments = key.split('/');
  return key.length <= longestKey && allowedKey.test(key) && !segments.some((part) => /^\.{0,2}$/.test(part));
}
