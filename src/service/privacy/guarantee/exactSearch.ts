import { searchDepthFirst } from './depthFirstSearch.ts';
import type { Lattice } from './lattice.ts';
import { compareScores, type Score } from './quality.ts';
import type { Found, SearchSpace } from './searchSpace.ts';

const failing = 1;
const passing = 2;

/** The optimum of the whole space. */
export function searchExactly(space: SearchSpace): Found {
  return space.scoreOf === undefined ? searchByClasses(space) : searchDepthFirst(space, space.scoreOf);
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
