import path from 'node:path';
import { type ColumnFinding, suggestFrom } from './detect/findings.ts';
import { columnTypeOf } from './methods/columnType.ts';
import { recipeSuffix } from './recipe/readRecipe.ts';
import { newRecipeText, type RecipeInput } from './recipe/writeRecipe.ts';
import type { InspectedColumn, Inspection } from './work/inspect.ts';

type ColumnInput = RecipeInput['columns'][string];
type Common = Pick<ColumnInput, 'role' | 'detected'>;

/** The recipe's own path for a table, beside it. */
export function recipePathOf(table: string): string {
  return `${withoutExtension(table)}${recipeSuffix}`;
}

export function outputPathOf(table: string): string {
  return `${withoutExtension(table)}.anonymised${path.extname(table)}`;
}

/** What is proposed for a table from what was found in it; `day` names the release. */
export function proposeRecipe(table: string, { columns }: Inspection, day: string): string {
  const dataset = datasetId(table);
  const subject = columns.find(
    (column) => isSure(column.finding) && column.finding.role === 'directIdentifier' && isUnique(column),
  );
  const proposed = columns.map((column) => [column, proposeColumn(column, subject?.name)] as const);
  const quasi = proposed.filter(([, { method, hierarchy }]) => method === 'generalise' && hierarchy !== undefined);
  const needsKey = proposed.some(([, { method }]) => keyedMethods.includes(method));
  return newRecipeText({
    version: 1,
    dataset,
    release: day,
    ...(needsKey && { key: { id: dataset } }),
    input: { path: path.basename(table) },
    output: { path: path.basename(outputPathOf(table)) },
    ...(proposed.some(([, { method }]) => method === 'dateShift') && { subject: subject?.name }),
    columns: Object.fromEntries(proposed.map(([{ name }, { input }]) => [name, input])),
    ...(quasi.length > 0 && {
      guarantee: {
        k: 5,
        suppressionLimit: 0.05,
        hierarchies: Object.fromEntries(quasi.map(([{ name }]) => [name, { kind: 'automatic' as const }])),
      },
    }),
  });
}

/** Methods that cannot do without a key. */
export const keyedMethods: readonly string[] = [
  'pseudonym',
  'formatPreserving',
  'noise',
  'dateShift',
  'rankSwap',
];

interface Proposed {
  readonly method: ColumnInput['method'];
  readonly hierarchy?: string;
  readonly input: ColumnInput;
}

function isSure({ confidence }: ColumnFinding): boolean {
  return confidence >= suggestFrom;
}

function isUnique({ distinctInSample, frequent }: InspectedColumn): boolean {
  return distinctInSample > 1 && (frequent[0]?.count ?? 0) <= Math.max(1, distinctInSample / 10);
}

function proposeColumn(column: InspectedColumn, subject: string | undefined): Proposed {
  const { finding } = column;
  const common: Common = {
    role: isSure(finding) ? finding.role : 'other',
    ...(finding.title !== undefined && isSure(finding) && { detected: finding.title }),
  };
  const { method, options } = chooseMethod(column, subject);
  const hierarchy = (options as { hierarchy?: string }).hierarchy;
  return {
    method,
    ...(hierarchy !== undefined && { hierarchy }),
    input: { ...common, method, ...options } as ColumnInput,
  };
}

interface Chosen {
  readonly method: ColumnInput['method'];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What was suggested, as far as the type of the column allows it. */
function chooseMethod(column: InspectedColumn, subject: string | undefined): Chosen {
  const { finding, name, numbers, type } = column;
  const { kind } = columnTypeOf(type);
  const plain = (method: ColumnInput['method'], options: Chosen['options'] = {}): Chosen => ({ method, options });
  if (!isSure(finding)) {
    return plain('keep');
  }
  const isDate = kind === 'date' || kind === 'timestamp';
  switch (finding.method) {
    case 'pseudonym':
      return ['other', 'double'].includes(kind) ? plain('drop') : plain('pseudonym');
    case 'generalise':
      return plain('generalise', { hierarchy: name });
    case 'dateShift':
      return isDate && subject !== undefined
        ? plain('dateShift', { days: 30 })
        : isDate
          ? plain('generalise', { to: 'month' })
          : plain('generalise', { hierarchy: name });
    case 'redact':
      return kind === 'text' ? plain('redact') : plain('drop');
    case 'noise':
      return ['integer', 'decimal', 'double'].includes(kind) && numbers
        ? plain('noise', noiseOptions(kind, numbers))
        : plain('keep');
    case 'topCode':
      return ['integer', 'decimal', 'double'].includes(kind)
        ? plain('generalise', { hierarchy: name })
        : plain('keep');
    default:
      return plain(finding.method);
  }
}

/** A tenth of the standard deviation, in two digits: it hides the exact amount and hardly moves a mean. */
export function noiseOptions(
  kind: string,
  { deviation, decimals }: NonNullable<InspectedColumn['numbers']>,
): Readonly<Record<string, unknown>> {
  const places = kind === 'integer' ? 0 : Math.min(6, decimals);
  const scale = Math.max(Number((deviation / 10).toPrecision(2)), 10 ** -places);
  return { scale, ...(kind !== 'integer' && { decimals: places }) };
}

function withoutExtension(table: string): string {
  return table.slice(0, table.length - path.extname(table).length);
}

/** Letters, digits and hyphens of the file's name. */
export function datasetId(table: string): string {
  return (
    path
      .basename(withoutExtension(table))
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'data'
  );
}
