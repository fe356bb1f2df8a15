import type { EncodedColumn } from '../../data/encodedTable.ts';
import {
  basicLikeness,
  type ClassCounts,
  closeness,
  deltaDisclosure,
  distinctValues,
  entropyOf,
  largestShare,
  recursiveFactor,
  type SensitiveDistance,
  type SensitiveValues,
} from './distribution.ts';
import { columnMissing, wrongSetting } from './errors.ts';

/** What every equivalence class of a release must fulfil; `sensitive` names a column. */
export type Criterion =
  | { readonly kind: 'kAnonymity'; readonly k: number }
  /** Of all released rows together: classes / rows at most this; the smallest classes are suppressed for it. */
  | { readonly kind: 'averageRisk'; readonly threshold: number }
  | { readonly kind: 'distinctDiversity'; readonly sensitive: string; readonly l: number }
  | { readonly kind: 'entropyDiversity'; readonly sensitive: string; readonly l: number }
  | {
      readonly kind: 'recursiveDiversity';
      readonly sensitive: string;
      readonly c: number;
      readonly l: number;
    }
  | {
      readonly kind: 'closeness';
      readonly sensitive: string;
      readonly t: number;
      readonly distance: SensitiveDistance['kind'];
    }
  | { readonly kind: 'basicLikeness'; readonly sensitive: string; readonly beta: number }
  | { readonly kind: 'enhancedLikeness'; readonly sensitive: string; readonly beta: number }
  | { readonly kind: 'deltaDisclosure'; readonly sensitive: string; readonly delta: number }
  | { readonly kind: 'alphaK'; readonly sensitive: string; readonly alpha: number; readonly k: number };

const tolerance = 1e-12;

/** Whether a class fulfils a criterion other than its size. */
export function holds(criterion: Criterion, found: ClassCounts, values: SensitiveValues): boolean {
  switch (criterion.kind) {
    case 'kAnonymity':
      return found.size >= criterion.k;
    case 'averageRisk':
      return true;
    case 'distinctDiversity':
      return distinctValues(found) >= criterion.l;
    case 'entropyDiversity':
      return entropyOf(found) >= Math.log(criterion.l) - tolerance;
    case 'recursiveDiversity':
      return recursiveFactor(found, criterion.l) < criterion.c;
    case 'closeness':
      return closeness(found, values, criterion.distance) <= criterion.t + tolerance;
    case 'basicLikeness':
      return basicLikeness(found, values) <= criterion.beta + tolerance;
    case 'enhancedLikeness':
      return enhancedLikenessHolds(found, values, criterion.beta);
    case 'deltaDisclosure':
      return deltaDisclosure(found, values) < criterion.delta;
    case 'alphaK':
      return largestShare(found) <= criterion.alpha + tolerance;
  }
}

/** Cao and Karras 2012: (p − q)/q ≤ min(β, −ln q) for each value. */
function enhancedLikenessHolds(found: ClassCounts, { shares }: SensitiveValues, beta: number): boolean {
  for (let index = 0; index < found.present; index += 1) {
    const code = found.codes[index]!;
    const q = shares[code]!;
    if ((found.counts[code]! / found.size - q) / q > Math.min(beta, -Math.log(q)) + tolerance) {
      return false;
    }
  }
  return true;
}

/** The class size that the criteria ask for, said or implied: l different values need l rows. */
export function requiredSize(criteria: readonly Criterion[]): number {
  return criteria.reduce((size, criterion) => Math.max(size, sizeOf(criterion)), 1);
}

function sizeOf(criterion: Criterion): number {
  switch (criterion.kind) {
    case 'kAnonymity':
    case 'alphaK':
      return criterion.k;
    case 'distinctDiversity':
    case 'entropyDiversity':
    case 'recursiveDiversity':
      return Math.ceil(criterion.l - tolerance);
    default:
      return 1;
  }
}

/**
 * Whether more general classes fulfil the criterion where special ones do, as long as no row may be suppressed;
 * criteria without a sensitive column do even then, because rows of classes that were released stay in released ones.
 * δ-disclosure does not: a value that is absent from a class counts for nothing, but in a merged class it may be too rare.
 */
export function survivesMerging(criterion: Criterion): boolean {
  return criterion.kind !== 'deltaDisclosure';
}

export function sensitiveColumnOf(criterion: Criterion): string | undefined {
  return 'sensitive' in criterion ? criterion.sensitive : undefined;
}

/** The sensitive columns that criteria name, each with those that name it. */
export function bySensitiveColumn<Sensitive extends { readonly column: EncodedColumn }>(
  criteria: readonly Criterion[],
  sensitive: readonly Sensitive[],
): { sensitive: Sensitive; criteria: readonly Criterion[] }[] {
  const names = new Set(criteria.map(sensitiveColumnOf).filter((name) => name !== undefined));
  return [...names].map((name) => {
    const found = sensitive.find(({ column }) => column.name === name);
    if (found === undefined) {
      throw columnMissing(name);
    }
    return { sensitive: found, criteria: criteria.filter((one) => sensitiveColumnOf(one) === name) };
  });
}

/** Refuses settings that mean nothing. */
export function checkCriteria(criteria: readonly Criterion[]): void {
  if (criteria.length === 0) {
    throw wrongSetting('The list of criteria', 'empty', 'at least one criterion');
  }
  for (const { kind, ...settings } of criteria) {
    for (const [name, value] of Object.entries(settings)) {
      if (typeof value === 'number') {
        checkSetting(kind, name, value);
      }
    }
  }
}

function checkSetting(kind: Criterion['kind'], name: string, value: number): void {
  const isCount = name === 'k' || (name === 'l' && kind !== 'entropyDiversity');
  if (isCount ? !(Number.isInteger(value) && value >= 1) : !(value >= (name === 'l' ? 1 : 0))) {
    throw wrongSetting(
      name,
      value,
      isCount ? 'a whole number of at least 1' : `at least ${name === 'l' ? 1 : 0}`,
    );
  }
}

/** A criterion as people write it. */
export function describeCriterion(criterion: Criterion): string {
  switch (criterion.kind) {
    case 'kAnonymity':
      return `${criterion.k}-anonymity`;
    case 'averageRisk':
      return `an average risk of at most ${criterion.threshold}`;
    case 'distinctDiversity':
      return `distinct ${criterion.l}-diversity of ${criterion.sensitive}`;
    case 'entropyDiversity':
      return `entropy ${criterion.l}-diversity of ${criterion.sensitive}`;
    case 'recursiveDiversity':
      return `recursive (${criterion.c}, ${criterion.l})-diversity of ${criterion.sensitive}`;
    case 'closeness':
      return `${criterion.t}-closeness of ${criterion.sensitive} (${criterion.distance} distance)`;
    case 'basicLikeness':
      return `basic ${criterion.beta}-likeness of ${criterion.sensitive}`;
    case 'enhancedLikeness':
      return `enhanced ${criterion.beta}-likeness of ${criterion.sensitive}`;
    case 'deltaDisclosure':
      return `${criterion.delta}-disclosure privacy of ${criterion.sensitive} (natural logarithm)`;
    case 'alphaK':
      return `(${criterion.alpha}, ${criterion.k})-anonymity of ${criterion.sensitive}`;
  }
}
