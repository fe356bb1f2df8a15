import { formatNumber, groupDigits, plural } from '../../../base/format.ts';
import type { ColumnRole, WrittenCounts } from '../../../protocol/privacy.ts';
import type { PrivacyReport, ReportFigure } from '../../../protocol/privacyReport.ts';
import type { EncodedTable } from '../../data/encodedTable.ts';
import type { AttackResult } from '../attack/attack.ts';
import { runAttacks } from '../attack/attacks.ts';
import { budgetOf } from '../counts/budget.ts';
import { budgetWith, type Spending } from '../counts/spending.ts';
import { methodDescriptions } from '../methods/descriptions.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { populationUniques } from '../risk/populationUniques.ts';
import { sampleRiskOf } from '../risk/reidentification.ts';
import { protocolRoles } from '../roles.ts';
import { Random } from '../statistics/random.ts';
import { columnNamed, selectColumns, selectRows } from '../tables/rows.ts';
import { measureEfficacy } from '../utility/efficacy.ts';
import { measureQuality } from '../utility/quality.ts';
import type { JobContext } from '../work/context.ts';
import { classSizesOf, useDial } from '../work/dials.ts';
import { type Pairs, samplePairs } from '../work/pairs.ts';
import type { Release } from '../work/release.ts';
import { differentialLimits, differentialSentences } from './differentialWords.ts';
import { notGuaranteed, summarise, threeQuestions } from './words.ts';

export interface Measured {
  readonly release: Release;
  readonly recipe: Recipe;
  readonly recipeHash: string;
  readonly spending: Spending | null;
  readonly counts: readonly WrittenCounts[];
  readonly input: PrivacyReport['input'];
  readonly output: PrivacyReport['output'];
}

const sampledRows = 10_000;
const attempts = 300;
/** Pairs of columns are compared: a table of thousands would never come to an end. */
const mostMeasured = 60;
/** The population is taken to be so many times the table where nobody says more; the report says so. */
const samplingFraction = 0.1;

/** Figures before and after, side by side: the same measure, on the input and on what is written. */
export async function measureRelease(
  { release, recipe, recipeHash, spending, counts, input, output }: Measured,
  context: JobContext,
): Promise<PrivacyReport> {
  context.report({ message: 'Measuring risk and use' });
  const pairs = await samplePairs(release, sampledRows, context);
  const risk = riskFigures(release, context);
  const random = new Random(Buffer.from(recipeHash, 'hex'));
  context.report({ message: 'Attacking the output' });
  const attacks = attackFigures(pairs, recipe, release, random.fork('attacks'), context);
  context.report({ message: 'Measuring what the output is good for' });
  const utility = utilityFigures(pairs, recipe, release, random.fork('utility'), context);
  const asked = budgetOf(recipe);
  const budget = asked && spending ? budgetWith(asked, spending) : asked;
  const columns = release.source.columns.map(({ name }) => {
    const { role = 'other', method } = recipe.columns[name] ?? {
      method: recipe.otherColumns === 'drop' ? 'drop' : 'keep',
    };
    const { title, sentence, limit } = methodDescriptions[method];
    const detail = groupsLeft(name, pairs, release);
    return {
      name,
      role: protocolRoles[role] satisfies ColumnRole,
      method: title,
      sentence,
      limit,
      ...(detail !== undefined && { detail }),
    };
  });
  return {
    time: Date.now(),
    input,
    output,
    recipeHash,
    release: recipe.release,
    budget,
    counts,
    summary: [
      ...summarise(release, recipe, { input, output, risk }),
      ...differentialSentences(budget, counts),
    ],
    notGuaranteed: [
      ...differentialLimits(recipe, budget, counts),
      ...notGuaranteed(release, recipe, attacks, keptAlmostUnique(pairs, recipe, release)),
    ],
    questions: threeQuestions(attacks),
    measuredOn: {
      ...(risk.length > 0 && { risk: riskNote(release) }),
      ...(attacks.length > 0 && { attacks: attackNote(pairs.before.rowCount, output.rows) }),
      ...(utility.length > 0 && { utility: utilityNote(pairs.before.rowCount, output.rows) }),
    },
    columns,
    risk,
    attacks,
    utility,
  };
}

/** What was counted, and over whom. */
function riskNote({ guarantee }: Release): string {
  const { rowCount, suppressedRows, dimensions } = guarantee!;
  return (
    `Counted, not estimated, unless a line says so: before over all ${plural(rowCount, 'row')}, ` +
    `after over the ${groupDigits(rowCount - suppressedRows)} of the output. An attacker is taken to know ${dimensions.join(', ')}.`
  );
}

function attackNote(sampled: number, released: number): string {
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

function utilityNote(sampled: number, released: number): string {
  return sampled < released
    ? `Measured on ${plural(sampled, 'row')} drawn from the ${groupDigits(released)} of the output.`
    : `Measured on all ${plural(sampled, 'row')} of the output.`;
}

/** Columns in which most rows have a value of their own, and have it still: they find a row whatever its group is. */
function keptAlmostUnique({ after }: Pairs, recipe: Recipe, { guarantee }: Release): string[] {
  const isKept = (name: string) => {
    const { role = 'other', method } = recipe.columns[name] ?? { method: 'keep' };
    return method === 'keep' && role !== 'directIdentifier' && !guarantee?.dimensions.includes(name);
  };
  return after.columns
    .filter(({ name, values }) => isKept(name) && values.length > after.rowCount / 2 && values.length > 10)
    .map(({ name }) => name);
}

const mostGroupsNamed = 4;

/** What a generalised column still tells: its most frequent groups, which the output shows anyway. */
function groupsLeft(name: string, { before, after }: Pairs, release: Release): string | undefined {
  const method = release.plan.columns.find((each) => each.name === name)?.method;
  const column = method === 'generalise' ? columnNamed(after, name) : undefined;
  if (!column) {
    return undefined;
  }
  const original = new Set(columnNamed(before, name)?.values.map(String));
  if (column.values.every((value) => original.has(String(value)))) {
    return 'Its values stayed as they are: the groups are large enough without it.';
  }
  const counts = new Map<number, number>();
  for (const code of column.codes) {
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const groups = [...counts]
    .filter(([code]) => column.values[code] !== null)
    .sort((one, other) => other[1] - one[1])
    .map(([code]) => `“${column.values[code]}”`);
  if (groups.length === 1) {
    return `Nothing is left of it: every row has ${groups[0]}.`;
  }
  const more = groups.length > mostGroupsNamed ? ' …' : '';
  return `Left of it: ${groups.slice(0, mostGroupsNamed).join(', ')}${more}`;
}

function riskFigures({ guarantee }: Release, { checkCancelled }: JobContext): ReportFigure[] {
  if (!guarantee || guarantee.rowCount === 0) {
    return [];
  }
  const sizes = classSizesOf(guarantee);
  const released = guarantee.rowCount - guarantee.suppressedRows;
  const none = new Int32Array(0);
  const before = sampleRiskOf({ rowCount: guarantee.rowCount, sizes: sizes.before, classOfRow: none });
  const after =
    released === 0 ? undefined : sampleRiskOf({ rowCount: released, sizes: sizes.after, classOfRow: none });
  checkCancelled();
  const uniques = (of: Int32Array) => {
    // Models of the population are made of those that are alone in the sample.
    if (!of.includes(1)) {
      return of.length === 0 ? null : 0;
    }
    const chosen = of.length === 0 ? undefined : populationUniques(of, samplingFraction).chosen;
    return chosen === undefined || !Number.isFinite(chosen) ? null : Math.min(1, Math.max(0, chosen));
  };
  const lower = { kind: 'share', better: 'lower' } as const;
  return [
    {
      id: 'smallestClass',
      title: 'Smallest group of rows that look alike',
      sentence:
        'In the quasi-identifiers, each row is like all others of its group: this is the k of k-anonymity.',
      kind: 'count',
      better: 'higher',
      before: 1 / before.prosecutor.highest,
      after: after ? 1 / after.prosecutor.highest : null,
    },
    {
      id: 'prosecutorHighest',
      title: 'Highest risk of a person who is known to be in the table',
      sentence:
        'Prosecutor: the attacker knows that the person is in it, and guesses within the smallest group.',
      ...lower,
      before: before.prosecutor.highest,
      after: after?.prosecutor.highest ?? null,
    },
    {
      id: 'prosecutorAverage',
      title: 'Average risk of a person who is known to be in the table',
      sentence:
        'Prosecutor, on average over all rows; the same as the share of rows that a marketer would link rightly.',
      ...lower,
      before: before.prosecutor.average,
      after: after?.prosecutor.average ?? null,
    },
    {
      id: 'journalistHighest',
      title: 'Highest risk where nobody knows who is in the table',
      sentence: `Journalist: the population is taken to be ${1 / samplingFraction} times the table, and alike.`,
      ...lower,
      before: before.prosecutor.highest * samplingFraction,
      after: after ? after.prosecutor.highest * samplingFraction : null,
    },
    {
      id: 'recordsAtRisk',
      title: 'Rows whose own risk is above 20 %',
      sentence: 'Rows in groups of fewer than five.',
      ...lower,
      before: before.prosecutor.recordsAtRisk,
      after: after?.prosecutor.recordsAtRisk ?? null,
    },
    {
      id: 'sampleUniqueness',
      title: 'Rows that are unlike all others',
      sentence: 'Alone in their quasi-identifiers within the table.',
      ...lower,
      before: before.sampleUniqueness,
      after: after?.sampleUniqueness ?? null,
    },
    {
      id: 'populationUniqueness',
      title: 'People who would be unlike everybody else in the population',
      sentence: `Estimated (Dankar et al. 2012) for a population ${1 / samplingFraction} times the table.`,
      ...lower,
      before: uniques(sizes.before),
      after: uniques(sizes.after),
    },
  ];
}

/**
 * The attacks of WP216, on a hold-out. Attacker and release are compared on what both can know: whoever has a person's
 * age works out the age group by himself, and the masked form of a number, so such columns count as they are in the output.
 */
function attackFigures(
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

function isGeneralised({ plan }: Release, name: string): boolean {
  const column = plan.columns.find((each) => each.name === name);
  return column?.method === 'generalise' || column?.method === 'coding';
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

function utilityFigures(
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

/** Those that do not name people; where there are too many, those that matter to people or were changed before others. */
function measuredColumns(after: EncodedTable, recipe: Recipe): readonly string[] {
  const names = after.columns
    .map(({ name }) => name)
    .filter((name) => recipe.columns[name]?.role !== 'directIdentifier');
  if (names.length <= mostMeasured) {
    return names;
  }
  const weightOf = (name: string) => {
    const { role = 'other', method = 'keep' } = recipe.columns[name] ?? {};
    return (role === 'other' ? 0 : 2) + (method === 'keep' ? 0 : 1);
  };
  const chosen = [...names].sort((a, b) => weightOf(b) - weightOf(a)).slice(0, mostMeasured);
  return names.filter((name) => chosen.includes(name));
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
