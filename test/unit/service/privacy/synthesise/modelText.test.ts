import { describe, expect, it } from 'vitest';
import { copula } from '../../../../../src/service/privacy/synthesise/copula/copula.ts';
import { readModel, writeModel } from '../../../../../src/service/privacy/synthesise/modelText.ts';
import { tableOf } from '../../../../support/referenceTables.ts';

describe('a model as text', () => {
  it('comes back as it was: every kind of array, infinities, and columns with strange names', () => {
    const model = {
      weights: Float32Array.of(0.1, -0, Number.NaN),
      edges: Float64Array.of(0.1, 1 / 3, Number.POSITIVE_INFINITY),
      groups: Int16Array.of(-1, 200),
      counts: Int32Array.of(2 ** 31 - 1),
      // Not at the beginning of its memory.
      part: Float32Array.of(1, 2, 3).subarray(1),
      limits: { low: Number.NEGATIVE_INFINITY, high: 3 },
      kinds: { $: 'number', data: 'category' },
      cells: ['ä', null, true, 1.5],
    };
    expect(readModel(writeModel(model))).toEqual(model);
    expect(JSON.parse(writeModel(model)).cells).toEqual(model.cells);
  });

  it('draws the same rows', () => {
    const seed = new Uint8Array(32).fill(2);
    const table = tableOf({
      age: Array.from({ length: 60 }, (_, row) => 20 + (row % 12)),
      city: Array.from({ length: 60 }, (_, row) => ['Bern', 'Basel', 'Chur'][row % 3]!),
    });
    const model = copula.fit(table, {
      seed,
      constraints: [{ kind: 'range', column: 'age', minimum: 18 }],
    });
    const again = readModel(writeModel(model)) as typeof model;
    expect(copula.sample(again, 40, { seed })).toEqual(copula.sample(model, 40, { seed }));
  });
});
