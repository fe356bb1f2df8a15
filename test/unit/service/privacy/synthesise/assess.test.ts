import { describe, expect, it } from 'vitest';
import type { EncodedTable } from '../../../../../src/service/data/encodedTable.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import { assessSynthetic } from '../../../../../src/service/privacy/synthesise/assess.ts';
import {
  sampleRows,
  selectRows,
  shuffledColumns,
  splitRows,
} from '../../../../../src/service/privacy/tables/rows.ts';
import { readReferenceTable } from '../../../../support/referenceTables.ts';

const random = new Random(new Uint8Array(32).fill(3));
const adult = sampleRows(readReferenceTable('adult/adult_15_columns.csv'), 3000, random.fork('sample'));
const [holdOut, train] = splitRows(adult, 0.2, random.fork('split'));

function assess(synthetic: EncodedTable, target: string | undefined = 'income') {
  return assessSynthetic({
    ...{ train, holdOut, synthetic, target, kinds: {}, random },
    alike: { train, holdOut },
  });
}

describe('what is said of synthetic rows', () => {
  it('copies of the learned rows are found out, and called so', () => {
    const { findings, metrics, memorisation } = assess(train);
    expect(findings[0]).toMatch(/^2,400 of 2,400 synthetic rows \(100 %\) are equal to a real row/);
    expect(findings[1]).toMatch(/where chance gives 80 %: the model remembers something of single rows\.$/);
    expect(metrics['memorisation/exact_copies']).toBe(2400);
    // Among as many learned rows as others: a quarter of them.
    const figure = (id: string) => memorisation.find((each) => each.id === id)!;
    expect(figure('copies')).toMatchObject({ before: expect.closeTo(0, 2), after: expect.closeTo(0.25, 2) });
    expect(figure('nearer').after!).toBeGreaterThan(0.99);
    expect(figure('closestFifth').after!).toBe(0);
  });

  it('rows that no model has learned remember nothing, and real ones are as good as real ones', () => {
    const [others] = splitRows(holdOut, 0.5, random.fork('others'));
    const rest = selectRows(
      holdOut,
      Int32Array.from({ length: 300 }, (_, row) => row),
    );
    const { findings, metrics } = assessSynthetic({
      ...{ train, holdOut: rest, synthetic: others, target: undefined, kinds: {}, random },
      alike: { train, holdOut: rest },
    });
    expect(metrics['quality/shapes']).toBeGreaterThan(0.9);
    expect(findings.at(-1)).toContain('no target column was named');
  });

  it('shuffled columns have the same shapes and teach nothing: the figures beside each other show it', () => {
    const { metrics, quality, findings } = assess(shuffledColumns(train, random));
    expect(metrics['quality/shapes']).toBe(1);
    expect(metrics['quality/f1_real']! - metrics['quality/f1_synthetic']!).toBeGreaterThan(0.2);
    expect(metrics['quality/pairs']!).toBeLessThan(0.9);
    expect(quality.map(({ id }) => id)).toEqual(['shapes', 'pairs', 'trainOnSynthetic', 'trainOnShuffled']);
    expect(findings[1]).toContain('no sign that the model remembers single rows');
  });

  it('a target without classes is said not to have been measured', () => {
    const { findings, metrics } = assess(sampleRows(train, 50, random), 'income');
    expect(findings.at(-1)).toMatch(/^What models can learn about income was not measured/);
    expect(metrics).not.toHaveProperty('quality/f1_real');
  });
});
