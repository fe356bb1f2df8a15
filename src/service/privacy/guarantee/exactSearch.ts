import type { Lattice } from './lattice.ts';
import type { NodeChecker, NodeClasses } from './nodeCheck.ts';
import { compareScores, type Score } from './quality.ts';

/** What the strategies share: the space, the checks and when to stop. */
export interface SearchSpace {
  readonly lattice: Lattice;
  readonly checker: NodeChecker;
  /** Nodes above one that fulfils the criteria fulfil them too. */
  readonly monotone: boolean;
  /** The score of a node where it does not depend on its classes. */
  readonly scoreOf: ((node: number) => Score) | undefined;
  /** The score of a node by its classes, and a bound below which nothing more general scores. */
  readonly evaluate: (node: number, classes: NodeClasses) => { readonly score: Score; readonly bound: Score };
  /** The bound where it is known before any check. */
  readonly boundOf: ((node: number) => Score) | undefined;
  /** Called before each check; answers whether the time is over. Throws where the search was cancelled. */
  readonly isOver: () => boolean;
}

export interface Found {
  /** The best node that fulfils the criteria, if any was found. */
  readonly node: number | undefined;
  /** Nothing better exists. */
  readonly optimal: boolean;
}

const failing = 1;
const passing = 2;

/** The optimum of the whole space. */
export function searchExactly(space: SearchSpace): Found {
  if (space.scoreOf === undefined) {
    return searchByClasses(space);
  }
  return new OrderedSearch(space, space.scoreOf).run();
}

/**
 * For scores that are known before any check and only grow upwards. All nodes are put in the order of their scores;
 * what is left to do is to show that all nodes before the answer fail. From the best node so far downwards in this
 * order, each check either tags everything below a failing node, or finds a better one, from which a path is followed
 * down by binary search (as Flash does: Kohlmayer et al. 2012).
 *
 * Where fulfilment is not monotone, this is done for the class sizes, which are; what remains is walked through in order.
 */
class OrderedSearch {
  readonly #space: SearchSpace;
  readonly #order: Uint32Array;
  readonly #rank: Uint32Array;
  readonly #marks: Uint8Array;

  constructor(space: SearchSpace, scoreOf: (node: number) => Score) {
    const { lattice } = space;
    const scores = Array.from({ length: lattice.size }, (_, node) => scoreOf(node));
    const heights = Uint16Array.from(scores, (_, node) => lattice.heightOf(node));
    this.#space = space;
    this.#order = Uint32Array.from(scores.keys()).sort(
      (a, b) => compareScores(scores[a]!, scores[b]!) || heights[a]! - heights[b]! || a - b,
    );
    this.#rank = new Uint32Array(lattice.size);
    this.#order.forEach((node, rank) => {
      this.#rank[node] = rank;
    });
    this.#marks = new Uint8Array(lattice.size);
  }

  run(): Found {
    const { lattice, monotone, isOver } = this.#space;
    const bounded = this.#bestPassing((node) => passesMonotonePart(this.#space, node));
    if (monotone || bounded.node === undefined) {
      return bounded;
    }
    const soFar = this.#descendGreedily();
    for (let rank = bounded.optimal ? this.#rank[bounded.node]! : 0; rank < lattice.size; rank += 1) {
      const node = this.#order[rank]!;
      if (isOver()) {
        return { node: soFar, optimal: false };
      }
      if (this.#marks[node] !== failing && this.#passesFully(node)) {
        return { node, optimal: true };
      }
    }
    return { node: undefined, optimal: true };
  }

  /** Something to show when the time is over before the walk ends: from the top downwards while a node below passes. */
  #descendGreedily(): number | undefined {
    const { lattice, isOver } = this.#space;
    let node: number | undefined;
    let next: number | undefined = this.#passesFully(lattice.top) ? lattice.top : undefined;
    while (next !== undefined) {
      node = next;
      next = lattice
        .below(node)
        .filter((below) => this.#marks[below] !== failing)
        .sort((a, b) => this.#rank[a]! - this.#rank[b]!)
        .find((below) => !isOver() && this.#passesFully(below));
    }
    return node;
  }

  #passesFully(node: number): boolean {
    const { lattice, checker } = this.#space;
    return checker.check(lattice.levelsOf(node)).violatingRows <= checker.suppressible;
  }

  #bestPassing(passes: (node: number) => boolean): Found {
    const { lattice, isOver } = this.#space;
    if (!passes(lattice.top)) {
      return { node: undefined, optimal: true };
    }
    let best = this.#descend(lattice.top, passes);
    for (let rank = this.#rank[best]! - 1; rank >= 0; rank -= 1) {
      const node = this.#order[rank]!;
      if (this.#marks[node] === failing) {
        continue;
      }
      if (isOver()) {
        return { node: best, optimal: false };
      }
      if (passes(node)) {
        best = this.#descend(node, passes);
        rank = this.#rank[best]!;
      } else {
        lattice.mark(this.#marks, node, failing, 'below');
      }
    }
    return { node: best, optimal: true };
  }

  /** Follows paths down from a passing node until everything directly below fails. */
  #descend(start: number, passes: (node: number) => boolean): number {
    const { lattice, isOver } = this.#space;
    let node = start;
    for (;;) {
      const path = this.#pathDown(node);
      let low = 0;
      let high = path.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (isOver()) {
          return path[low]!;
        }
        if (passes(path[middle]!)) {
          low = middle;
        } else {
          lattice.mark(this.#marks, path[middle]!, failing, 'below');
          high = middle - 1;
        }
      }
      node = path[low]!;
      if (path.length === 1) {
        return node;
      }
    }
  }

  /** From a node to the one of lowest score below it that is not known to fail, and so on. */
  #pathDown(start: number): number[] {
    const path = [start];
    for (let node: number | undefined = start; node !== undefined; ) {
      const open: number[] = this.#space.lattice
        .below(node)
        .filter((below) => this.#marks[below] !== failing);
      node = open.length === 0 ? undefined : open.reduce((a, b) => (this.#rank[a]! < this.#rank[b]! ? a : b));
      if (node !== undefined) {
        path.push(node);
      }
    }
    return path;
  }
}

/**
 * For scores that depend on the classes: first every node is tagged by the class sizes (paths upwards, binary search,
 * tags for all above and below), then the passing ones are scored from the bottom upwards,
 * leaving out those above a node whose bound is no better than the best score.
 */
function searchByClasses(space: SearchSpace): Found {
  const { lattice, checker, monotone, isOver } = space;
  const heights = Uint16Array.from({ length: lattice.size }, (_, node) => lattice.heightOf(node));
  const bounds = space.boundOf && Array.from({ length: lattice.size }, (_, node) => space.boundOf!(node));
  const upwards = Uint32Array.from(heights.keys()).sort(
    (a, b) => (bounds && compareScores(bounds[a]!, bounds[b]!)) || heights[a]! - heights[b]! || a - b,
  );
  const marks = new Uint8Array(lattice.size);
  const tagged = tagBySize(space, upwards, marks);
  const pruned = new Uint8Array(lattice.size);
  const exactBound = monotone && checker.suppressible === 0;
  let best: { node: number; score: Score } | undefined;
  const evaluate = (node: number) => {
    const classes = checker.check(lattice.levelsOf(node));
    const { score, bound } = space.evaluate(node, classes);
    const passes = classes.violatingRows <= checker.suppressible;
    if (passes && isBetter(score, best, lattice)) {
      best = { node, score };
    }
    if (best !== undefined && compareScores(passes && exactBound ? score : bound, best.score) >= 0) {
      lattice.mark(pruned, node, 1, 'above');
    }
  };
  evaluate(lattice.top);
  for (const node of upwards) {
    if (marks[node] === failing || pruned[node] === 1) {
      continue;
    }
    if (isOver()) {
      return { node: best?.node, optimal: false };
    }
    evaluate(node);
  }
  return { node: best?.node, optimal: tagged };
}

/** The top is looked at first, so another node of the same score takes its place. */
function isBetter(score: Score, best: { node: number; score: Score } | undefined, lattice: Lattice): boolean {
  const comparison = best === undefined ? -1 : compareScores(score, best.score);
  return comparison < 0 || (comparison === 0 && best?.node === lattice.top);
}

/** Answers whether every node got its tag before the time was over. */
function tagBySize(space: SearchSpace, upwards: Uint32Array, marks: Uint8Array): boolean {
  const { lattice, isOver } = space;
  for (const start of upwards) {
    const path = marks[start] === 0 ? untaggedPathUp(lattice, marks, start) : [];
    let low = 0;
    let high = path.length - 1;
    while (low <= high) {
      if (isOver()) {
        return false;
      }
      const middle = (low + high) >> 1;
      const node = path[middle]!;
      if (passesMonotonePart(space, node)) {
        lattice.mark(marks, node, passing, 'above');
        high = middle - 1;
      } else {
        lattice.mark(marks, node, failing, 'below');
        low = middle + 1;
      }
    }
  }
  return true;
}

/** What every node above a passing one passes too: all criteria, or where they are not so, the class sizes alone. */
function passesMonotonePart({ lattice, checker, monotone }: SearchSpace, node: number): boolean {
  const { undersizedRows, violatingRows } = checker.check(lattice.levelsOf(node));
  return (monotone ? violatingRows : undersizedRows) <= checker.suppressible;
}

function untaggedPathUp(lattice: Lattice, marks: Uint8Array, start: number): number[] {
  const path: number[] = [];
  for (let node: number | undefined = start; node !== undefined; ) {
    path.push(node);
    node = lattice.above(node).find((above) => marks[above] === 0);
  }
  return path;
}
