import { expect, test } from 'vitest';
import type { StoredRun } from '../../../../../src/service/experiments/store.ts';
import { parseFilter } from '../../../../../src/service/search/parseFilter.ts';
import { parseOrder } from '../../../../../src/service/search/parseOrder.ts';
import { temporaryStore } from './temporaryStore.ts';

/*
 * Random runs and random searches: what SQL finds is what reading the sentence of the filter finds,
 * one run after the other, in plain JavaScript. Filters are made together with their meaning.
 */

interface Known {
  readonly run: StoredRun;
  readonly metrics: ReadonlyMap<string, number>;
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

interface Made {
  readonly text: string;
  readonly matches: (run: Known) => boolean;
}

/** Mulberry32: the same numbers at every start, so that a failure comes again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const numbers = [-1, 0, 0.5, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const texts = ['', 'a', 'A', 'ab', 'b%', "it's", 'ä', 'Ä_'];
const patterns = ['%', 'a%', '%b', '_', 'A_', "%'%", 'Ä%', ''];
const keys = ['k', 'other key'];

const chooser = (random: () => number) => ({
  one: <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!,
  chance: (share: number) => random() < share,
});
type Chooser = ReturnType<typeof chooser>;

test.each([1, 2, 3, 4])('seed %i', (seed) => {
  const choose = chooser(randomFrom(seed));
  const { store } = temporaryStore();
  const known: Known[] = Array.from({ length: 40 }, () => {
    const startTime = choose.one([1_000, 2_000, 3_000]);
    const run = store.createRun({ experiment: '0', status: 'RUNNING', startTime, userId: choose.one(texts) });
    const metrics = entries(choose, numbers);
    const params = entries(choose, texts);
    const tags = entries(choose, texts);
    store.logBatch(run.runId, {
      metrics: [...metrics].map(([key, value]) => ({ key, value, step: 0, timestamp: 1 })),
      parameters: [...params].map(([key, value]) => ({ key, value })),
      tags: [...tags].map(([key, value]) => ({ key, value })),
    });
    return { run, metrics, params, tags };
  });
  for (let round = 0; round < 150; round += 1) {
    const filter = makeFilter(choose, 3);
    const order = makeOrder(choose);
    const wanted = known
      .filter(filter.matches)
      .sort((a, b) => order.compare(a, b) || byDefault(a, b))
      .map(({ run }) => run.runId);
    const found = store.searchRuns({
      filter: parseFilter(filter.text, 'workbench'),
      orderBy: parseOrder(order.text),
      order: 'newestFirst',
      limit: 100,
      offset: 0,
    });
    expect(
      found.runs.map(({ runId }) => runId),
      `${filter.text} | ${order.text}`,
    ).toEqual(wanted);
  }
});

function entries<T>(choose: Chooser, values: readonly T[]): Map<string, T> {
  return new Map(keys.filter(() => choose.chance(0.7)).map((key) => [key, choose.one(values)]));
}

function makeFilter(choose: Chooser, depth: number): Made {
  if (depth === 0 || choose.chance(0.3)) {
    return makeComparison(choose);
  }
  const left = makeFilter(choose, depth - 1);
  if (choose.chance(0.25)) {
    return { text: `not (${left.text})`, matches: (run) => !left.matches(run) };
  }
  const right = makeFilter(choose, depth - 1);
  return choose.chance(0.5)
    ? {
        text: `(${left.text}) and (${right.text})`,
        matches: (run) => left.matches(run) && right.matches(run),
      }
    : { text: `(${left.text} or ${right.text})`, matches: (run) => left.matches(run) || right.matches(run) };
}

const numberTests: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

function makeComparison(choose: Chooser): Made {
  const key = choose.one(keys);
  if (choose.chance(0.4)) {
    const operator = choose.one(Object.keys(numberTests));
    const value = choose.one([-1, 0, 0.5, 1]);
    return {
      text: `metrics.\`${key}\` ${operator} ${value}`,
      matches: ({ metrics }) => metrics.has(key) && numberTests[operator]!(metrics.get(key)!, value),
    };
  }
  const kind = choose.one(['params', 'tags'] as const);
  const shape = choose.one(['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']);
  const field = `${kind}."${key}"`;
  if (shape.startsWith('IS')) {
    return { text: `${field} ${shape}`, matches: (run) => run[kind].has(key) === (shape === 'IS NOT NULL') };
  }
  const value = choose.one(shape.endsWith('LIKE') ? patterns : texts);
  const test = (text: string) =>
    shape.endsWith('LIKE') ? like(value, shape === 'ILIKE')(text) : (text === value) === (shape === '=');
  return {
    text: `${field} ${shape} '${value.replaceAll("'", "''")}'`,
    matches: (run) => run[kind].has(key) && test(run[kind].get(key)!),
  };
}

function like(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const source = [...pattern]
    .map((symbol) => (symbol === '%' ? '.*' : symbol === '_' ? '.' : symbol.replace(/[^\p{L}]/u, '\\$&')))
    .join('');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
  return (text) => expression.test(text);
}

function makeOrder(choose: Chooser) {
  const parts = keys
    .filter(() => choose.chance(0.5))
    .map((key) => {
      const kind = choose.one(['metrics', 'params'] as const);
      const descending = choose.chance(0.5);
      return {
        text: `${kind}.\`${key}\`${descending ? ' desc' : ''}`,
        compare: (a: Known, b: Known) => compareValues(a[kind].get(key), b[kind].get(key), descending),
      };
    });
  return {
    text: parts.map(({ text }) => text).join(', '),
    compare: (a: Known, b: Known) => parts.reduce((sum, part) => sum || part.compare(a, b), 0),
  };
}

function compareValues(
  a: string | number | undefined,
  b: string | number | undefined,
  descending: boolean,
): number {
  const rank = (value: string | number | undefined) =>
    value === undefined ? 2 : Number.isNaN(value) ? 1 : 0;
  if (rank(a) !== rank(b) || rank(a) > 0) {
    return rank(a) - rank(b);
  }
  const compared = a! < b! ? -1 : a! > b! ? 1 : 0;
  return descending ? -compared : compared;
}

function byDefault(a: Known, b: Known): number {
  return b.run.startTime - a.run.startTime || (a.run.runId < b.run.runId ? -1 : 1);
}
