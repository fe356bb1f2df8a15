import path from 'node:path';
import type { MethodChoice } from '../../protocol/privacy.ts';
import { type ColumnFinding, suggestFrom } from './detect/findings.ts';
import { type ColumnFacts, columnOfChoice } from './methodOffers.ts';
import { columnTypeOf } from './methods/columnType.ts';
import { methodFits } from './planColumn.ts';
import type { Role } from './recipe/columnSchema.ts';
import { recipeSuffix } from './recipe/readRecipe.ts';
import { newRecipeText, type RecipeInput } from './recipe/writeRecipe.ts';
import { recipeRoles } from './roles.ts';
import type { InspectedColumn, Inspection } from './work/inspect.ts';

type ColumnInput = RecipeInput['columns'][string];

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
    (column) => isSure(column.finding) && column.finding.role === 'direct' && isUnique(column),
  );
  const proposed = columns.map((column) => [column, proposeColumn(column, subject?.name)] as const);
  const quasi = proposed.filter(
    ([, { method, role }]) => method === 'generalise' && role === 'quasiIdentifier',
  );
  const needsKey = proposed.some(([, { method }]) => keyedMethods.includes(method));
  return newRecipeText({
    version: 1,
    dataset,
    release: day,
    ...(needsKey && { key: { id: dataset } }),
    input: { path: path.basename(table) },
    output: { path: path.basename(outputPathOf(table)) },
    ...(proposed.some(([, { method }]) => method === 'dateShift') && { subject: subject?.name }),
    columns: Object.fromEntries(proposed.map(([{ name }, input]) => [name, input])),
    ...(quasi.length > 0 && {
      guarantee: {
        k: 5,
        suppressionLimit: 0.05,
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

/** What is only guessed at is not proposed. */
export function proposedRole(finding: ColumnFinding): Role {
  return isSure(finding) ? recipeRoles[finding.role] : 'other';
}

function isSure({ confidence }: ColumnFinding): boolean {
  return confidence >= suggestFrom;
}

function isUnique({ distinctInSample, frequent }: InspectedColumn): boolean {
  return distinctInSample > 1 && (frequent[0]?.count ?? 0) <= Math.max(1, distinctInSample / 10);
}

function proposeColumn(column: InspectedColumn, subject: string | undefined): ColumnInput {
  const { finding, numbers } = column;
  const sure = isSure(finding);
  const choice = sure ? chooseMethod(column, subject) : { id: 'keep', options: {} };
  return {
    role: proposedRole(finding),
    ...(sure && finding.title !== undefined && { detected: finding.title }),
    ...columnOfChoice(choice, factsOf(numbers)),
  };
}

export function factsOf(numbers: InspectedColumn['numbers']): ColumnFacts {
  return {
    standardDeviation: numbers?.deviation,
    decimals: numbers?.decimals,
    percentile98: numbers?.percentile98,
  };
}

/** What was suggested, as far as the type of the column allows it. */
function chooseMethod({ finding, type }: InspectedColumn, subject: string | undefined): MethodChoice {
  const { kind } = columnTypeOf(type);
  const choice = (id: string, options: MethodChoice['options'] = {}): MethodChoice => ({ id, options });
  const isDate = kind === 'date' || kind === 'timestamp';
  switch (finding.method) {
    case 'topCode':
      return choice(finding.role !== 'quasi' && methodFits('coding', kind) ? 'coding' : 'generalise');
    case 'generalise':
      return choice('generalise');
    case 'dateShift':
      if (subject !== undefined && methodFits('dateShift', kind)) {
        return choice('dateShift');
      }
      return isDate ? choice('generalise', { to: 'month' }) : choice('generalise');
    case 'noise':
      return choice(methodFits('noise', kind) ? 'noise' : 'keep');
    default:
      return choice(methodFits(finding.method, kind) ? finding.method : 'drop');
  }
}

function withoutExtension(table: string): string {
  return table.slice(0, table.length - path.extname(table).length);
}

/**
 * Letters, digits and hyphens of the table's path in the workspace: with the name alone, tables of two folders would get
 * the same noise of one key on one day. What is elsewhere has its name alone, since its folders are nobody's business.
 */
export function datasetId(table: string): string {
  const known = path.isAbsolute(table) ? path.basename(table) : table;
  const words = withoutExtension(known)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  // It names the key as well, which has at most 64 characters.
  return words.slice(-60).replace(/^-+|-+$/g, '') || 'data';
}
