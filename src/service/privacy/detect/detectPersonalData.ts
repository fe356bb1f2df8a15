import type { ColumnRole } from '../../../protocol/privacy.ts';
import { type ColumnContext, readColumn } from './columnContext.ts';
import type { Candidate } from './detector.ts';
import { detectors } from './detectors.ts';
import { type Entity, type EntityId, entityOf } from './entities.ts';
import { evaluate } from './evaluate.ts';
import { type ColumnFinding, type SampledColumn, selectFrom, suggestFrom } from './findings.ts';
import { inspectFreeText, type TextFinding } from './freeText.ts';
import { readHeader } from './header.ts';
import { maskedSamples } from './mask.ts';
import { expectedRegions } from './regions.ts';

export interface DetectOptions {
  /** Decides what a date of birth can be; the present day unless told. */
  readonly today?: Date;
  /** Two-letter codes of countries whose telephone numbers to expect, when more is known than the table tells. */
  readonly regions?: readonly string[];
  /** Throws when the work is no longer wanted; asked once per column. */
  readonly checkCancelled?: () => void;
}

/**
 * What is personal in a table, column by column, from samples of distinct values: the whole column decides, never a
 * single cell. Columns tell about each other: a country gives the form of telephone numbers, and a sex says more
 * beside a name than beside the length of a bill.
 */
export function detectPersonalData(
  columns: readonly SampledColumn[],
  { today = new Date(), regions, checkCancelled }: DetectOptions = {},
): ColumnFinding[] {
  const headers = columns.map(({ name }) => readHeader(name));
  const expected = regions ?? expectedRegions(columns);
  const results = columns.map((column) => {
    checkCancelled?.();
    return inspect(readColumn(column, { siblings: headers, regions: expected, today }));
  });
  const aboutPeople = isAboutPeople(results);
  return results.map((result) => describe(result, aboutPeople));
}

interface Best {
  readonly entity: EntityId;
  readonly title: string;
  readonly confidence: number;
  readonly evidence: readonly string[];
  readonly namesPeople?: boolean;
}

interface Result {
  readonly column: ColumnContext;
  readonly best?: Best;
}

/** Other readings of the values are told when they are so near. */
const nearlyAsSure = 0.25;
/** More different texts than these are amounts. */
const mostBands = 20;
/** Below this a finding is worth no word. */
const leastConfidence = 0.15;
/** What animals, goods and machines have as well counts less in a table that is not about people. */
const withoutPeople = 0.5;

/** One column that only people have, or age and sex together. */
function isAboutPeople(results: readonly Result[]): boolean {
  const found = results.flatMap(({ best }) => (best === undefined ? [] : [best]));
  const has = (entity: EntityId) =>
    found.some((best) => best.entity === entity && best.confidence >= suggestFrom);
  const ofPeople = found.some(
    ({ entity, confidence }) => confidence >= selectFrom && entityOf(entity).ofPeople === true,
  );
  return ofPeople || (has('age') && has('gender'));
}

function inspect(column: ColumnContext): Result {
  if (column.values.length === 0) {
    return { column };
  }
  const candidates = detectors
    .map((detector) => evaluate(detector, column))
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => b.confidence - a.confidence);
  const [first] = candidates;
  const text = inspectFreeText(column);
  if (text !== undefined && (first === undefined || first.confidence < text.confidence)) {
    return { column, best: bestOfText(text) };
  }
  return first === undefined || first.confidence < leastConfidence
    ? { column }
    : { column, best: bestOf(first, candidates) };
}

function bestOfText({ confidence, evidence, namesPeople }: TextFinding): Best {
  return { entity: 'freeText', title: 'free text', confidence, evidence, namesPeople };
}

function bestOf({ detector, confidence, evidence }: Candidate, candidates: readonly Candidate[]): Best {
  const { entity, title } = detector;
  const others = candidates.filter(
    (other) => other.detector.entity !== entity || other.detector.country !== detector.country,
  );
  const titles = [
    ...new Set(
      others
        .filter((other) => other.confidence > confidence - nearlyAsSure)
        .map((other) => other.detector.title),
    ),
  ].slice(0, 3);
  const doubt = titles.length === 0 ? [] : [`It could also be: ${titles.join(', ')}.`];
  return { entity, title, confidence, evidence: [...evidence, ...doubt] };
}

function describe({ column, best }: Result, aboutPeople: boolean): ColumnFinding {
  const maskedValues = maskedSamples(column.values);
  const { name } = column.column;
  if (best === undefined) {
    return {
      column: name,
      confidence: 0,
      role: 'other',
      evidence: [
        column.values.length === 0 ? 'There are no values to look at.' : 'Nothing personal was recognised.',
      ],
      maskedSamples: maskedValues,
      method: 'keep',
      methodReason: 'Nothing personal was recognised in this column.',
      specialCategory: false,
    };
  }
  const entity = entityOf(best.entity);
  const shared =
    !aboutPeople && entity.ofPeople !== true && entity.role !== 'sensitive' && entity.role !== 'direct';
  return {
    column: name,
    entity: best.entity,
    title: best.title,
    confidence: best.confidence * (shared ? withoutPeople : 1),
    role: best.namesPeople === true ? 'direct' : roleOf(entity, aboutPeople),
    evidence: shared
      ? [...best.evidence, 'No other column tells that the rows are about people.']
      : best.evidence,
    maskedSamples: maskedValues,
    ...suggestMethod(entity, column),
    specialCategory: entity.specialCategory === true,
    ...(entity.safeHarbor !== undefined && { safeHarbor: entity.safeHarbor }),
  };
}

function roleOf({ role, roleOfPeople }: Entity, aboutPeople: boolean): ColumnRole {
  return aboutPeople ? (roleOfPeople ?? role) : role;
}

/** Noise and a top value are for numbers: of what is written as text there are bands, or there should be. */
function suggestMethod(
  { method, reason }: Entity,
  { kind, distinctCount }: ColumnContext,
): Pick<ColumnFinding, 'method' | 'methodReason'> {
  if ((method !== 'noise' && method !== 'topCode') || kind !== 'text') {
    return { method, methodReason: reason };
  }
  return distinctCount > mostBands
    ? { method: 'generalise', methodReason: 'Exact amounts are written as text; bands of amounts hide them.' }
    : {
        method: 'keep',
        methodReason: 'It is written in bands, which hide the amount; merge those that few people share.',
      };
}
