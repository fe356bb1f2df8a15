import { formatShare, groupDigits, plural } from '../../../base/format.ts';
import type { PrivacyReport, ReportFigure } from '../../../protocol/privacy.ts';
import type { MethodName } from '../methods/descriptions.ts';
import type { RecipeColumn } from '../recipe/columnSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { drawnColumns } from '../releases.ts';
import type { Release } from '../work/release.ts';

/** Plain words first: what was done, and what holds. */
export function summarise(
  { plan, guarantee }: Release,
  recipe: Recipe,
  { input, output }: Pick<PrivacyReport, 'input' | 'output'>,
): string[] {
  const direct = named(recipe, 'directIdentifier');
  const kept = direct.filter((name) => mayStillName(recipe.columns[name]!));
  const sentences = [
    `${output.path} was made from ${input.path}: ${groupDigits(output.rows)} of ${plural(input.rows, 'row')}, ` +
      `${plural(plan.columns.length, 'column')} of ${plan.columns.length + plan.dropped.length}.`,
  ];
  if (direct.length > 0 && kept.length === 0) {
    sentences.push(`What names people by itself (${direct.join(', ')}) was replaced or left out.`);
  }
  const k = recipe.guarantee?.k;
  if (guarantee && k !== undefined) {
    sentences.push(
      `Each row is like at least ${plural(k - 1, 'other')} in ${guarantee.dimensions.join(', ')} (${k}-anonymity).`,
    );
  }
  if (guarantee) {
    sentences.push(...sensitiveSentences(recipe), ...(guarantee.search ? [guarantee.search.sentence] : []));
  }
  if (guarantee && guarantee.suppressedRows > 0) {
    sentences.push(
      `${plural(guarantee.suppressedRows, 'row')} (${formatShare(guarantee.suppressedRows, guarantee.rowCount)}) stood out too much and were left out.`,
    );
  }
  return sentences;
}

function sensitiveSentences({ guarantee }: Recipe): string[] {
  const { l = [], t = [] } = guarantee ?? {};
  return [
    ...l.map(({ kind, l: least, c, columns }) => {
      const factor = kind === 'recursive' ? `, c = ${c ?? 1}` : '';
      return `In each such group the sensitive values${ofColumns(columns)} are diverse (${kind} l-diversity, l = ${least}${factor}).`;
    }),
    ...t.map(
      ({ t: most, distance, columns }) =>
        `In each such group the sensitive values${ofColumns(columns)} are distributed nearly as in the whole table (t-closeness, t = ${most}, ${distance} distance).`,
    ),
  ];
}

function ofColumns(columns: readonly string[] | undefined): string {
  return columns ? ` of ${columns.join(', ')}` : '';
}

const undoable: readonly MethodName[] = ['pseudonym', 'formatPreserving', 'noise', 'dateShift', 'rankSwap'];

/** With the key the same draws can be made again and taken back. */
function isUndoable(options: RecipeColumn | undefined): boolean {
  return (
    options !== undefined &&
    (undoable.includes(options.method) ||
      (options.method === 'differentialPrivacy' && options.random === 'key') ||
      (options.method === 'redact' && options.coded))
  );
}

/** Some of its values stand in the output as they were, in this row or another. */
function mayStillName(options: RecipeColumn): boolean {
  return (
    ['keep', 'rankSwap', 'coding', 'redact'].includes(options.method) ||
    (options.method === 'suppress' && options.values !== undefined)
  );
}

/** What is not guaranteed, said clearly. */
export function notGuaranteed(
  { plan, guarantee }: Release,
  recipe: Recipe,
  attacks: readonly ReportFigure[],
): string[] {
  const keyed = plan.columns.map(({ name }) => name).filter((name) => isUndoable(recipe.columns[name]));
  const kept = named(recipe, 'directIdentifier').filter((name) => mayStillName(recipe.columns[name]!));
  const sentences: string[] = [];
  if (kept.length > 0) {
    sentences.push(
      `${kept.join(', ')} still name people, wholly or in part: this is personal data as before.`,
    );
  }
  if (keyed.length > 0) {
    sentences.push(
      `This is pseudonymised, not anonymous: whoever holds the key ${recipe.key?.id ?? ''} can undo or test ${keyed.join(', ')}. ` +
        'As long as the key exists, the GDPR applies to the output. Keep the key away from it, or destroy the key: ' +
        'what is equal is still equal then, so that alone does not make it anonymous.',
    );
  }
  const drawn = drawnColumns(recipe);
  if (drawn.length > 0) {
    sentences.push(
      `All outputs of the release ${recipe.release} share its noise (${drawn.join(', ')}): whoever has two that differ, because a scale was changed for instance, can work it out. Give away one of them alone.`,
    );
  }
  if (recipe.guarantee?.k === undefined) {
    sentences.push('No k-anonymity was asked for: combinations of columns may single people out.');
  } else if (!guarantee) {
    sentences.push(
      'k-anonymity was asked for, and there is no quasi-identifier whose groups could be counted: combinations of columns may single people out.',
    );
  } else {
    sentences.push(
      'k-anonymity counts rows: where one person has several, a group may be of fewer people than rows.',
      'k-anonymity hides who a row is about. It does not hide what is true of a whole group: where all of its rows have the same sensitive value, everybody in it has it.',
    );
  }
  if (guarantee && guarantee.perturbed.length > 0) {
    sentences.push(
      `Quasi-identifiers whose values were changed at random (${guarantee.perturbed.join(', ')}) do not count in the groups: a value that stands out may still be recognised.`,
    );
  }
  const risky = attacks.filter(({ after }) => after !== null && after > 0.1);
  if (risky.length > 0) {
    sentences.push(
      `These attacks still succeed more often than on people who are not in the output: ${risky.map(({ title }) => title.toLowerCase()).join('; ')}.`,
    );
  }
  sentences.push(
    'The roles of the columns were proposed by a program and decided by people: what is marked as “other” was not protected.',
    'The figures are about this output alone. Other tables about the same people, published before or after it, may add to what can be learned.',
  );
  return sentences;
}

function named(recipe: Recipe, role: string): string[] {
  return Object.keys(recipe.columns).filter((name) => recipe.columns[name]!.role === role);
}
