import { expect, it } from 'vitest';
import { detectPersonalData } from '../../../../../src/service/privacy/detect/detectPersonalData.ts';
import { selectFrom, suggestFrom } from '../../../../../src/service/privacy/detect/findings.ts';
import { type Labelled, labelledColumns, sampleOf } from './labelledTable.ts';
import { PersonalValues } from './personalValues.ts';

const today = new Date('2026-06-15T00:00:00Z');
const rowCount = 1_000;

it.each([1, 2, 3])('finds what is personal and leaves the rest, seed %i', (seed) => {
  const made = new PersonalValues(seed);
  const findings = detectPersonalData(
    labelledColumns.map((label) => sampleOf(label, made, rowCount)),
    { today },
  );
  const suggested = findings.map(({ entity, confidence }) =>
    confidence >= suggestFrom ? entity : undefined,
  );

  const missed = labelledColumns.filter(
    ({ entity }, index) => entity !== undefined && suggested[index] !== entity,
  );
  const invented = labelledColumns.filter(
    ({ entity }, index) => entity === undefined && suggested[index] !== undefined,
  );
  expect(named(missed)).toEqual([]);
  expect(named(invented)).toEqual([]);

  // Without a question only what is nearly certain is selected: all of it right, and most of what there is.
  const selected = findings.map(({ confidence }, index) => ({
    confidence,
    entity: findings[index]!.entity,
    label: labelledColumns[index]!,
  }));
  const sure = selected.filter(({ confidence }) => confidence >= selectFrom);
  expect(sure.filter(({ entity, label }) => entity !== label.entity)).toEqual([]);
  expect(sure.length / labelledColumns.filter(({ entity }) => entity !== undefined).length).toBeGreaterThan(
    0.75,
  );
});

function named(labels: readonly Labelled[]): string[] {
  return labels.map(({ name }) => name);
}
