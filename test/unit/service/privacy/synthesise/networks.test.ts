import { beforeAll, describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../../../../src/base/errors.ts';
import type { Cell, EncodedTable } from '../../../../../src/service/data/encodedTable.ts';
import { measureMemorisation } from '../../../../../src/service/privacy/attack/memorisation.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import { loadSynthesiser } from '../../../../../src/service/privacy/synthesise/load.ts';
import { readModel, writeModel } from '../../../../../src/service/privacy/synthesise/modelText.ts';
import { loadTensors } from '../../../../../src/service/privacy/synthesise/neural/tensors.ts';
import { runEpochs } from '../../../../../src/service/privacy/synthesise/neural/training.ts';
import type {
  EpochReport,
  FitOptions,
  SampleOptions,
  SynthesisMethod,
} from '../../../../../src/service/privacy/synthesise/synthesiser.ts';
import { columnNamed, shuffledColumns } from '../../../../../src/service/privacy/tables/rows.ts';
import { measureQuality } from '../../../../../src/service/privacy/utility/quality.ts';
import { rowOf, tableOf } from '../../../../support/referenceTables.ts';

const seed = new Uint8Array(32).fill(5);

/** People whose age says much about where they live, and all about their wage. */
function people(rows: number): EncodedTable {
  const random = new Random(new Uint8Array(32).fill(9));
  const homes = Array.from({ length: rows }, () => random.below(3));
  const ages = homes.map((home) => 20 + home * 15 + random.below(15));
  return tableOf({
    age: ages,
    city: homes.map((home) => ['Bern', 'Basel', 'Chur'][home]!),
    canton: homes.map((home) => ['BE', 'BS', 'GR'][home]!),
    wage: ages.map((age) => (age > 55 ? null : Math.round(age * 100 + random.normal() * 300) / 4)),
    since: ages.map((age) => `20${String(80 - age).padStart(2, '0')}-0${1 + random.below(9)}-11`),
  });
}

function cellsOf(table: EncodedTable, name: string): Cell[] {
  const { values, codes } = columnNamed(table, name)!;
  return [...codes].map((code) => values[code]!);
}

function rowsOf(table: EncodedTable): Record<string, Cell>[] {
  return Array.from({ length: table.rowCount }, (_, row) => rowOf(table, row));
}

async function synthesise(
  method: SynthesisMethod,
  table: EncodedTable,
  count: number,
  options: Partial<FitOptions & SampleOptions>,
): Promise<EncodedTable> {
  const synthesiser = await loadSynthesiser(method);
  const model = await synthesiser.fit(table, { seed, ...options });
  return synthesiser.sample(model, count, { seed, ...options });
}

describe.each([
  { method: 'tvae', epochs: 60, shapes: 0.85, pairs: 0.3 },
  { method: 'ctgan', epochs: 60, shapes: 0.85, pairs: 0.15 },
] as const)('$method', { timeout: 240_000 }, ({ method, epochs, shapes, pairs }) => {
  const table = people(1_000);
  const reports: EpochReport[] = [];
  let model: unknown;
  let drawn = table;

  beforeAll(async () => {
    const synthesiser = await loadSynthesiser(method);
    model = await synthesiser.fit(table, { seed, epochs, onEpoch: (report) => reports.push(report) });
    drawn = await synthesiser.sample(model, 2_000, { seed });
  }, 240_000);

  it('reports every epoch, and learns', () => {
    expect(reports.map(({ epoch }) => epoch)).toEqual(Array.from({ length: epochs }, (_, each) => each + 1));
    expect(reports.every((report) => report.epochs === epochs)).toBe(true);
    const [first, last] = [reports[0]!.losses, reports.at(-1)!.losses];
    expect(Object.values(last).every(Number.isFinite)).toBe(true);
    if (method === 'tvae') {
      expect(last.loss!).toBeLessThan(first.loss! / 2);
      expect(last.loss!).toBeCloseTo(2 * last.reconstruction! + last.divergence!, 3);
    } else {
      // The nearer to nothing, the less the critic can tell apart.
      expect(Math.abs(last.critic!)).toBeLessThan(Math.abs(first.critic!) / 2);
    }
  });

  it('draws columns like the real ones, written as they are', () => {
    expect(drawn.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name));
    expect(cellsOf(drawn, 'age').every(Number.isInteger)).toBe(true);
    expect(cellsOf(drawn, 'since').every((cell) => /^20\d\d-\d\d-\d\d$/.test(String(cell)))).toBe(true);
    const wages = cellsOf(drawn, 'wage');
    expect(wages.every((cell) => cell === null || Number(Number(cell).toFixed(2)) === cell)).toBe(true);
    const missing = (cells: readonly Cell[]) => cells.filter((cell) => cell === null).length / cells.length;
    expect(Math.abs(missing(wages) - missing(cellsOf(table, 'wage')))).toBeLessThan(0.15);
    expect(measureQuality(table, drawn).shapes).toBeGreaterThan(shapes);
  });

  it('draws what belongs together together', () => {
    const ages = cellsOf(drawn, 'age').map(Number);
    const cities = cellsOf(drawn, 'city');
    const meanAge = (city: string) => {
      const those = ages.filter((_, row) => cities[row] === city);
      return those.reduce((sum, age) => sum + age, 0) / those.length;
    };
    expect(meanAge('Bern')).toBeLessThan(meanAge('Basel'));
    expect(meanAge('Basel')).toBeLessThan(meanAge('Chur'));
    const shuffled = shuffledColumns(table, new Random(seed));
    expect(measureQuality(table, drawn).associatedPairTrends!).toBeGreaterThan(
      measureQuality(table, shuffled).associatedPairTrends! + pairs,
    );
  });

  it('draws under conditions, all of which hold in every row', async () => {
    const synthesiser = await loadSynthesiser(method);
    const under = (conditions: NonNullable<SampleOptions['conditions']>) =>
      synthesiser.sample(model, 300, { seed, conditions });
    const both = await under([
      { column: 'city', value: 'Chur' },
      { column: 'age', minimum: 55, maximum: 60 },
    ]);
    expect(both.rowCount).toBe(300);
    expect(new Set(cellsOf(both, 'city'))).toEqual(new Set(['Chur']));
    expect(cellsOf(both, 'age').every((age) => Number(age) >= 55 && Number(age) <= 60)).toBe(true);
    const withoutWage = await under([{ column: 'wage', value: null }]);
    expect(new Set(cellsOf(withoutWage, 'wage'))).toEqual(new Set([null]));
    const ages = cellsOf(withoutWage, 'age').map(Number);
    // Only people over 55 have none.
    expect(ages.reduce((sum, age) => sum + age, 0) / 300).toBeGreaterThan(45);
    const days = cellsOf(
      await under([{ column: 'since', minimum: '2030-01-01', maximum: '2031-12-31' }]),
      'since',
    );
    expect(days.every((day) => String(day) >= '2030-01-01' && String(day) <= '2031-12-31')).toBe(true);
    await expect(under([{ column: 'city', value: 'Genf' }])).rejects.toThrow(WorkbenchError);
  });

  it('goes to another thread and to a file, and draws the same there', async () => {
    const synthesiser = await loadSynthesiser(method);
    for (const copy of [structuredClone(model), readModel(writeModel(model))]) {
      expect(rowsOf(await synthesiser.sample(copy, 2_000, { seed }))).toEqual(rowsOf(drawn));
    }
  });

  it('remembers no single rows', () => {
    const { copyShare, holdOutCopyShare } = measureMemorisation({
      train: table,
      holdOut: people(1_000),
      released: drawn,
      random: new Random(seed),
    });
    expect(copyShare).toBeLessThan(holdOutCopyShare + 0.01);
  });
});

describe.each(['tvae', 'ctgan'] as const)('%s of a small table', (method) => {
  const table = people(120);

  it('follows from the seed, bit for bit', async () => {
    const losses: unknown[] = [];
    const run = async (fill: number) =>
      rowsOf(
        await synthesise(method, table, 50, {
          seed: new Uint8Array(32).fill(fill),
          epochs: 2,
          onEpoch: (report) => losses.push(report.losses),
        }),
      );
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(losses.slice(0, 2)).toEqual(losses.slice(2));
    expect(await run(2)).not.toEqual(first);
  });

  it('stops between two steps, and frees what it took', async () => {
    const synthesiser = await loadSynthesiser(method);
    const stopped = new Error('stopped');
    let checks = 0;
    await expect(
      synthesiser.fit(table, {
        seed,
        epochs: 1_000_000,
        checkCancelled: () => {
          checks += 1;
          if (checks > 60) {
            throw stopped;
          }
        },
      }),
    ).rejects.toBe(stopped);
    const { tf } = await loadTensors();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('obeys constraints, and merges what is rare', async () => {
    const rare = tableOf(
      Object.fromEntries([
        ...['age', 'city', 'canton', 'wage', 'since'].map((name) => [name, cellsOf(table, name)]),
        ['name', cellsOf(table, 'age').map((_, row) => (row < 100 ? 'Smith' : `unique ${row}`))],
      ]),
    );
    const drawn = await synthesise(method, rare, 200, {
      epochs: 3,
      constraints: [
        { kind: 'fixedCombinations', columns: ['city', 'canton'] },
        { kind: 'range', column: 'age', minimum: 20, maximum: 70 },
      ],
    });
    expect(drawn.rowCount).toBe(200);
    const real = new Set(rowsOf(table).map(({ city, canton }) => `${city} ${canton}`));
    expect(rowsOf(drawn).every(({ city, canton }) => real.has(`${city} ${canton}`))).toBe(true);
    expect(cellsOf(drawn, 'age').every((age) => Number(age) >= 20 && Number(age) <= 70)).toBe(true);
    expect(cellsOf(drawn, 'name').every((name) => name === 'Smith' || name === 'Other')).toBe(true);
  });

  it('takes columns that say nothing, and refuses too few rows', async () => {
    const dull = tableOf({
      constant: Array.from({ length: 30 }, () => 3),
      empty: Array.from({ length: 30 }, () => null),
    });
    const drawn = await synthesise(method, dull, 5, { epochs: 1 });
    expect(rowsOf(drawn)).toEqual(Array.from({ length: 5 }, () => ({ constant: 3, empty: null })));
    await expect(synthesise(method, tableOf({ a: [1, 2, 3] }), 5, {})).rejects.toMatchObject({
      code: 'privacy.tooFewRows',
    });
  });

  it('refuses a table with more categories than a network takes', async () => {
    const columns = Array.from({ length: 110 }, (_, column) => [
      `column ${column}`,
      Array.from({ length: 400 }, (_, row) => `value ${row % 200}`),
    ]);
    await expect(
      synthesise(method, tableOf(Object.fromEntries(columns)), 5, { rareBelow: 2 }),
    ).rejects.toMatchObject({ code: 'privacy.tooWide' });
  });

  it('is estimated by what its steps take here', async () => {
    const synthesiser = await loadSynthesiser(method);
    const size = { rowCount: 120, distinctCounts: [40, 3, 3, 90, 80], sampleCount: 100, epochs: 50 };
    const few = await synthesiser.estimate(size);
    const many = await synthesiser.estimate({ ...size, epochs: 50_000 });
    expect(many.seconds).toBeGreaterThan(100 * few.seconds);
    expect(few.bytes).toBeGreaterThan(0);
    expect(few.backend).toBe('wasm');
  });
});

describe('a network that loses its way', () => {
  it('is stopped with an error that says in which epoch', () => {
    const losses = [1, Number.NaN];
    expect(() => runEpochs(5, 1, { seed }, () => ({ loss: losses.shift()! }))).toThrow(/in epoch 2/);
  });
});
