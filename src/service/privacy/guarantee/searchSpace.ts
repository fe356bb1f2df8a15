import type { Lattice } from './lattice.ts';
import type { NodeChecker, NodeClasses } from './nodeCheck.ts';
import type { Score } from './quality.ts';

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
  /**
   * Called before each check, with how many nodes are left to be looked at where that is known; answers whether the
   * time is over. Throws where the search was cancelled.
   */
  readonly isOver: (left?: number) => boolean;
}

export interface Found {
  /** The best node that fulfils the criteria, if any was found. */
  readonly node: number | undefined;
  /** Nothing better exists. */
  readonly optimal: boolean;
}
