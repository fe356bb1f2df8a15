import type { EncodedColumn } from '../../data/encodedTable.ts';
import { populationTooSmall } from '../guarantee/errors.ts';
import { distinctTuples } from '../guarantee/tuples.ts';
import { type ClassSizes, classSizes } from './classSizes.ts';

/** Shares between 0 and 1. */
export interface ReidentificationRisk {
  /** Of the rows in the smallest class. */
  readonly highest: number;
  readonly average: number;
  /** Of the rows in the largest class. */
  readonly lowest: number;
  /** Share of rows whose own risk is above the threshold. */
  readonly recordsAtRisk: number;
}

export interface SampleRisk {
  readonly prosecutor: ReidentificationRisk;
  readonly classes: number;
  readonly uniqueRows: number;
  /** Share of rows that are alone in their class. */
  readonly sampleUniqueness: number;
}

/**
 * The prosecutor's risk: the attacker knows that the person is in the release, and guesses among the f rows of the class.
 * `threshold` is a risk between 0 and 1.
 */
export function sampleRisk(quasiIdentifiers: readonly EncodedColumn[], threshold = 0.2): SampleRisk {
  return sampleRiskOf(classSizes(quasiIdentifiers), threshold);
}

export function sampleRiskOf({ rowCount, sizes }: ClassSizes, threshold = 0.2): SampleRisk {
  let smallest = rowCount;
  let largest = 0;
  let uniqueRows = 0;
  let atRisk = 0;
  for (const size of sizes) {
    smallest = Math.min(smallest, size);
    largest = Math.max(largest, size);
    uniqueRows += size === 1 ? 1 : 0;
    atRisk += 1 / size > threshold ? size : 0;
  }
  return {
    prosecutor: {
      highest: 1 / smallest,
      average: sizes.length / rowCount,
      lowest: 1 / largest,
      recordsAtRisk: atRisk / rowCount,
    },
    classes: sizes.length,
    uniqueRows,
    sampleUniqueness: uniqueRows / rowCount,
  };
}

export interface PopulationRisk {
  /** The attacker does not know whether the person is in the release, and guesses among the F rows of the population. */
  readonly journalist: ReidentificationRisk;
  /** Share of rows that an attacker who links all of them at once expects to get right. */
  readonly marketer: number;
}

/**
 * Risk where the population is at hand as a table with the same columns, generalised alike; it must hold the release.
 * Journalist: per row 1/F, on average the larger of J/ΣF and (1/n) Σ f/F over the J classes; marketer: (1/n) Σ f/F
 * (Dankar and El Emam 2010).
 */
export function populationRisk(
  release: readonly EncodedColumn[],
  population: readonly EncodedColumn[],
  threshold = 0.2,
): PopulationRisk {
  const { sizes, classOfRow, rowCount } = classSizes(release);
  const inPopulation = populationSizes(release, population, classOfRow, sizes.length);
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  let linked = 0;
  let covered = 0;
  let atRisk = 0;
  sizes.forEach((size, index) => {
    const rows = inPopulation[index]!;
    if (rows < size) {
      throw populationTooSmall(`a class has ${size} rows in the release and ${rows} in the population`);
    }
    smallest = Math.min(smallest, rows);
    largest = Math.max(largest, rows);
    linked += size / rows;
    covered += rows;
    atRisk += 1 / rows > threshold ? size : 0;
  });
  const marketer = linked / rowCount;
  return {
    journalist: {
      highest: 1 / smallest,
      average: Math.max(sizes.length / covered, marketer),
      lowest: 1 / largest,
      recordsAtRisk: atRisk / rowCount,
    },
    marketer,
  };
}

/** For each class of the release its rows in the population. */
function populationSizes(
  release: readonly EncodedColumn[],
  population: readonly EncodedColumn[],
  classOfRow: Int32Array,
  classes: number,
): Int32Array {
  const joined = release.map((column, index) => concatenate(column, population[index]!));
  const releaseRows = classOfRow.length;
  const { tupleOfRow, count } = distinctTuples(joined, joined[0]!.codes.length);
  const rowsOfTuple = new Int32Array(count);
  for (let row = releaseRows; row < tupleOfRow.length; row += 1) {
    rowsOfTuple[tupleOfRow[row]!]! += 1;
  }
  const sizes = new Int32Array(classes);
  classOfRow.forEach((index, row) => {
    sizes[index] = rowsOfTuple[tupleOfRow[row]!]!;
  });
  return sizes;
}

function concatenate(first: EncodedColumn, second: EncodedColumn): EncodedColumn {
  const codeOf = new Map(first.values.map((value, code) => [value, code]));
  const newCode = second.values.map((value) => {
    const code = codeOf.get(value) ?? codeOf.size;
    codeOf.set(value, code);
    return code;
  });
  const codes = new Int32Array(first.codes.length + second.codes.length);
  codes.set(first.codes);
  codes.set(
    second.codes.map((code) => newCode[code]!),
    first.codes.length,
  );
  return { name: first.name, values: [...codeOf.keys()], codes };
}
