import { columnTypeOf } from '../methods/columnType.ts';
import { invalidOption } from '../methods/errors.ts';
import { binLabel } from '../methods/generalise.ts';
import { freshBytes, keyedBytes, type RandomBytes } from '../methods/keystream.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import type { PlanContext } from '../planContext.ts';
import { tooManyCells } from '../planErrors.ts';
import type { CountedColumn, PlannedCounts } from '../planTypes.ts';
import type { Counts } from '../recipe/countsSchema.ts';
import { countsQuestion } from './questions.ts';

/** The label of what is in none of the categories or bins, and of what is missing. */
export const otherLabel = '(other or missing)';

const mostCells = 100_000;

/** Throws for a column that is not there, categories that contradict each other, and too many combinations. */
export function planCounts(context: PlanContext): readonly PlannedCounts[] {
  return Object.entries(context.recipe.counts ?? {}).map(([name, counts]) => {
    const by = Object.keys(counts.by).map((column) => countedColumn(context, name, column, counts));
    if (by.length === 0) {
      throw invalidOption(`the counts ${name}`, 'by', 'it names no column.');
    }
    const cells = by.reduce((product, { labels }) => product * labels.length, 1);
    if (cells > mostCells) {
      throw tooManyCells(name, cells, mostCells);
    }
    const subject = counts.subject ?? context.recipe.subject;
    if (subject !== undefined) {
      context.column(subject);
    }
    const { epsilon, delta, rowsPerPerson } = counts;
    return { name, by, cells, epsilon, delta, rowsPerPerson, subject, bytes: bytesOf(context, name, counts) };
  });
}

/** Counts that are asked for otherwise get other noise, although release and key are the same. */
function bytesOf(context: PlanContext, name: string, counts: Counts): () => RandomBytes {
  if (counts.random === 'fresh') {
    return freshBytes;
  }
  const question = countsQuestion(name, counts, context.recipe, context.columns);
  const key = context.subkey('dp', `counts:${name}:${question}`, `the counts ${name}`, 'counts');
  return () => keyedBytes(key);
}

function countedColumn(context: PlanContext, name: string, column: string, { by }: Counts): CountedColumn {
  const { type } = context.column(column);
  const { kind } = columnTypeOf(type);
  const isNumber = kind === 'integer' || kind === 'decimal' || kind === 'double';
  const { categories, bins } = by[column]!;
  const subject = `${column} of the counts ${name}`;
  if ((categories === undefined) === (bins === undefined)) {
    throw invalidOption(subject, 'by', 'it needs either categories or bins.');
  }
  if (bins) {
    if (!isNumber) {
      throw invalidOption(subject, 'bins', 'only numbers have bins; name its categories.');
    }
    if (bins.some((edge, index) => index > 0 && edge <= bins[index - 1]!)) {
      throw invalidOption(subject, 'bins', 'the edges must rise.');
    }
    const labels = [...bins.map((_, index) => binLabel(bins, index)), binLabel(bins, bins.length)];
    return { column, labels: [...labels, otherLabel], place: placeOfBin(bins, column) };
  }
  const names = categories!.map(String);
  const twice = names.find((label, index) => names.indexOf(label) !== index);
  if (twice !== undefined) {
    throw invalidOption(subject, 'categories', `${twice} stands there twice.`);
  }
  if (isNumber && names.some((label) => label.trim() === '' || Number.isNaN(Number(label)))) {
    throw invalidOption(subject, 'categories', 'the column holds numbers, and one of them is none.');
  }
  return { column, labels: [...names, otherLabel], place: placeOfCategory(names, column, isNumber) };
}

function placeOfBin(bins: readonly number[], column: string): SqlExpression {
  const { sql } = columnSql(column);
  const number = `CAST(${sql} AS DOUBLE)`;
  const cases = bins.map((_, index) => `WHEN ${number} < ?::DOUBLE THEN ${index}`).join(' ');
  const last = `WHEN ${sql} IS NULL OR isnan(${number}) THEN ${bins.length + 1}`;
  return { sql: `CASE ${last} ${cases} ELSE ${bins.length} END`, values: [...bins] };
}

function placeOfCategory(names: readonly string[], column: string, isNumber: boolean): SqlExpression {
  const value = `CAST(${columnSql(column).sql} AS ${isNumber ? 'DOUBLE' : 'VARCHAR'})`;
  const cases = names.map((_, index) => `WHEN ${value} = ${isNumber ? '?::DOUBLE' : '?'} THEN ${index}`);
  return {
    sql: `CASE ${cases.join(' ')} ELSE ${names.length} END`,
    values: isNumber ? names.map(Number) : [...names],
  };
}
