import { sqlName, sqlString } from '../../storage/duckdb.ts';
import type { JobContext } from './context.ts';
import { digitText } from './outputColumns.ts';
import { keptColumn, runBound, type Source } from './source.ts';
import { stampFormats } from './writtenStyles.ts';

/** How a text file writes a column, where all of its values are written alike: made-up ones are to look like them. */
export type TextForm =
  /** `format` is one of `strftime`. */
  | { readonly kind: 'moment'; readonly type: 'DATE' | 'TIMESTAMP'; readonly format: string }
  | { readonly kind: 'number'; readonly decimals: number | undefined; readonly comma: boolean };

/** By the name of the column; nothing for files that keep types of their own. */
export async function textForms(
  source: Source,
  names: readonly string[],
  { signal }: Pick<JobContext, 'signal'>,
): Promise<ReadonlyMap<string, TextForm>> {
  const questions = names.flatMap((name) => [
    ...momentQuestions(source, name),
    ...numberQuestions(source, name),
  ]);
  if (questions.length === 0) {
    return new Map();
  }
  const { table, relation } = source;
  const [answers = []] = await runBound(
    table,
    {
      sql: `SELECT ${questions.map(({ sql }) => sql).join(', ')} FROM ${relation.sql}`,
      values: relation.values,
    },
    { signal },
  );
  const forms = new Map<string, TextForm>();
  for (const [at, { name, form }] of questions.entries()) {
    const found = form(answers[at] ?? null);
    if (found && !forms.has(name)) {
      forms.set(name, found);
    }
  }
  return forms;
}

interface Question {
  readonly name: string;
  /** An aggregate over all rows. */
  readonly sql: string;
  form(answer: unknown): TextForm | undefined;
}

function momentQuestions(source: Source, name: string): Question[] {
  const type = source.table.columns.find((column) => column.name === name)?.text?.column.type;
  const isStamp = type?.kind === 'timestamp' && !type.zoned;
  if (!source.table.dialect || (type?.kind !== 'date' && !isStamp)) {
    return [];
  }
  const formats = type.kind === 'date' ? [type.format ?? '%Y-%m-%d'] : stampFormats;
  const kept = sqlName(keptColumn(source, name));
  return formats.map((format) => ({
    name,
    sql: `coalesce(bool_and(${sqlName(name)} IS NULL OR strftime(${sqlName(name)}, ${sqlString(format)}) = ${kept}), false)`,
    form: (isSo) =>
      isSo === true ? { kind: 'moment', type: isStamp ? 'TIMESTAMP' : 'DATE', format } : undefined,
  }));
}

/** The number of decimals where all rows have as many; none where 1.5 stands beside 1.50. */
function numberQuestions(source: Source, name: string): Question[] {
  const text = digitText(source, name);
  if (!text) {
    return [];
  }
  const decimals = `length(split_part(${text.sql}, '.', 2))`;
  return [
    {
      name,
      sql: `CASE WHEN bool_or(contains(lower(${text.sql}), 'e')) THEN -1 WHEN min(${decimals}) = max(${decimals}) THEN max(${decimals}) ELSE -1 END`,
      form: (found) => {
        const count = Number(found ?? -1);
        return { kind: 'number', decimals: count > 0 && count <= 15 ? count : undefined, comma: text.comma };
      },
    },
  ];
}

/** A number as the column writes it. */
export function numberText(text: string, { decimals, comma }: Extract<TextForm, { kind: 'number' }>): string {
  const point = text.indexOf('.');
  const missing = decimals === undefined ? 0 : decimals - (point < 0 ? 0 : text.length - point - 1);
  const isPlain = /^-?\d+(\.\d+)?$/.test(text);
  const padded = isPlain && missing > 0 ? `${text}${point < 0 ? '.' : ''}${'0'.repeat(missing)}` : text;
  return comma ? padded.replace('.', ',') : padded;
}
