/** A column of codes, seen through a map from code to label. */
export interface KeyColumn {
  readonly codes: Int32Array;
  /** For each code its label; without it the codes are the labels. */
  readonly labelOfCode?: Int32Array;
  /** Labels are below this. */
  readonly radix: number;
}

const wordLimit = 2 ** 31;

/**
 * Groups items by equal keys, again and again without allocating: the inner loop of every search here.
 *
 * A key is packed into words of 31 bits by mixed radix. One short word is its own slot in the table;
 * otherwise the table is open-addressed with linear probing.
 */
export class Grouper {
  /** After `group`: for each position its group, in order of first appearance. */
  readonly groupOf: Int32Array;
  /** After `group`: for each group the first item of it. */
  readonly firstOf: Int32Array;
  readonly #slots: Int32Array;
  #words: Int32Array[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.groupOf = new Int32Array(capacity);
    this.firstOf = new Int32Array(capacity);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2))));
  }

  /** Groups the first `count` of `items`, or the items 0 … `count` − 1; answers the number of groups. */
  group(columns: readonly KeyColumn[], count: number, items?: Int32Array): number {
    const words = this.#pack(columns, count, items);
    if (words.count === 0) {
      this.groupOf.fill(0, 0, count);
      this.firstOf[0] = items === undefined ? 0 : items[0]!;
      return Math.min(count, 1);
    }
    return words.count === 1 && words.lastRadix <= this.#slots.length
      ? this.#groupDirectly(words.lastRadix, count, items)
      : this.#groupHashed(words.count, count, items);
  }

  /** Groups the positions 0 … `count` − 1 by keys that are packed already, in words of 31 bits. */
  groupPacked(words: readonly Int32Array[], count: number): number {
    const [first, second = first] = words;
    if (first !== undefined && words.length <= 2) {
      return this.#groupPairs(first, second!, count);
    }
    this.#words = [...words];
    return this.#groupHashed(words.length, count);
  }

  /** As `#groupHashed`, for keys of one or two words: nearly all the time of a search is spent here. */
  #groupPairs(first: Int32Array, second: Int32Array, count: number): number {
    const { groupOf, firstOf } = this;
    const slots = this.#slots;
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
    const mask = size - 1;
    slots.fill(-1, 0, size);
    let groups = 0;
    for (let position = 0; position < count; position += 1) {
      const one = first[position]!;
      const two = second[position]!;
      let hash = Math.imul(one, 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 15) ^ two, 0x85ebca6b);
      let slot = (hash ^ (hash >>> 13)) & mask;
      let group = slots[slot]!;
      while (group >= 0 && (first[firstOf[group]!] !== one || second[firstOf[group]!] !== two)) {
        slot = (slot + 1) & mask;
        group = slots[slot]!;
      }
      if (group < 0) {
        group = groups;
        groups += 1;
        slots[slot] = group;
        firstOf[group] = position;
      }
      groupOf[position] = group;
    }
    return groups;
  }

  #pack(
    columns: readonly KeyColumn[],
    count: number,
    items?: Int32Array,
  ): { count: number; lastRadix: number } {
    let word = -1;
    let radix = wordLimit;
    for (const column of columns) {
      if (column.radix <= 1) {
        continue;
      }
      if (radix * column.radix > wordLimit) {
        word += 1;
        radix = 1;
        this.#words[word] ??= new Int32Array(this.#capacity);
      }
      addColumn(this.#words[word]!, radix === 1 ? 0 : column.radix, column, count, items);
      radix *= column.radix;
    }
    return { count: word + 1, lastRadix: radix };
  }

  #groupDirectly(radix: number, count: number, items?: Int32Array): number {
    const slots = this.#slots;
    const keys = this.#words[0]!;
    slots.fill(-1, 0, radix);
    let groups = 0;
    for (let position = 0; position < count; position += 1) {
      const key = keys[position]!;
      let group = slots[key]!;
      if (group < 0) {
        group = groups;
        groups += 1;
        slots[key] = group;
        this.firstOf[group] = items === undefined ? position : items[position]!;
      }
      this.groupOf[position] = group;
    }
    return groups;
  }

  #groupHashed(wordCount: number, count: number, items?: Int32Array): number {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
    const mask = size - 1;
    const slots = this.#slots;
    slots.fill(-1, 0, size);
    let groups = 0;
    for (let position = 0; position < count; position += 1) {
      let slot = this.#hash(wordCount, position) & mask;
      let first = slots[slot]!;
      while (first >= 0 && !this.#equal(wordCount, first, position)) {
        slot = (slot + 1) & mask;
        first = slots[slot]!;
      }
      if (first < 0) {
        slots[slot] = position;
        this.firstOf[groups] = items === undefined ? position : items[position]!;
        this.groupOf[position] = groups;
        groups += 1;
      } else {
        this.groupOf[position] = this.groupOf[first]!;
      }
    }
    return groups;
  }

  #hash(wordCount: number, position: number): number {
    let hash = 0;
    for (let word = 0; word < wordCount; word += 1) {
      hash = Math.imul(hash ^ this.#words[word]![position]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    // Keys are often multiples of the same number: their upper bits must count in the lower ones.
    hash = Math.imul(hash, 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  #equal(wordCount: number, first: number, second: number): boolean {
    for (let word = 0; word < wordCount; word += 1) {
      const keys = this.#words[word]!;
      if (keys[first] !== keys[second]) {
        return false;
      }
    }
    return true;
  }
}

/** word = word · radix + label for each item; radix 0 starts the word. */
function addColumn(
  word: Int32Array,
  radix: number,
  { codes, labelOfCode }: KeyColumn,
  count: number,
  items: Int32Array | undefined,
): void {
  if (labelOfCode === undefined) {
    for (let position = 0; position < count; position += 1) {
      word[position] = word[position]! * radix + codes[items === undefined ? position : items[position]!]!;
    }
  } else if (items === undefined) {
    for (let position = 0; position < count; position += 1) {
      word[position] = word[position]! * radix + labelOfCode[codes[position]!]!;
    }
  } else {
    for (let position = 0; position < count; position += 1) {
      word[position] = word[position]! * radix + labelOfCode[codes[items[position]!]!]!;
    }
  }
}
