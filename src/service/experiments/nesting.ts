/** Numbers of runs as the database has them, which are in the order of their making. */
export interface ParentLink {
  readonly child: number;
  readonly parent: number;
}

/** Which run is under which. */
export class Nesting {
  readonly #parents: ReadonlyMap<number, number>;
  readonly #children = new Map<number, number[]>();

  /** At most one link per child. Tags can say anything: a ring of runs is opened at the one that was made first. */
  constructor(links: readonly ParentLink[]) {
    this.#parents = withoutRings(links);
    for (const [child, parent] of this.#parents) {
      const children = this.#children.get(parent) ?? [];
      children.push(child);
      this.#children.set(parent, children);
    }
  }

  /** All that are under another. */
  get nested(): readonly number[] {
    return [...this.#parents.keys()];
  }

  parentOf(run: number): number | undefined {
    return this.#parents.get(run);
  }

  childrenOf(run: number): readonly number[] {
    return this.#children.get(run) ?? [];
  }
}

function withoutRings(links: readonly ParentLink[]): ReadonlyMap<number, number> {
  const parents = new Map(links.map(({ child, parent }) => [child, parent]));
  const leadsOut = new Set<number>();
  for (const { child } of links) {
    const way = new Set<number>();
    let at: number | undefined = child;
    while (at !== undefined && !leadsOut.has(at) && !way.has(at)) {
      way.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && way.has(at)) {
      const ring = [...way].slice([...way].indexOf(at));
      parents.delete(ring.reduce((oldest, run) => Math.min(oldest, run)));
    }
    for (const run of way) {
      leadsOut.add(run);
    }
  }
  return parents;
}
