import { compareScores, type Score } from './quality.ts';
import type { Found, SearchSpace } from './searchSpace.ts';

const failing = 1;
/** Columns that are open in a branch that is tested as a whole, at most. */
const tested = 3;

/**
 * The optimum where scores are known before any check and only grow upwards.
 *
 * A first answer is found by following paths down from the top, by binary search (as Flash does: Kohlmayer et al. 2012).
 * What is left to do is to show that every node of a better score fails, or to find one that does not. Columns are
 * chosen one after another, the most general level first, so every node comes after all those above it: a failing
 * one tags all below it, and those that are checked are the most general of the better ones. A branch is left out where
 * even its lowest node scores no better than the answer so far. Neighbours in this order share the levels of their first
 * columns, so that the classes of one are near to those of the next (`RollUp`).
 */
export function searchDepthFirst(space: SearchSpace, scoreOf: (node: number) => Score): Found {
  return new DepthFirstSearch(space, scoreOf).run();
}

class DepthFirstSearch {
  readonly #space: SearchSpace;
  readonly #scoreOf: (node: number) => Score;
  readonly #marks: Uint8Array;
  /** Columns in the order in which they are chosen, with their strides and numbers of levels. */
  readonly #columns: readonly { readonly stride: number; readonly count: number }[];
  /** For each depth how many nodes a branch has after its column is chosen, and how far the highest is from the lowest. */
  readonly #sizes: readonly number[];
  readonly #reaches: readonly number[];
  #best: number | undefined;
  #bestScore: Score = [];
  /** Nodes that nothing is known of. */
  #left: number;

  constructor(space: SearchSpace, scoreOf: (node: number) => Score) {
    const { lattice, checker } = space;
    this.#space = space;
    this.#scoreOf = scoreOf;
    this.#marks = new Uint8Array(lattice.size);
    this.#columns = checker.order.map((column) => lattice.columnOf(column)).filter(({ count }) => count > 1);
    const rests = this.#columns.map((_, depth) => this.#columns.slice(depth + 1));
    this.#sizes = rests.map((rest) => rest.reduce((size, { count }) => size * count, 1));
    this.#reaches = rests.map((rest) =>
      rest.reduce((sum, { stride, count }) => sum + stride * (count - 1), 0),
    );
    this.#left = lattice.size;
  }

  run(): Found {
    const { lattice } = this.#space;
    if (this.#check(lattice.top) === 'passes') {
      this.#take(this.#space.monotone ? this.#descend(lattice.top) : this.#descendGreedily());
    }
    const isOver = this.#best === undefined && this.#space.monotone ? false : this.#visit(0, lattice.bottom);
    return { node: this.#best, optimal: !isOver };
  }

  /** Goes through all nodes of a branch; `lowest` is the least general of them. Answers whether the time was over before. */
  #visit(depth: number, lowest: number): boolean {
    const column = this.#columns[depth];
    if (column === undefined) {
      return this.#visitNode(lowest) === 'over';
    }
    for (let place = column.count - 1; place >= 0; place -= 1) {
      const isFirst = place === column.count - 1;
      const found = this.#visitBranch(depth, lowest + place * column.stride, isFirst);
      if (found === 'over') {
        return true;
      }
      if (found === 'fails') {
        this.#left -= this.#sizes[depth]! * place;
        return false;
      }
    }
    return false;
  }

  /** Of the first branch the highest node is that of the branch around it, of which something is known already. */
  #visitBranch(depth: number, branch: number, isFirst: boolean): 'passes' | 'fails' | 'unclear' | 'over' {
    const size = this.#sizes[depth]!;
    if (this.#best !== undefined && compareScores(this.#scoreOf(branch), this.#bestScore) >= 0) {
      this.#left -= size;
      return 'unclear';
    }
    if (size === 1) {
      this.#left -= 1;
      return this.#visitNode(branch);
    }
    const highest = branch + this.#reaches[depth]!;
    if (this.#marks[highest] !== failing && this.#space.isOver(this.#left)) {
      return 'over';
    }
    if (this.#marks[highest] === failing || (!isFirst && this.#failsAsAWhole(depth, highest))) {
      this.#left -= size;
      return 'fails';
    }
    return this.#visit(depth + 1, branch) ? 'over' : 'unclear';
  }

  /**
   * A branch of whose highest node the score is no better need not be looked at there, but where it fails, so does all
   * of the branch: near the ends of branches that saves more checks than it costs.
   */
  #failsAsAWhole(depth: number, highest: number): boolean {
    return this.#columns.length - 1 - depth <= tested && this.#check(highest) === 'fails';
  }

  #visitNode(node: number): 'passes' | 'fails' | 'unclear' | 'over' {
    if (this.#marks[node] === failing) {
      return 'fails';
    }
    if (this.#space.isOver(this.#left)) {
      return 'over';
    }
    const found = this.#check(node);
    if (found === 'passes') {
      this.#take(this.#space.monotone ? this.#descend(node) : node);
    }
    return found;
  }

  /** `unclear`: it fails, but those below it may pass. */
  #check(node: number): 'passes' | 'fails' | 'unclear' {
    const { lattice, checker, monotone } = this.#space;
    const { undersizedRows, violatingRows } = checker.check(lattice.levelsOf(node));
    if (violatingRows <= checker.suppressible) {
      return 'passes';
    }
    if (!monotone && undersizedRows <= checker.suppressible) {
      return 'unclear';
    }
    lattice.mark(this.#marks, node, failing, 'below');
    return 'fails';
  }

  #take(node: number): void {
    this.#best = node;
    this.#bestScore = this.#scoreOf(node);
  }

  /** Follows paths down from a passing node until everything directly below fails. */
  #descend(start: number): number {
    let node = start;
    for (;;) {
      const path = this.#pathDown(node);
      let low = 0;
      let high = path.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.#space.isOver(this.#left)) {
          return path[low]!;
        }
        if (this.#check(path[middle]!) === 'passes') {
          low = middle;
        } else {
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
      node = this.#belowByScore(node)[0];
      if (node !== undefined) {
        path.push(node);
      }
    }
    return path;
  }

  /** From the top downwards while a node directly below passes. */
  #descendGreedily(): number {
    let node = this.#space.lattice.top;
    for (;;) {
      const next = this.#belowByScore(node).find(
        (below) => !this.#space.isOver(this.#left) && this.#check(below) === 'passes',
      );
      if (next === undefined) {
        return node;
      }
      node = next;
    }
  }

  #belowByScore(node: number): number[] {
    return this.#space.lattice
      .below(node)
      .filter((below) => this.#marks[below] !== failing)
      .map((below) => ({ below, score: this.#scoreOf(below) }))
      .sort((a, b) => compareScores(a.score, b.score) || a.below - b.below)
      .map(({ below }) => below);
  }
}
