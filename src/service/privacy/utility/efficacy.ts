import type { Cell, EncodedTable } from '../../data/encodedTable.ts';
import type { Random } from '../statistics/random.ts';
import type { Work } from '../statistics/work.ts';
import { type ColumnKinds, columnKind, numericColumn, rowPlaces } from '../tables/columnKind.ts';
import { columnNamed, countCodes, sampleRows, selectRows, shuffledColumns } from '../tables/rows.ts';
import { noTarget, targetNotBinary } from './errors.ts';
import { fitAdaBoost, mostLikely } from './learn/adaBoost.ts';
import { f1Score } from './learn/f1.ts';
import { compareCells, fitFeatures } from './learn/features.ts';
import { fitLogistic } from './learn/logistic.ts';
import { fitBinning, growTree } from './learn/tree.ts';

/** What models learn from a release, tested on real rows that nobody trained on: F1, between 0 and 1. */
export interface Efficacy {
  readonly models: readonly ({ readonly model: ModelName } & Scores)[];
  readonly mean: Scores;
  /** What the models tell apart; with two classes F1 is that of the second, the rarer one. */
  readonly classes: readonly string[];
}

export type ModelName = 'decision tree' | 'boosted stumps' | 'logistic regression';

export interface Scores {
  /** Trained on the real rows: the most that can be expected. */
  readonly real: number;
  readonly released: number;
  /** Trained on the real columns shuffled each by itself: what a release without any association is worth. */
  readonly shuffled: number;
}

export interface EfficacyInput extends Work {
  readonly real: EncodedTable;
  readonly released: EncodedTable;
  /**
   * Real rows that neither the release nor `real` has. Where the release is generalised these must be generalised
   * the same way, or what a model learned of "20–30" says nothing about 25.
   */
  readonly holdOut: EncodedTable;
  readonly target: string;
  readonly kinds?: ColumnKinds;
  readonly random: Random;
  /** Larger tables are sampled: F1 hardly changes, and it stays a matter of seconds. */
  readonly maximumRows?: number;
}

/** Throws `privacy.noTarget` and `privacy.targetClasses`. */
export function measureEfficacy(input: EfficacyInput): Efficacy {
  const { kinds = {}, random, maximumRows = 30_000, checkCancelled, progress } = input;
  const classOf = classesOf(input);
  const labelled = (table: EncodedTable, purpose: string) =>
    label(sampleRows(table, maximumRows, random.fork(purpose)), input.target, classOf);
  const holdOut = labelled(input.holdOut, 'hold-out');
  const real = labelled(input.real, 'train');
  const shuffledTable = shuffledColumns(real.table, random.fork('shuffle'));
  const sources = [real, labelled(input.released, 'released'), label(shuffledTable, input.target, classOf)];
  const scores = sources.map((source, index) => {
    const result = trainAndTest(source, holdOut, {
      target: input.target,
      kinds,
      classCount: classOf.names.length,
      checkCancelled,
    });
    progress?.((index + 1) / sources.length);
    return result;
  });
  const models = modelNames.map((model, index) => ({
    model,
    real: scores[0]![index]!,
    released: scores[1]![index]!,
    shuffled: scores[2]![index]!,
  }));
  const mean = (key: keyof Scores) => models.reduce((sum, scored) => sum + scored[key] / models.length, 0);
  return {
    models,
    mean: { real: mean('real'), released: mean('released'), shuffled: mean('shuffled') },
    classes: classOf.names,
  };
}

const modelNames: readonly ModelName[] = ['decision tree', 'boosted stumps', 'logistic regression'];
const maximumClasses = 50;

interface Classes {
  readonly names: readonly string[];
  /** For each distinct value of a target column its class, −1 where it has none. */
  of(values: readonly Cell[]): Int32Array;
}

interface Labelled {
  readonly table: EncodedTable;
  readonly classes: Int32Array;
}

/** Numbers with many values are told apart at the median of the real rows; anything else by value, the commonest first. */
function classesOf({ real, released, holdOut, target, kinds = {} }: EfficacyInput): Classes {
  const column = columnNamed(real, target);
  if (!column || !columnNamed(released, target) || !columnNamed(holdOut, target)) {
    throw noTarget(target);
  }
  const kind = columnKind(column, kinds);
  if (kind !== 'category' && column.values.length > maximumClasses) {
    const sorted = rowPlaces(numericColumn(column, kind))
      .filter((place) => !Number.isNaN(place))
      .sort();
    const median = sorted[(sorted.length - 1) >> 1]!;
    return {
      names: ['up to the median', 'above the median'],
      of: (values) =>
        numericColumn({ name: target, values, codes: new Int32Array() }, kind).places.reduce(
          (classes, place, code) =>
            classes.fill(Number.isNaN(place) ? -1 : Number(place > median), code, code + 1),
          new Int32Array(values.length),
        ),
    };
  }
  const counts = countCodes(column.codes, column.values.length);
  const classes: Cell[] = [...column.values.keys()]
    .filter((code) => column.values[code] !== null && counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || compareCells(column.values[a]!, column.values[b]!))
    .map((code) => column.values[code]!);
  if (classes.length < 2 || classes.length > maximumClasses) {
    throw targetNotBinary(target, classes.length);
  }
  return {
    names: classes.map(String),
    of: (values) => Int32Array.from(values, (value) => classes.indexOf(value)),
  };
}

/** The rows whose target is one of the classes. */
function label(table: EncodedTable, target: string, classOf: Classes): Labelled {
  const { values, codes } = columnNamed(table, target)!;
  const classes = classOf.of(values);
  const rows = Int32Array.from(codes.keys()).filter((row) => classes[codes[row]!]! >= 0);
  return { table: selectRows(table, rows), classes: rows.map((row) => classes[codes[row]!]!) };
}

interface Training {
  readonly target: string;
  readonly kinds: ColumnKinds;
  readonly classCount: number;
  readonly checkCancelled?: (() => void) | undefined;
}

/** F1 of each model; a release without a row to learn from scores 0. */
function trainAndTest(train: Labelled, test: Labelled, training: Training): number[] {
  if (train.classes.length === 0 || test.classes.length === 0) {
    return modelNames.map(() => 0);
  }
  const { classCount } = training;
  const work = training.checkCancelled ? { checkCancelled: training.checkCancelled } : {};
  const encode = fitFeatures(train.table, training.target, training.kinds);
  const [trainFeatures, testFeatures] = [encode(train.table), encode(test.table)];
  const binning = fitBinning(trainFeatures);
  const [trainBins, testBins] = [binning(trainFeatures), binning(testFeatures)];
  const weights = balancedWeights(train.classes, classCount);
  const tree = growTree(trainBins, train.classes, { classCount, weights, maximumDepth: 15, ...work });
  const boosted = fitAdaBoost(trainBins, train.classes, { classCount, rounds: 50, ...work });
  const logistic = fitLogistic(trainFeatures, train.classes, { classCount, weights, ...work });
  const predictions = [
    mostLikely(tree.predict(testBins), classCount),
    boosted(testBins),
    logistic(testFeatures),
  ];
  return predictions.map((predicted) => f1Score(test.classes, predicted, classCount));
}

/** Each class counts as much as every other. */
function balancedWeights(classes: Int32Array, classCount: number): Float64Array {
  const counts = countCodes(classes, classCount);
  return Float64Array.from(classes, (each) => classes.length / (classCount * counts[each]!));
}
