import { describe, expect, test } from 'vitest';
import { batchLimits, joinBatches } from '../../../../src/service/remote/batches.ts';

const point = (step: number) => ({ key: 'loss', value: step, timestamp: step, step });
const pair = (key: string, value: string) => ({ key, value });

describe('batches of one run on their way to a server', () => {
  test('small ones travel as one', () => {
    const joined = joinBatches([
      { metrics: [point(0)] },
      { parameters: [pair('lr', '1')], tags: [pair('a', '1')] },
      { metrics: [point(1)] },
    ]);
    expect(joined).toEqual([
      { parameters: [pair('lr', '1')], metrics: [point(0), point(1)], tags: [pair('a', '1')] },
    ]);
  });

  test('a tag has its last value, a parameter is sent once', () => {
    const [joined] = joinBatches([
      { tags: [pair('a', '1')], parameters: [pair('lr', '1')] },
      { tags: [pair('a', '2')], parameters: [pair('lr', '1')] },
    ]);
    expect(joined).toEqual({ parameters: [pair('lr', '1')], metrics: [], tags: [pair('a', '2')] });
  });

  test('no more than the server takes, nothing lost, and in order', () => {
    const metrics = Array.from({ length: 2_500 }, (_, step) => point(step));
    const parameters = Array.from({ length: 250 }, (_, index) => pair(`p${index}`, ''));
    const tags = Array.from({ length: 130 }, (_, index) => pair(`t${index}`, ''));
    const joined = joinBatches([{ metrics, parameters, tags }]);
    for (const batch of joined) {
      const counts = [batch.metrics!.length, batch.parameters!.length, batch.tags!.length];
      expect(counts[1]).toBeLessThanOrEqual(batchLimits.parameters);
      expect(counts[2]).toBeLessThanOrEqual(batchLimits.tags);
      expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(batchLimits.total);
    }
    expect(joined.flatMap((batch) => batch.metrics!)).toEqual(metrics);
    expect(joined.flatMap((batch) => batch.parameters!)).toEqual(parameters);
    expect(joined.flatMap((batch) => batch.tags!)).toEqual(tags);
  });

  test('nothing is no batch', () => {
    expect(joinBatches([{}, { metrics: [] }])).toEqual([]);
  });
});
