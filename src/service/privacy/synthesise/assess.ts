import { hasCode } from '../../../base/errors.ts';
import { formatShare, groupDigits, plural } from '../../../base/format.ts';
import type { ReportFigure } from '../../../protocol/privacyReport.ts';
import type { EncodedTable } from '../../data/encodedTable.ts';
import { equalRows, type Memorisation, measureMemorisation } from '../attack/memorisation.ts';
import type { Random } from '../statistics/random.ts';
import { partOf, type Work } from '../statistics/work.ts';
import type { ColumnKinds } from '../tables/columnKind.ts';
import { sampleRows } from '../tables/rows.ts';
import { type Efficacy, measureEfficacy } from '../utility/efficacy.ts';
import { measureQuality, type Quality } from '../utility/quality.ts';

export interface AssessInput extends Work {
  /** What the model has learned, and rows that it never saw. */
  readonly train: EncodedTable;
  readonly holdOut: EncodedTable;
  readonly synthetic: EncodedTable;
  /** Of both, the rows that meet what was asked of the synthetic ones; only those can be alike. */
  readonly alike: { readonly train: EncodedTable; readonly holdOut: EncodedTable };
  readonly kinds: ColumnKinds;
  readonly target: string | undefined;
  readonly random: Random;
}

export interface Assessment {
  /** Plain words, the most important first. */
  readonly findings: readonly string[];
  readonly memorisation: readonly ReportFigure[];
  readonly quality: readonly ReportFigure[];
  /** For the run, by the name of the metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

const comparedRows = 2000;
const rowsForQuality = 20_000;
const rowsForLearning = 6000;
/** Fewer say nothing reliable about shapes, and nothing at all about what models learn. */
const fewest = { quality: 20, learning: 200, test: 40 };

/** How much the synthetic rows remember of single real ones, and what they are good for. Both are always measured. */
export function assessSynthetic(input: AssessInput): Assessment {
  const { train, holdOut, synthetic, alike, random } = input;
  const memory = measureMemorisation({
    ...partOf(input, 0, 0.6),
    ...{ train, holdOut, released: synthetic, kinds: input.kinds },
    random: random.fork('memorisation'),
    maximumRows: comparedRows,
  });
  // In more rows there is more to be equal to by chance: as many learned rows as others are compared.
  const asMany = sampleRows(train, holdOut.rowCount, random.fork('copies'));
  const equal = equalRows(synthetic, asMany).filter(Boolean).length / synthetic.rowCount;
  const quality =
    alike.train.rowCount < fewest.quality
      ? undefined
      : measureQuality(
          sampleRows(alike.train, rowsForQuality, random.fork('real')),
          sampleRows(synthetic, rowsForQuality, random.fork('released')),
          { ...partOf(input, 0.6, 0.7), kinds: input.kinds },
        );
  const efficacy = efficacyOf(input);
  return {
    findings: [
      ...wordsOfMemory(memory, equal, synthetic.rowCount),
      ...wordsOfUse(quality, efficacy, input.target),
    ],
    memorisation: memoryFigures(memory, equal, synthetic.rowCount),
    quality: qualityFigures(quality, efficacy, input.target),
    metrics: {
      'memorisation/exact_copies': memory.copies,
      'memorisation/copy_share': memory.copyShare,
      'memorisation/nearer_to_learned': memory.nearerToTrain,
      'memorisation/nearer_expected': memory.expectedNearer,
      'memorisation/distance_learned': memory.distance.train.median,
      'memorisation/distance_not_learned': memory.distance.holdOut.median,
      ...(quality && { 'quality/shapes': quality.shapes }),
      ...(quality?.associatedPairTrends !== undefined && { 'quality/pairs': quality.associatedPairTrends }),
      ...(efficacy && {
        'quality/f1_synthetic': efficacy.mean.released,
        'quality/f1_real': efficacy.mean.real,
        'quality/f1_shuffled': efficacy.mean.shuffled,
      }),
    },
  };
}

/** Undefined where there is too little to learn from, or the target has no classes that could be told apart. */
function efficacyOf(input: AssessInput): Efficacy | undefined {
  const { alike, synthetic, target, kinds, random } = input;
  const enough =
    Math.min(alike.train.rowCount, synthetic.rowCount) >= fewest.learning &&
    alike.holdOut.rowCount >= fewest.test;
  if (target === undefined || !enough) {
    return undefined;
  }
  try {
    return measureEfficacy({
      ...partOf(input, 0.7, 1),
      real: alike.train,
      released: synthetic,
      holdOut: alike.holdOut,
      target,
      kinds,
      random: random.fork('efficacy'),
      maximumRows: rowsForLearning,
    });
  } catch (error) {
    if (hasCode(error, 'privacy.targetClasses') || hasCode(error, 'privacy.noTarget')) {
      return undefined;
    }
    throw error;
  }
}

/** More than chance explains, at 95 %. */
function remembers({ nearerToTrain, expectedNearer, error }: Memorisation): boolean {
  return nearerToTrain - error > expectedNearer;
}

/** `equal`: the share of synthetic rows that are equal to one of as many learned rows as there are others. */
function wordsOfMemory(memory: Memorisation, equal: number, rows: number): string[] {
  const { copies, holdOutCopyShare } = memory;
  return [
    copies === 0
      ? 'No synthetic row is equal to a real row that was learned.'
      : `${groupDigits(copies)} of ${plural(rows, 'synthetic row')} (${formatShare(copies, rows)}) ${copies === 1 ? 'is' : 'are'} equal to a real row that was learned. ` +
        `Among as many real rows of each kind, ${formatShare(equal, 1)} are equal to one that was learned and ${formatShare(holdOutCopyShare, 1)} to one that the model never saw, which is chance.`,
    `${formatShare(memory.nearerToTrain, 1)} of the synthetic rows have their closest real row among those that were learned, where chance gives ${formatShare(memory.expectedNearer, 1)}: ` +
      (remembers(memory)
        ? 'the model remembers something of single rows.'
        : 'there is no sign that the model remembers single rows.'),
  ];
}

function wordsOfUse(
  quality: Quality | undefined,
  efficacy: Efficacy | undefined,
  target: string | undefined,
): string[] {
  const sentences: string[] = [];
  if (quality) {
    const pairs = quality.associatedPairTrends;
    sentences.push(
      `The columns have ${formatShare(quality.shapes, 1)} of the shapes of the real ones` +
        (pairs === undefined
          ? '; no two columns of the real table go together noticeably.'
          : `, and pairs of columns that go together keep ${formatShare(pairs, 1)} of how they do.`),
    );
  }
  if (efficacy) {
    const { released, real, shuffled } = efficacy.mean;
    sentences.push(
      `Models that learn to predict ${target} from synthetic rows reach F1 ${released.toFixed(2)} on real rows; ` +
        `trained on real rows they reach ${real.toFixed(2)}, and on columns shuffled each by itself ${shuffled.toFixed(2)}.`,
    );
  } else {
    sentences.push(
      target === undefined
        ? 'What models can learn from it was not measured: no target column was named, and none stands out.'
        : `What models can learn about ${target} was not measured: there are too few rows, or its values are no classes to tell apart.`,
    );
  }
  return sentences;
}

function memoryFigures(memory: Memorisation, equal: number, rows: number): ReportFigure[] {
  const { distance, copies, holdOutCopyShare, nearerToTrain, expectedNearer, error } = memory;
  const shuffled = distance.shuffled.median.toFixed(3);
  return [
    {
      id: 'copies',
      title: 'Synthetic rows that are equal to a real row',
      sentence: `Among as many real rows of each kind; in all, ${groupDigits(copies)} of ${plural(rows, 'row')} are equal to one that was learned.`,
      kind: 'share',
      better: 'lower',
      before: holdOutCopyShare,
      after: equal,
    },
    {
      id: 'closestMedian',
      title: 'Distance to the closest real row, median',
      sentence: `From 0, equal, to 1 (Gower), among as many real rows of each kind; ${shuffled} for rows without any memory.`,
      kind: 'score',
      better: 'higher',
      before: distance.holdOut.median,
      after: distance.train.median,
    },
    {
      id: 'closestFifth',
      title: 'Distance to the closest real row, the nearest 5 %',
      sentence: 'A model that remembers a few rows shows it here first.',
      kind: 'score',
      better: 'higher',
      before: distance.holdOut.fifthPercentile,
      after: distance.train.fifthPercentile,
    },
    {
      id: 'nearer',
      title: 'Synthetic rows whose closest real row is one that was learned',
      sentence: 'Against the share that they are of all real rows, which is what chance gives.',
      kind: 'share',
      better: 'lower',
      before: expectedNearer,
      after: nearerToTrain,
      interval: [Math.max(0, nearerToTrain - error), Math.min(1, nearerToTrain + error)],
    },
  ];
}

function qualityFigures(
  quality: Quality | undefined,
  efficacy: Efficacy | undefined,
  target: string | undefined,
): ReportFigure[] {
  const score = { kind: 'score', better: 'higher' } as const;
  const figures: ReportFigure[] = [];
  if (quality) {
    figures.push({
      id: 'shapes',
      title: 'Shapes of the columns',
      sentence:
        'How alike each column is distributed, on average. Shuffled columns score as high: it misleads by itself.',
      ...score,
      before: 1,
      after: quality.shapes,
    });
    if (quality.associatedPairTrends !== undefined) {
      figures.push({
        id: 'pairs',
        title: 'Pairs of columns that go together',
        sentence: 'How well pairs that are associated in the real table are so in the synthetic one.',
        ...score,
        before: 1,
        after: quality.associatedPairTrends,
      });
    }
  }
  if (efficacy) {
    const { released, real, shuffled } = efficacy.mean;
    figures.push(
      {
        id: 'trainOnSynthetic',
        title: `Predicting ${target}: trained on synthetic rows, tested on real ones`,
        sentence: 'F1, mean of three kinds of model, on real rows that none of them has seen.',
        ...score,
        before: real,
        after: released,
      },
      {
        id: 'trainOnShuffled',
        title: `Predicting ${target}: trained on shuffled columns`,
        sentence:
          'What rows are worth in which no column has to do with another: synthetic rows should do far better.',
        ...score,
        before: real,
        after: shuffled,
      },
    );
  }
  return figures;
}
