import { expect } from 'vitest';

/**
 * Where ours deliberately answers other than MLflow's own server. Everything that is not told here must be equal.
 */
export interface Difference {
  readonly case: string;
  readonly why: string;
  /** What ours must answer, from what MLflow's server answered. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the case.
  ours(theirs: any): unknown;
}

export const differences: readonly Difference[] = [];

/** What ours is expected to answer where MLflow's own server gave `theirs`. */
export function expected(name: string, theirs: unknown): unknown {
  const difference = differences.find((candidate) => candidate.case === name);
  return withoutBreakdowns(difference ? difference.ours(structuredClone(theirs)) : theirs);
}

/**
 * MLflow's server answers 500 to some mistakes of a caller, and clients then repeat the request for four minutes.
 * Ours refuses the same requests at once, in words.
 */
function withoutBreakdowns(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutBreakdowns);
  }
  if (typeof value !== 'object' || value === null || 'asymmetricMatch' in value) {
    return value;
  }
  if ('status' in value && value.status === 500) {
    return expect.toSatisfy(isRefusal, 'a refusal in words');
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBreakdowns(item)]));
}

function isRefusal(value: unknown): boolean {
  const { error_code, status } = value as { error_code?: string; status?: number };
  return error_code !== undefined
    ? error_code !== 'INTERNAL_ERROR'
    : status !== undefined && status >= 400 && status < 500;
}
