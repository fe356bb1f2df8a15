import type { LevelTable } from './hierarchy/levelTable.ts';

/**
 * The solution space: for each quasi-identifier the levels that are worth looking at, from special to general.
 * A node is a number in mixed radix; a step up is one such level more in one column.
 */
export class Lattice {
  readonly size: number;
  readonly #levels: readonly (readonly number[])[];
  readonly #strides: readonly number[];

  constructor(levels: readonly (readonly number[])[]) {
    this.#levels = levels;
    let stride = 1;
    this.#strides = levels.map(({ length }) => {
      const own = stride;
      stride *= length;
      return own;
    });
    this.size = stride;
  }

  get bottom(): number {
    return 0;
  }

  get top(): number {
    return this.size - 1;
  }

  levelsOf(node: number): number[] {
    return this.#levels.map((levels, column) => levels[this.#place(node, column)]!);
  }

  /** Steps from the bottom. */
  heightOf(node: number): number {
    return this.#levels.reduce((height, _, column) => height + this.#place(node, column), 0);
  }

  below(node: number): number[] {
    return this.#strides.filter((_, column) => this.#place(node, column) > 0).map((stride) => node - stride);
  }

  above(node: number): number[] {
    return this.#strides
      .filter((_, column) => this.#place(node, column) < this.#levels[column]!.length - 1)
      .map((stride) => node + stride);
  }

  /** Sets the mark of the node and of all that `next` reaches from it; a marked one has its own marked already. */
  mark(marks: Uint8Array, start: number, mark: number, next: 'below' | 'above'): void {
    const strides = this.#strides;
    const counts = this.#levels.map(({ length }) => length);
    const open = [start];
    marks[start] = mark;
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      let rest = node;
      for (let column = 0; column < counts.length; column += 1) {
        const count = counts[column]!;
        const place = rest % count;
        rest = (rest - place) / count;
        const hasNeighbour = next === 'below' ? place > 0 : place < count - 1;
        const neighbour = next === 'below' ? node - strides[column]! : node + strides[column]!;
        if (hasNeighbour && marks[neighbour] !== mark) {
          marks[neighbour] = mark;
          open.push(neighbour);
        }
      }
    }
  }

  /** What one level more of a column adds to a node, and how many levels of it there are. */
  columnOf(column: number): { readonly stride: number; readonly count: number } {
    return { stride: this.#strides[column]!, count: this.#levels[column]!.length };
  }

  #place(node: number, column: number): number {
    return Math.floor(node / this.#strides[column]!) % this.#levels[column]!.length;
  }
}

/**
 * The levels of a column that tell its values apart differently. A level that merges nothing in this table
 * over the level below costs no less and protects no more, so it is left out.
 */
export function distinctLevels({ levels }: LevelTable, lowest: number, highest: number): number[] {
  const present = levels.map(({ labelOfCode }) => new Set(labelOfCode).size);
  return levels
    .map((_, level) => level)
    .filter((level) => level >= lowest && level <= highest)
    .filter((level, index) => index === 0 || present[level]! < present[level - 1]!);
}
