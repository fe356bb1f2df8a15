import { searchBestFirst } from './bestFirstSearch.ts';
import {
  type Criterion,
  checkCriteria,
  describeCriterion,
  sensitiveColumnOf,
  survivesMerging,
} from './criteria.ts';
import {
  keptLevelsBreak,
  noQuasiIdentifiers,
  noRows,
  nothingInTime,
  tooManyGeneralisations,
  unreachable,
  wrongSetting,
} from './errors.ts';
import { searchExactly } from './exactSearch.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';
import { distinctLevels, Lattice } from './lattice.ts';
import { NodeChecker, type SensitiveColumn } from './nodeCheck.ts';
import { aggregateCosts, classScore, columnCosts, type QualityModel, type Score } from './quality.ts';
import type { SearchSpace } from './searchSpace.ts';

export interface SearchTask {
  readonly quasiIdentifiers: readonly LevelTable[];
  readonly criteria: readonly Criterion[];
  /** Columns that the criteria name. */
  readonly sensitive?: readonly SensitiveColumn[];
  /** Share of the rows that may be suppressed, 0 to 1; 0 without it. */
  readonly suppressionLimit?: number;
  readonly quality?: QualityModel;
  /** For each given row how many rows of the table it stands for, where it was aggregated before. */
  readonly weights?: Int32Array;
  /** For each quasi-identifier the lowest and highest level that may be used. */
  readonly lowest?: readonly number[];
  readonly highest?: readonly number[];
  /** Milliseconds after which the best so far is answered; 60,000 without it. */
  readonly timeLimit?: number;
  /** Spaces of more nodes are searched from the top, best first; what fits into memory without it. */
  readonly nodeLimit?: number;
  /** Levels that somebody chose before, by column: for the sentence where they do not do. */
  readonly kept?: Readonly<Record<string, number>>;
  readonly checkCancelled?: () => void;
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Milliseconds between two reports of progress; 100 without it. */
  readonly progressAfter?: number;
}

export interface SearchProgress {
  readonly checks: number;
  readonly nodes: number;
  /** Generalisations of which nothing is known yet; undefined where the space is too large to count them off. */
  readonly left: number | undefined;
  /** Milliseconds since the search began. */
  readonly elapsed: number;
}

export interface SearchResult {
  /** For each quasi-identifier its level. */
  readonly levels: readonly number[];
  readonly score: Score;
  /** Classes that are released. */
  readonly classes: number;
  readonly suppressedRows: number;
  readonly rowCount: number;
  /** Generalisations that were tried. */
  readonly checks: number;
  /** Generalisations that there are. */
  readonly nodes: number;
  /** Proven to be the best; otherwise the best so far, found heuristically. */
  readonly optimal: boolean;
  readonly elapsed: number;
  /** Why: what each quasi-identifier costs, the dearest first. */
  readonly costs: readonly QuasiIdentifierCost[];
}

export interface QuasiIdentifierCost {
  readonly column: string;
  readonly level: number;
  readonly highestLevel: number;
  /** Loss of this column alone: 0 for level 0, 1 where nothing can be told apart any more. */
  readonly loss: number;
  /** Rows that would break the criteria if this column stayed one level lower; undefined on its lowest level. */
  readonly violatingRowsBelow: number | undefined;
}

/** Finds the full-domain generalisation of least cost that fulfils the criteria. */
export function searchGeneralisation(task: SearchTask): SearchResult {
  checkTask(task);
  const { quasiIdentifiers, criteria, quality = { model: 'nonUniformEntropy' }, timeLimit = 60_000 } = task;
  const begin = performance.now();
  const checker = new NodeChecker(
    quasiIdentifiers,
    criteria,
    task.sensitive ?? [],
    task.suppressionLimit ?? 0,
    task.weights,
  );
  if (checker.tuples.rowCount === 0) {
    throw noRows('Searching a generalisation');
  }
  const worthwhile = worthwhileLevels(task, checker);
  const lattice = new Lattice(worthwhile);
  if (lattice.size > Number.MAX_SAFE_INTEGER) {
    throw tooManyGeneralisations(quasiIdentifiers.length);
  }
  checker.startFrom(worthwhile.map(([lowest]) => lowest!));
  const costs = costTables(quality, quasiIdentifiers, checker);
  let reported = begin;
  const isOver = (left?: number) => {
    task.checkCancelled?.();
    const now = performance.now();
    if (now - reported >= (task.progressAfter ?? 100)) {
      reported = now;
      task.onProgress?.({ checks: checker.checks, nodes: lattice.size, left, elapsed: now - begin });
    }
    return now - begin > timeLimit;
  };
  const space: SearchSpace = {
    lattice,
    checker,
    monotone: criteria.every(
      (criterion) =>
        survivesMerging(criterion) &&
        (checker.suppressible === 0 || sensitiveColumnOf(criterion) === undefined),
    ),
    ...scoring(quality, costs, lattice, checker),
    isOver,
  };
  const small = lattice.size <= (task.nodeLimit ?? (space.scoreOf ? 16_000_000 : 200_000));
  const found = small ? searchExactly(space) : searchBestFirst(space);
  const { checks } = checker;
  if (found.node === undefined) {
    throw found.optimal
      ? nothingFound(task, checker, lattice)
      : nothingInTime(criteria.map(describeCriterion).join(', '), timeLimit / 1000, checks, lattice.size);
  }
  const levels = lattice.levelsOf(found.node);
  const why = explain(quasiIdentifiers, levels, checker, task.lowest);
  const classes = checker.check(levels);
  return {
    levels,
    score: space.scoreOf?.(found.node) ?? space.evaluate(found.node, classes).score,
    classes: classes.suppressed
      .subarray(0, classes.count)
      .reduce((sum, suppressed) => sum + 1 - suppressed, 0),
    suppressedRows: classes.violatingRows,
    rowCount: checker.tuples.rowCount,
    checks,
    nodes: lattice.size,
    optimal: found.optimal,
    elapsed: performance.now() - begin,
    costs: why,
  };
}

function checkTask({ quasiIdentifiers, criteria, suppressionLimit = 0 }: SearchTask): void {
  if (quasiIdentifiers.length === 0) {
    throw noQuasiIdentifiers('Searching a generalisation');
  }
  if (quasiIdentifiers[0]!.column.codes.length === 0) {
    throw noRows('Searching a generalisation');
  }
  if (!(suppressionLimit >= 0 && suppressionLimit <= 1)) {
    throw wrongSetting('The suppression limit', suppressionLimit, 'a share between 0 and 1');
  }
  checkCriteria(criteria);
}

/**
 * For each column the levels that tell values apart differently, without the lowest ones on which already
 * the column alone has too many rows in small classes: with more columns the classes only get smaller.
 */
function worthwhileLevels(
  { quasiIdentifiers, lowest, highest }: SearchTask,
  checker: NodeChecker,
): number[][] {
  const tops = quasiIdentifiers.map(({ levels }) => levels.length - 1);
  return quasiIdentifiers.map((table, column) => {
    const levels = distinctLevels(table, lowest?.[column] ?? 0, highest?.[column] ?? tops[column]!);
    if (levels.length === 0) {
      const asked = `${lowest?.[column] ?? 0} to ${highest?.[column] ?? tops[column]}`;
      throw wrongSetting(`The range of levels of ${table.column.name}`, asked, `within 0 to ${tops[column]}`);
    }
    const rows = rowsOfCodes(checker, column);
    const first = levels.findIndex(
      (level) => undersizedRows(table, level, rows, checker.k) <= checker.suppressible,
    );
    return first < 0 ? levels.slice(-1) : levels.slice(first);
  });
}

function undersizedRows(table: LevelTable, level: number, rowsOfCode: Float64Array, k: number): number {
  const { labelOfCode, labels } = table.levels[level]!;
  const rows = new Float64Array(labels.length);
  labelOfCode.forEach((label, code) => {
    rows[label]! += rowsOfCode[code]!;
  });
  return rows.reduce((sum, count) => sum + (count < k ? count : 0), 0);
}

function rowsOfCodes({ tuples }: NodeChecker, column: number): Float64Array {
  const codes = tuples.codes[column]!;
  const rows = new Float64Array(codes.reduce((most, code) => Math.max(most, code), -1) + 1);
  codes.forEach((code, tuple) => {
    rows[code]! += tuples.sizes[tuple]!;
  });
  return rows;
}

function costTables(
  quality: QualityModel,
  quasiIdentifiers: readonly LevelTable[],
  checker: NodeChecker,
): Float64Array[] | undefined {
  const tables = quasiIdentifiers.map((table, column) =>
    columnCosts(quality, table, paddedRows(table, checker, column), checker.tuples.rowCount),
  );
  return tables.every((table) => table !== undefined) ? tables : undefined;
}

/** Rows for every code of the column, those that do not occur included. */
function paddedRows({ column }: LevelTable, checker: NodeChecker, index: number): Float64Array {
  const rows = new Float64Array(column.values.length);
  rows.set(rowsOfCodes(checker, index));
  return rows;
}

function levelCosts(costs: readonly Float64Array[], levels: readonly number[]): number[] {
  return costs.map((table, column) => table[levels[column]!]!);
}

function scoring(
  quality: QualityModel,
  costs: readonly Float64Array[] | undefined,
  lattice: Lattice,
  checker: NodeChecker,
): Pick<SearchSpace, 'scoreOf' | 'boundOf' | 'evaluate'> {
  if (costs === undefined) {
    return { scoreOf: undefined, boundOf: undefined, evaluate: (_, classes) => classScore(quality, classes) };
  }
  const known = (node: number) => aggregateCosts(quality, levelCosts(costs, lattice.levelsOf(node)));
  const counts = quality.model === 'nonUniformEntropy' && quality.suppression === 'counted';
  return counts && checker.suppressible > 0
    ? {
        scoreOf: undefined,
        boundOf: known,
        evaluate: (node, classes) => {
          const bound = known(node);
          return { bound, score: [bound[0]! + checker.suppressionEntropy(lattice.levelsOf(node), classes)] };
        },
      }
    : { scoreOf: known, boundOf: known, evaluate: (node) => ({ score: known(node), bound: known(node) }) };
}

function nothingFound({ criteria, kept = {} }: SearchTask, checker: NodeChecker, lattice: Lattice): Error {
  const { violatingRows, rowCount } = checker.check(lattice.levelsOf(lattice.top));
  const asked = criteria.map(describeCriterion).join(', ');
  const chosen = Object.entries(kept).map(([column, level]) => `${column} ${level}`);
  if (chosen.length > 0) {
    return keptLevelsBreak(asked, chosen, violatingRows, rowCount, checker.suppressible);
  }
  return unreachable(asked, violatingRows, rowCount, checker.suppressible);
}

function explain(
  quasiIdentifiers: readonly LevelTable[],
  levels: readonly number[],
  checker: NodeChecker,
  lowest: readonly number[] | undefined,
): QuasiIdentifierCost[] {
  const { rowCount } = checker.tuples;
  return quasiIdentifiers
    .map((table, column): QuasiIdentifierCost => {
      const loss = columnCosts(
        { model: 'loss', aggregate: 'mean' },
        table,
        paddedRows(table, checker, column),
        rowCount,
      );
      const lower = levels.map((level, other) => (other === column ? level - 1 : level));
      return {
        column: table.column.name,
        level: levels[column]!,
        highestLevel: table.levels.length - 1,
        loss: loss![levels[column]!]!,
        violatingRowsBelow:
          levels[column]! > (lowest?.[column] ?? 0) ? checker.check(lower).violatingRows : undefined,
      };
    })
    .sort((a, b) => b.loss - a.loss);
}
