import { describe, expect, it } from 'vitest';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import {
  decodeRows,
  encodeTable,
  writeRow,
} from '../../../../../src/service/privacy/synthesise/neural/encoding.ts';
import {
  digamma,
  fitMixture,
  modeProbabilities,
} from '../../../../../src/service/privacy/synthesise/neural/mixture.ts';
import { sampleRows } from '../../../../../src/service/privacy/tables/rows.ts';
import { measureQuality } from '../../../../../src/service/privacy/utility/quality.ts';
import { readReferenceTable, tableOf } from '../../../../support/referenceTables.ts';

const seed = new Uint8Array(32).fill(4);
const options = { components: 10, leastWeight: 0.005 };

describe('modes of a column', () => {
  it('are found, as many as there are', () => {
    const random = new Random(seed);
    const drawn = Float64Array.from({ length: 5_000 }, (_, row) => {
      const [mean, deviation] = row % 10 < 5 ? [0, 1] : row % 10 < 8 ? [50, 2] : [200, 10];
      return mean! + deviation! * random.normal();
    });
    const mixture = fitMixture(drawn, options);
    const large = [...mixture.weights.keys()]
      .filter((mode) => mixture.weights[mode]! > 0.05)
      .sort((a, b) => mixture.means[a]! - mixture.means[b]!);
    expect(large.map((mode) => Math.round(mixture.means[mode]! / 2) * 2)).toEqual([0, 50, 200]);
    [0.5, 0.3, 0.2].forEach((weight, index) => {
      expect(mixture.weights[large[index]!]!).toBeCloseTo(weight, 1);
    });
    const probabilities = new Float64Array(mixture.weights.length);
    modeProbabilities(mixture, 195, probabilities);
    expect(probabilities[large[2]!]).toBeGreaterThan(0.99);
    expect([...probabilities].reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 12);
  });

  it('of a single value, of two rows and of huge numbers are finite', () => {
    for (const values of [
      [7, 7, 7],
      [1, 2],
      [1e15, 1e15 + 1, 3e15, 3e15 + 2],
    ]) {
      const { weights, means, deviations } = fitMixture(Float64Array.from(values), options);
      expect([...weights, ...means, ...deviations].every(Number.isFinite)).toBe(true);
      expect([...deviations].every((deviation) => deviation > 0)).toBe(true);
    }
  });

  it('rest on ψ', () => {
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 10);
    expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 10);
    expect(digamma(100)).toBeCloseTo(4.600161852738087, 12);
  });
});

describe('rows for a network', () => {
  const marginOptions = { rareBelow: 5, rareLabel: 'Other' };

  it('become the table again', () => {
    const table = sampleRows(readReferenceTable('adult/adult_15_columns.csv'), 4_000, new Random(seed));
    const { encoding, rows } = encodeTable(table, marginOptions, new Random(seed));
    const written = new Float32Array(4_000 * encoding.width);
    for (let row = 0; row < rows.rowCount; row += 1) {
      writeRow(encoding, rows, row, written, row * encoding.width);
    }
    expect(written.every((value) => value >= -1 && value <= 1)).toBe(true);
    // In each row a one for each column.
    const ones = written.reduce((sum, value) => sum + Number(value === 1), 0);
    expect(ones).toBe(4_000 * encoding.spans.length);
    const back = decodeRows(encoding, rows);
    const quality = measureQuality(table, back);
    expect(quality.shapes).toBeGreaterThan(0.985);
    expect(quality.associatedPairTrends).toBeGreaterThan(0.98);
    expect(encodeTable(table, marginOptions, new Random(seed)).rows.distances).toEqual(rows.distances);
  });

  it('keep what is missing, dates and hostile columns', () => {
    const cells = Array.from({ length: 100 }, (_, row) => row);
    const table = tableOf({
      wage: cells.map((row) => (row % 4 === 0 ? null : (row % 20) + 0.5)),
      day: cells.map((row) => `2020-01-${String((row % 20) + 10)}`),
      empty: cells.map(() => null),
      constant: cells.map(() => 3),
      name: cells.map((row) => `n${row}`),
    });
    const { encoding, rows } = encodeTable(table, marginOptions, new Random(seed));
    const back = decodeRows(encoding, rows);
    const column = (name: string) => {
      const { values, codes } = back.columns.find((each) => each.name === name)!;
      return [...codes].map((code) => values[code]!);
    };
    expect(column('wage').map((cell) => cell === null)).toEqual(cells.map((row) => row % 4 === 0));
    expect(column('wage').every((cell) => cell === null || Number(cell) % 1 === 0.5)).toBe(true);
    expect(column('day').every((cell) => /^2020-01-[123]\d$/.test(String(cell)))).toBe(true);
    expect(new Set([...column('empty'), ...column('constant'), ...column('name')])).toEqual(
      new Set([null, 3, 'Other']),
    );
  });
});
