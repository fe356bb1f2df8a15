import type { Parameter } from '../../src/protocol/experiments.ts';

export interface ParameterRow {
  readonly key: string;
  /** Absent where only the previous run had this parameter. */
  readonly value?: string;
  /** The previous run's value where it was another. */
  readonly was?: string;
  readonly change: 'none' | 'changed' | 'added' | 'removed';
}

/** A run's parameters beside those of the previous run of the same script; the changed ones first. */
export function parameterRows(
  parameters: readonly Parameter[],
  previous: Readonly<Record<string, string>> | undefined,
): ParameterRow[] {
  const keys = new Set(parameters.map(({ key }) => key));
  const rows = parameters.map(({ key, value }) => rowOf(key, value, previous));
  for (const [key, was] of Object.entries(previous ?? {})) {
    if (!keys.has(key)) {
      rows.push({ key, was, change: 'removed' });
    }
  }
  const rank = (row: ParameterRow) => (row.change === 'none' ? 1 : 0);
  return rows.sort((a, b) => rank(a) - rank(b) || a.key.localeCompare(b.key));
}

function rowOf(
  key: string,
  value: string,
  previous: Readonly<Record<string, string>> | undefined,
): ParameterRow {
  if (!previous) {
    return { key, value, change: 'none' };
  }
  if (!Object.hasOwn(previous, key)) {
    return { key, value, change: 'added' };
  }
  const was = previous[key]!;
  return was === value ? { key, value, change: 'none' } : { key, value, was, change: 'changed' };
}
