import { groupDigits } from '../../../base/format.ts';
import type { ColumnContext } from './columnContext.ts';
import { isHopeless, valueScore } from './confidence.ts';
import type { Candidate, Detector } from './detector.ts';
import { findPhrase } from './header.ts';

const noPhrases: readonly string[] = [];
/** From this chance on a check tells less than the form. */
const weakCheck = 0.5;
/** After so many values a detector that fits none of them is not asked about the rest. */
const firstLook = 64;
const withHeaderCeiling = 0.99;
/** A header that names a number whose check digits fail: made-up or damaged numbers, but somebody means them. */
const formOnly = 0.5;

interface Count {
  readonly total: number;
  readonly formed: number;
  readonly passed: number;
}

/** What one detector makes of a column; undefined when nothing. */
export function evaluate(detector: Detector, column: ColumnContext): Candidate | undefined {
  if (!(detector.kinds ?? ['text', 'integer']).includes(column.kind)) {
    return undefined;
  }
  const phrase = headerPhrase(detector, column);
  if ((detector.alone === 0 && phrase === undefined) || detector.column?.(column) === false) {
    return undefined;
  }
  const count = countValues(detector, column, phrase !== undefined);
  const score = valueScore(count.passed, count.total, oddsOf(detector), phrase !== undefined);
  const ceiling = phrase === undefined ? detector.alone : (detector.withHeader ?? withHeaderCeiling);
  const byForm = phrase !== undefined && hasCheckDigit(detector) ? formScore(count) : 0;
  const confidence = Math.max(score * ceiling, byForm);
  return confidence === 0
    ? undefined
    : { detector, confidence, evidence: tell(detector, column, count, phrase) };
}

/** A check that most values pass says nothing: there the form is the evidence, and `alone` says how much of it. */
function oddsOf({ chance, coverage }: Detector): { readonly chance: number; readonly coverage?: number } {
  return { chance: chance > weakCheck ? 0 : chance, coverage };
}

function headerPhrase(detector: Detector, { header }: ColumnContext): string | undefined {
  if (detector.headers.length === 0 || findPhrase(header, detector.otherHeaders ?? noPhrases) !== undefined) {
    return undefined;
  }
  return findPhrase(header, detector.headers);
}

function countValues(detector: Detector, column: ColumnContext, named: boolean): Count {
  const values = restoreZeros(column, detector.width);
  const odds = oddsOf(detector);
  const total = Math.min(values.length, detector.enough ?? values.length);
  let formed = 0;
  let passed = 0;
  for (let index = 0; index < total; index += 1) {
    if (index === firstLook && !named && isHopeless(passed, index, odds)) {
      return { total: index, formed, passed };
    }
    const value = values[index]!;
    if (detector.pattern === undefined || detector.pattern.test(value)) {
      formed += 1;
      passed += detector.valid === undefined || detector.valid(value, column) ? 1 : 0;
    }
  }
  return { total, formed, passed };
}

/** A file that was once read as numbers has lost the zeros in front; two at most, or every number would do. */
function restoreZeros({ values, kind }: ColumnContext, width: number | undefined): readonly string[] {
  return kind !== 'integer' || width === undefined
    ? values
    : values.map((value) => (value.length >= width - 2 ? value.padStart(width, '0') : value));
}

/** A dictionary that does not know the values says nothing against them, a check digit does. */
function hasCheckDigit({ valid, chance, coverage }: Detector): boolean {
  return valid !== undefined && coverage === undefined && chance >= 0.001;
}

function formScore({ formed, total }: Count): number {
  return total >= 5 && formed / total >= 0.9 ? formOnly : 0;
}

function tell(
  detector: Detector,
  column: ColumnContext,
  { total, formed, passed }: Count,
  phrase: string | undefined,
): string[] {
  const share = percent(passed / total);
  const verb = detector.valid === undefined ? 'have the form' : 'are valid';
  const sentences = [
    `${capital(detector.title)}: ${share} of ${groupDigits(total)} distinct values ${verb}.`,
  ];
  if (phrase !== undefined) {
    sentences.push(`The header says “${phrase.replace('*', '')}”.`);
  }
  if (detector.valid !== undefined && detector.chance >= 0.005) {
    sentences.push(`Of random values of this form ${percent(detector.chance)} would pass.`);
  }
  if (formed > passed && formed / total >= 0.9 && passed / total < 0.5) {
    sentences.push(`${percent(formed / total)} have the form, but most fail the check.`);
  }
  const note = detector.note?.(column);
  return note === undefined ? sentences : [...sentences, note];
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.995 || share === 1 ? 0 : 1))} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
