import { formatNumber, groupDigits, plural } from '../../../base/format.ts';
import type { ReportFigure } from '../../../protocol/privacyReport.ts';
import type { EncodedTable } from '../../data/encodedTable.ts';
import type { AttackResult } from '../attack/attack.ts';
import { runAttacks } from '../attack/attacks.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { Random } from '../statistics/random.ts';
import { columnNamed, selectColumns, selectRows } from '../tables/rows.ts';
import type { JobContext } from '../work/context.ts';
import type { Pairs } from '../work/pairs.ts';
import type { Release } from '../work/release.ts';
import { measuredColumns } from './measuredColumns.ts';

const attempts = 300;

/**
 * The attacks of WP216, on a hold-out. Attacker and release are compared on what both can know: whoever has a person's
 * age works out the age group by himself, and the masked form of a number, so such columns count as they are in the output.
 */
export function attackFigures(
  { before, after }: Pairs,
  recipe: Recipe,
  release: Release,
  random: Random,
  { checkCancelled }: JobContext,
): ReportFigure[] {
  const names = measuredColumns(after, recipe);
  if (before.rowCount < 50 || names.length < 2) {
    return [];
  }
  const known: EncodedTable = {
    rowCount: before.rowCount,
    columns: names.map((name) =>
      canBeWorkedOut(release, name) ? columnNamed(after, name)! : columnNamed(before, name)!,
    ),
  };
  const order = random.permutation(before.rowCount);
  const half = Math.floor(before.rowCount / 2);
  const [trainRows, controlRows] = [order.slice(0, half), order.slice(half)];
  const secrets = names.filter((name) => recipe.columns[name]?.role === 'sensitive').slice(0, 3);
  const run = (from: EncodedTable, released: EncodedTable, releasedRows: ArrayLike<number>) =>
    runAttacks({
      train: selectRows(from, trainRows),
      control: selectRows(from, controlRows),
      released: selectRows(released, releasedRows),
      secrets,
      attempts,
      random: random.fork('attack'),
      checkCancelled,
    });
  const raw = selectColumns(before, names);
  const beforeResults = run(raw, raw, trainRows);
  const releasedRows = inClassesOf(after, trainRows, release, recipe.guarantee?.k ?? 1);
  if (releasedRows.length === 0) {
    return [];
  }
  const afterResults = run(known, selectColumns(after, names), releasedRows);
  return afterResults.map((result) => {
    const same = beforeResults.find(
      ({ attack, secret }) => attack === result.attack && secret === result.secret,
    );
    return attackFigure(result, same);
  });
}

/**
 * Half of a sample does not have the classes of the whole output: rows that are in too small a one here are left out,
 * as the recipe itself would, or every class would seem to be broken.
 */
function inClassesOf(after: EncodedTable, rows: Int32Array, { guarantee }: Release, k: number): number[] {
  const classOf = (guarantee?.dimensions ?? []).map((name) => columnNamed(after, name)!);
  const keyOf = (row: number) => classOf.map(({ codes }) => codes[row]).join(',');
  const sizes = new Map<string, number>();
  for (const row of rows) {
    sizes.set(keyOf(row), (sizes.get(keyOf(row)) ?? 0) + 1);
  }
  return Array.from(rows).filter((row) => sizes.get(keyOf(row))! >= k);
}

/** On whom they were tried. */
export function attackNote(sampled: number, released: number): string {
  const half = Math.floor(sampled / 2);
  const rows =
    sampled < released
      ? `${plural(sampled, 'row')} drawn from the ${groupDigits(released)} of the output`
      : `all ${plural(sampled, 'row')} of the output`;
  const small =
    sampled < released
      ? ' In a table of so few rows people stand out more than in the whole one, so these figures are rather too high than too low.'
      : '';
  return (
    `Tried on ${rows}: ${groupDigits(half)} as if they alone had been released, the other ${groupDigits(sampled - half)} as people who are not in it. ` +
    `Each figure is how much more often the attack succeeds on the former than on the latter, of 100 %.${small}`
  );
}

/** What needs neither key nor chance: everybody who knows the value knows what becomes of it. */
const openMethods: readonly string[] = ['generalise', 'coding', 'mask', 'redact', 'suppress'];

function canBeWorkedOut({ plan }: Release, name: string): boolean {
  const column = plan.columns.find((each) => each.name === name);
  return column !== undefined && openMethods.includes(column.method);
}

const attackWords: Readonly<Record<AttackResult['attack'], readonly [title: string, sentence: string]>> = {
  'singling out by one column': [
    'Singling out by one column',
    'A rare or extreme value in the output points to exactly one person.',
  ],
  'singling out by several columns': [
    'Singling out by several columns',
    'A combination of values in the output points to exactly one person.',
  ],
  linkability: [
    'Linking two halves of a person',
    'Somebody who has some columns of a person and, elsewhere, others finds that they belong together.',
  ],
  inference: ['Working out', 'Somebody who knows the other columns of a person works this one out.'],
};

function attackFigure(result: AttackResult, before: AttackResult | undefined): ReportFigure {
  const [title, sentence] = attackWords[result.attack];
  const { train, control, baseline } = result;
  const times = (value: number) => formatNumber(Number(value.toFixed(1)));
  const tries =
    `It succeeded in ${times(train.successes)} of ${plural(train.attempts, 'try', 'tries')} on people in the output, ` +
    `in ${times(control.successes)} of ${groupDigits(control.attempts)} on others, and by guessing in ${times(baseline.successes)} of ${groupDigits(baseline.attempts)}.`;
  const weak = result.trustworthy ? '' : ' That is no better than guessing, so it proves little.';
  return {
    id: `${result.attack.replaceAll(' ', '-')}${result.secret === undefined ? '' : `:${result.secret}`}`,
    title: result.secret === undefined ? title : `${title} ${result.secret}`,
    sentence: `${sentence} ${tries}${weak}`,
    kind: 'share',
    before: before?.risk ?? null,
    after: result.risk,
    interval: [result.low, result.high],
    weak: !result.trustworthy,
    better: 'lower',
  };
}
