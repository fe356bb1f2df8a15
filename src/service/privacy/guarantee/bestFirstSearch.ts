import { compareScores, type Score } from './quality.ts';
import type { Found, SearchSpace } from './searchSpace.ts';

interface Candidate {
  readonly node: number;
  readonly score: Score;
}

/**
 * For spaces too large to hold: from the top downwards, always from the best passing node, until nothing is left
 * or the time is over. Where fulfilment is monotone, all passing nodes are connected through passing ones,
 * so what ends by itself has found the optimum.
 */
export function searchBestFirst(space: SearchSpace): Found {
  const { lattice, checker, monotone, isOver } = space;
  const seen = new Set<number>([lattice.top]);
  const open = new Heap();
  let best: Candidate | undefined;
  const look = (node: number) => {
    const classes = checker.check(lattice.levelsOf(node));
    if (classes.violatingRows > checker.suppressible) {
      return;
    }
    const candidate = { node, score: space.scoreOf?.(node) ?? space.evaluate(node, classes).score };
    open.push(candidate);
    if (best === undefined || compareScores(candidate.score, best.score) < 0) {
      best = candidate;
    }
  };
  look(lattice.top);
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const node of lattice.below(from.node)) {
      if (isOver()) {
        return { node: best?.node, optimal: false };
      }
      if (!seen.has(node)) {
        seen.add(node);
        look(node);
      }
    }
  }
  return { node: best?.node, optimal: monotone };
}

/** A binary heap, the lowest score on top. */
class Heap {
  readonly #items: Candidate[] = [];

  push(item: Candidate): void {
    const items = this.#items;
    let place = items.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (compareScores(items[parent]!.score, item.score) <= 0) {
        break;
      }
      items[place] = items[parent]!;
      place = parent;
    }
    items[place] = item;
  }

  pop(): Candidate | undefined {
    const items = this.#items;
    const top = items[0];
    const item = items.pop();
    if (item === undefined || items.length === 0) {
      return top;
    }
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= items.length) {
        break;
      }
      if (child + 1 < items.length && compareScores(items[child + 1]!.score, items[child]!.score) < 0) {
        child += 1;
      }
      if (compareScores(items[child]!.score, item.score) >= 0) {
        break;
      }
      items[place] = items[child]!;
      place = child;
    }
    items[place] = item;
    return top;
  }
}
