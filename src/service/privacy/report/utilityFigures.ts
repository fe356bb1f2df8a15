import { groupDigits, plural } from '../../../base/format.ts';
import type { ReportFigure } from '../../../protocol/privacyReport.ts';
import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { Random } from '../statistics/random.ts';
import { columnNamed, selectColumns, selectRows } from '../tables/rows.ts';
import { measureEfficacy } from '../utility/efficacy.ts';
import { measureQuality } from '../utility/quality.ts';
import type { JobContext } from '../work/context.ts';
import { useDial } from '../work/dials.ts';
import type { Pairs } from '../work/pairs.ts';
import type { Release } from '../work/release.ts';
import { measuredColumns } from './measuredColumns.ts';

/** What the output is still good for. */
export function utilityFigures(
  { before, after }: Pairs,
  recipe: Recipe,
  release: Release,
  random: Random,
  { checkCancelled }: JobContext,
): ReportFigure[] {
  const higher = { kind: 'score', better: 'higher' } as const;
  const names = measuredColumns(after, recipe);
  if (before.rowCount === 0 || names.length === 0) {
    return [];
  }
  const real = selectColumns(before, names);
  // What was generalised is compared with itself: its loss is told by the share of information that is left.
  const comparable: EncodedTable = {
    rowCount: before.rowCount,
    columns: names.map((name) => columnNamed(isGeneralised(release, name) ? after : before, name)!),
  };
  const released = selectColumns(after, names);
  const quality = measureQuality(comparable, released, { checkCancelled });
  const use = useDial({ before, after }, recipe.columns);
  const figures: ReportFigure[] = [
    {
      id: 'information',
      title: 'Information left',
      sentence: use.sentence,
      ...higher,
      kind: 'share',
      before: 1,
      after: use.after,
    },
    {
      id: 'marginals',
      title: 'Shapes of the columns',
      sentence:
        'How alike each column is distributed before and after; groups are compared with the same groups.',
      ...higher,
      before: 1,
      after: quality.shapes,
    },
    {
      id: 'associations',
      title: 'Pairs of columns that go together',
      sentence: 'How well pairs that are associated in the input are so in the output.',
      ...higher,
      before: quality.associatedPairTrends === undefined ? null : 1,
      after: quality.associatedPairTrends ?? null,
    },
  ];
  const efficacy = learn(real, comparable, released, recipe, random, checkCancelled);
  return efficacy ? [...figures, efficacy] : figures;
}

/** Train on the output, test on the real: undefined where there is nothing to predict. */
function learn(
  real: EncodedTable,
  comparable: EncodedTable,
  released: EncodedTable,
  recipe: Recipe,
  random: Random,
  checkCancelled: () => void,
): ReportFigure | undefined {
  const target = targetOf(real, released, recipe);
  if (target === undefined || real.rowCount < 200) {
    return undefined;
  }
  const order = random.permutation(real.rowCount);
  const cut = Math.floor((real.rowCount * 7) / 10);
  const [train, test] = [order.slice(0, cut), order.slice(cut)];
  const measured = (from: EncodedTable, trained: EncodedTable) =>
    measureEfficacy({
      real: selectRows(from, train),
      released: selectRows(trained, train),
      holdOut: selectRows(from, test),
      target,
      random: random.fork('learn'),
      maximumRows: 6000,
      checkCancelled,
    }).mean;
  const before = measured(real, real);
  const after = measured(comparable, released);
  return {
    id: 'trainOnOutput',
    title: `Predicting ${target}: trained on the output, tested on real rows`,
    sentence: `F1, mean of three kinds of model; ${after.shuffled.toFixed(2)} is what columns shuffled by themselves would give.`,
    kind: 'score',
    better: 'higher',
    before: before.real,
    after: after.released,
  };
}

/** A column of few values that the output still has as it was: a sensitive one first. */
function targetOf(real: EncodedTable, released: EncodedTable, recipe: Recipe): string | undefined {
  const fits = released.columns
    .map(({ name }) => name)
    .filter((name) => {
      const values = columnNamed(real, name)!.values.filter((value) => value !== null).length;
      const { method = 'keep' } = recipe.columns[name] ?? {};
      return method === 'keep' && values >= 2 && values <= 10;
    });
  return fits.find((name) => recipe.columns[name]?.role === 'sensitive') ?? fits.at(-1);
}

export function utilityNote(sampled: number, released: number): string {
  return sampled < released
    ? `Measured on ${plural(sampled, 'row')} drawn from the ${groupDigits(released)} of the output.`
    : `Measured on all ${plural(sampled, 'row')} of the output.`;
}

function isGeneralised({ plan }: Release, name: string): boolean {
  const column = plan.columns.find((each) => each.name === name);
  return column?.method === 'generalise' || column?.method === 'coding';
}
