import { describe, expect, it } from 'vitest';
import type { Cell, EncodedTable } from '../../../../../src/service/data/encodedTable.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import { drawTable, type Outputs } from '../../../../../src/service/privacy/synthesise/neural/draw.ts';
import { encodeTable } from '../../../../../src/service/privacy/synthesise/neural/encoding.ts';
import { scoresFrom } from '../../../../../src/service/privacy/synthesise/neural/spans.ts';
import type { Condition } from '../../../../../src/service/privacy/synthesise/synthesiser.ts';
import { columnNamed } from '../../../../../src/service/privacy/tables/rows.ts';
import { tableOf } from '../../../../support/referenceTables.ts';

const seed = new Uint8Array(32).fill(3);

describe('rows drawn from what a network says', () => {
  const random = new Random(seed);
  const table = tableOf({
    colour: Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 'blue' : 'red')),
    age: Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 20 : 70) + random.below(9) - 4),
  });
  const { encoding } = encodeTable(table, { rareBelow: 5, rareLabel: 'Other' }, random);
  const [colour, age] = [encoding.spans[0]!, encoding.spans[1]!];
  const red = colour.margin.groups.kind === 'category' ? colour.margin.groups.cells.indexOf('red') : -1;
  const modes = age.mixture!.means;
  const nearest = (place: number) =>
    [...modes.keys()].sort((a, b) => Math.abs(modes[a]! - place) - Math.abs(modes[b]! - place))[0]!;
  // Half of the rows that this network speaks of are young, and of those nine in ten are red; of the others one is.
  const outputs: Outputs = (rows, chances) => {
    const values = new Float32Array(rows * encoding.width);
    for (let row = 0; row < rows; row += 1) {
      const young = chances.uniform() < 0.5;
      const at = row * encoding.width;
      values[at + scoresFrom(colour) + red] = Math.log(9) * (young ? 1 : -1);
      values[at + scoresFrom(age) + nearest(young ? 20 : 70)] = 30;
    }
    return values;
  };
  const checks = { ranges: [], inequalities: [], unique: [] };
  const reshaping = {
    names: ['colour', 'age'],
    kinds: { colour: 'category', age: 'number' },
    joints: [],
    gaps: [],
    checks,
  } as const;
  const draw = (conditions: readonly Condition[]) =>
    drawTable(
      { reshaping, encoding, deviations: Float32Array.of(0, 0.1) },
      4_000,
      { seed, conditions },
      outputs,
    );

  function share(drawn: EncodedTable, name: string, test: (cell: Cell) => boolean): number {
    const { values, codes } = columnNamed(drawn, name)!;
    return codes.reduce((sum, code) => sum + Number(test(values[code]!)), 0) / codes.length;
  }
  const isRed = (cell: Cell) => cell === 'red';
  const isYoung = (cell: Cell) => Number(cell) < 45;

  it('have the shares that it says', () => {
    const drawn = draw([]);
    expect(share(drawn, 'colour', isRed)).toBeCloseTo(0.5, 1);
    expect(share(drawn, 'age', isYoung)).toBeCloseTo(0.5, 1);
  });

  it('have them under a condition as well', () => {
    const reds = draw([{ column: 'colour', value: 'red' }]);
    expect(share(reds, 'colour', isRed)).toBe(1);
    expect(Math.abs(share(reds, 'age', isYoung) - 0.9)).toBeLessThan(0.02);
    const old = draw([{ column: 'age', minimum: 60, maximum: 70 }]);
    expect(share(old, 'age', (cell) => Number(cell) >= 60 && Number(cell) <= 70)).toBe(1);
    expect(Math.abs(share(old, 'colour', isRed) - 0.1)).toBeLessThan(0.02);
  });

  it('are refused where nothing meets the condition', () => {
    expect(() => draw([{ column: 'age', minimum: 44, maximum: 45 }])).toThrow(/could be drawn|cannot be met/);
    expect(() => draw([{ column: 'colour', value: 'green' }])).toThrow(/knows no such value/);
  });
});
