import { describe, expect, it } from 'vitest';
import {
  logarithmicBounds,
  positionBounds,
  valueBounds,
} from '../../../../../webview-ui/shared/chart/axisBounds.ts';

describe('valueBounds', () => {
  it.each([
    [
      { low: 0.38, high: 0.977 },
      { low: 0.2, high: 1, step: 0.2 },
    ],
    [
      { low: 0, high: 1 },
      { low: 0, high: 1, step: 0.5 },
    ],
    [
      { low: -3, high: 12 },
      { low: -5, high: 15, step: 5 },
    ],
    [
      { low: 0.1, high: 0.3 },
      { low: 0.1, high: 0.3, step: 0.05 },
    ],
  ])('goes out from %o to %o', (data, bounds) => {
    expect(valueBounds(undefined, data)).toEqual(bounds);
  });

  it.each([0, 5, -2, 1e-9, 1e12])('has room around a single value %d', (value) => {
    const { low, high } = valueBounds(undefined, { low: value, high: value });
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
    expect(high).toBeGreaterThan(low);
  });

  it('stays the same object while the data fits, and never shrinks', () => {
    const before = valueBounds(undefined, { low: 0.1, high: 1 });
    expect(valueBounds(before, { low: 0.5, high: 0.6 })).toBe(before);
    const after = valueBounds(before, { low: 0.5, high: 2.3 });
    expect(after.low).toBeLessThanOrEqual(before.low);
    expect(after.high).toBeGreaterThanOrEqual(2.3);
  });
});

describe('logarithmicBounds', () => {
  it('are whole powers of ten, at least one apart', () => {
    expect(logarithmicBounds(undefined, { low: 0.02, high: 3 })).toEqual({ low: 0.01, high: 10 });
    expect(logarithmicBounds(undefined, { low: 1, high: 1 })).toEqual({ low: 1, high: 10 });
  });
});

describe('positionBounds', () => {
  it('are exact for a run that has ended', () => {
    expect(positionBounds(undefined, { low: 1, high: 173 }, false)).toEqual({ low: 1, high: 173 });
  });

  it('jump rarely while a run grows: fewer than 50 times over 200,000 steps', () => {
    let bounds = positionBounds(undefined, { low: 0, high: 0 }, true);
    let jumps = 0;
    let outside = 0;
    for (let step = 1; step <= 200_000; step += 1) {
      const next = positionBounds(bounds, { low: 0, high: step }, true);
      jumps += next === bounds ? 0 : 1;
      bounds = next;
      outside += step > bounds.high ? 1 : 0;
    }
    expect(jumps).toBeLessThan(50);
    expect(outside).toBe(0);
    expect(bounds.high).toBeLessThanOrEqual(300_000);
  });
});
