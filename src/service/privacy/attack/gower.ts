import type { EncodedTable } from '../../data/encodedTable.ts';
import { type ColumnKinds, columnKind, extentOf, numericColumn } from '../tables/columnKind.ts';
import { type AlignedColumn, alignColumns, columnNamed, countCodes, selectColumns } from '../tables/rows.ts';

/**
 * Distances between rows of two tables after J. Gower (1971): the mean over the columns of 0 or 1 for categories, and
 * of the difference over the range for numbers. "No value" is 0 from itself and 1 from anything else.
 */
export interface GowerRows {
  readonly rowCount: number;
  /** Row by row the codes of the categories, those that tell rows apart best first. */
  readonly categories: Int32Array;
  readonly categoryCount: number;
  /** Row by row the numbers over their range. */
  readonly numbers: Float64Array;
  readonly numberCount: number;
}

/** Rows among which near ones are looked for: sorted into buckets by the categories that tell them apart best. */
export interface GowerIndex {
  readonly rows: GowerRows;
  /** For each sorted row its number in the table. */
  readonly numberOf: Int32Array;
  /** For each sorted row the last bytes of its first categories' codes: where these differ the codes do. */
  readonly signatures: Int32Array;
  readonly buckets: readonly Bucket[];
}

interface Bucket {
  /** The first categories of all its rows. */
  readonly codes: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** Categories by which rows are put into buckets, at the most; fewer where buckets would have too few rows on average. */
const bucketCategories = 2;
const leastBucketRows = 64;

/** Rows of `left`, and those of `right` to be looked through, in the same space: the columns with the given names that both have. */
export function gowerRows(
  left: EncodedTable,
  right: EncodedTable,
  names: readonly string[],
  kinds: ColumnKinds = {},
): { left: GowerRows; right: GowerIndex } {
  const shared = names.filter((name) => columnNamed(left, name) && columnNamed(right, name));
  const aligned = alignColumns(selectColumns(left, shared), selectColumns(right, shared));
  const kindOf = (name: string) => {
    const kind = columnKind(columnNamed(left, name)!, kinds);
    return columnKind(columnNamed(right, name)!, kinds) === kind ? kind : 'category';
  };
  const categories = aligned
    .filter(({ name }) => kindOf(name) === 'category')
    .sort((a, b) => collisions(a) - collisions(b));
  const numbers = aligned
    .filter(({ name }) => kindOf(name) !== 'category')
    .map((column) => ({
      column,
      scaled: scaledPlaces(column, kindOf(column.name) as 'number' | 'datetime'),
    }));
  const encode = (side: 'left' | 'right', rowCount: number): GowerRows => {
    const categoryCodes = new Int32Array(rowCount * categories.length);
    categories.forEach((column, index) => {
      const codes = column[side];
      for (let row = 0; row < rowCount; row += 1) {
        categoryCodes[row * categories.length + index] = codes[row]!;
      }
    });
    const values = new Float64Array(rowCount * numbers.length);
    numbers.forEach(({ column, scaled }, index) => {
      const codes = column[side];
      for (let row = 0; row < rowCount; row += 1) {
        values[row * numbers.length + index] = scaled[codes[row]!]!;
      }
    });
    return {
      rowCount,
      categories: categoryCodes,
      categoryCount: categories.length,
      numbers: values,
      numberCount: numbers.length,
    };
  };
  return { left: encode('left', left.rowCount), right: indexed(encode('right', right.rowCount)) };
}

function indexed(rows: GowerRows): GowerIndex {
  const { rowCount, categories, categoryCount, numbers, numberCount } = rows;
  let used = Math.min(bucketCategories, categoryCount);
  let members = membersByCodes(rows, used);
  while (used > 0 && members.size * leastBucketRows > rowCount) {
    used -= 1;
    members = membersByCodes(rows, used);
  }
  const numberOf = Int32Array.from([...members.values()].flat());
  const sorted = {
    ...rows,
    categories: new Int32Array(categories.length),
    numbers: new Float64Array(numbers.length),
  };
  numberOf.forEach((row, place) => {
    const ownCategories = categories.subarray(row * categoryCount, (row + 1) * categoryCount);
    sorted.categories.set(ownCategories, place * categoryCount);
    sorted.numbers.set(numbers.subarray(row * numberCount, (row + 1) * numberCount), place * numberCount);
  });
  let from = 0;
  const buckets = [...members.values()].map((bucket): Bucket => {
    const start = from;
    from += bucket.length;
    const codes = [...categories.subarray(bucket[0]! * categoryCount, bucket[0]! * categoryCount + used)];
    return { codes, from: start, to: from };
  });
  return { rows: sorted, numberOf, signatures: signaturesOf(sorted), buckets };
}

/** Row numbers by the first `used` categories. */
function membersByCodes(
  { rowCount, categories, categoryCount }: GowerRows,
  used: number,
): Map<string, number[]> {
  const members = new Map<string, number[]>();
  for (let row = 0; row < rowCount; row += 1) {
    const key = categories.subarray(row * categoryCount, row * categoryCount + used).join(' ');
    const bucket = members.get(key);
    if (bucket) {
      bucket.push(row);
    } else {
      members.set(key, [row]);
    }
  }
  return members;
}

/** As many categories as there are bytes in two words. */
const signedCategories = 8;

function signaturesOf({ rowCount, categories, categoryCount }: GowerRows): Int32Array {
  const signatures = new Int32Array(2 * rowCount);
  for (let row = 0; row < rowCount; row += 1) {
    for (let each = 0; each < Math.min(signedCategories, categoryCount); each += 1) {
      const code = categories[row * categoryCount + each]! & 0xff;
      signatures[2 * row + (each >> 2)]! |= code << (8 * (each & 3));
    }
  }
  return signatures;
}

/** How many of the four bytes of two words differ, all at once. */
function differingBytes(a: number, b: number): number {
  const bits = a ^ b;
  const marks = ((((bits & 0x7f7f7f7f) + 0x7f7f7f7f) | bits) & 0x80808080) >>> 7;
  return Math.imul(marks, 0x01010101) >>> 24;
}

/** The nearest rows to one row, nearest first; distances from 0 to 1. */
export interface Nearest {
  readonly rows: readonly number[];
  readonly distances: readonly number[];
}

/**
 * Looks first where the best categories agree, then where fewer do, and leaves off as soon as those alone are further
 * away than what was found. Each row is looked at only until it is further away, too. Nothing is kept but the nearest,
 * so memory does not grow with the tables; which of equally near rows is found depends on the tables alone.
 */
export function nearest(rows: GowerRows, row: number, among: GowerIndex, count: number): Nearest {
  const found = new Found(count);
  const own = rows.categories.subarray(row * rows.categoryCount, (row + 1) * rows.categoryCount);
  const signature = signaturesOf({ ...rows, rowCount: 1, categories: own });
  const differing = among.buckets.map(({ codes }) =>
    codes.reduce((sum, code, index) => sum + Number(code !== own[index]), 0),
  );
  for (let far = 0; far <= bucketCategories && far < found.limit; far += 1) {
    among.buckets.forEach(({ from, to, codes }, index) => {
      if (differing[index] === far) {
        scan(rows, row, among, { from, to, done: codes.length, far, signature }, found);
      }
    });
  }
  const columns = Math.max(1, rows.categoryCount + rows.numberCount);
  return {
    rows: found.places.map((place) => among.numberOf[place]!),
    distances: found.distances.map((distance) => distance / columns),
  };
}

/** The nearest places so far, in rising order of their distance. */
class Found {
  readonly places: number[] = [];
  readonly distances: number[] = [];
  /** What is as far away as this is of no use any more. */
  limit = Number.POSITIVE_INFINITY;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  add(place: number, distance: number): void {
    let rank = this.distances.length;
    while (rank > 0 && this.distances[rank - 1]! > distance) {
      rank -= 1;
    }
    this.distances.splice(rank, 0, distance);
    this.places.splice(rank, 0, place);
    if (this.distances.length > this.#count) {
      this.distances.pop();
      this.places.pop();
    }
    if (this.distances.length === this.#count) {
      this.limit = this.distances[this.#count - 1]!;
    }
  }
}

/** `done` categories have been compared already, and `far` of them differ. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly done: number;
  readonly far: number;
  /** Of the row that is compared. */
  readonly signature: Int32Array;
}

function scan(rows: GowerRows, row: number, among: GowerIndex, stretch: Stretch, found: Found): void {
  const { from, to, signature } = stretch;
  const [first, second] = [signature[0]!, signature[1]!];
  const { signatures } = among;
  for (let place = from; place < to; place += 1) {
    // Most rows are further away by these categories alone.
    let distance = differingBytes(first, signatures[2 * place]!);
    if (distance < found.limit) {
      distance += differingBytes(second, signatures[2 * place + 1]!);
    }
    if (distance < found.limit) {
      distance = distanceUpTo(rows, row, among.rows, place, stretch, found.limit);
      if (distance < found.limit) {
        found.add(place, distance);
      }
    }
  }
}

/** The sum over the columns, or anything from `limit` on as soon as it is reached. */
function distanceUpTo(
  rows: GowerRows,
  row: number,
  others: GowerRows,
  place: number,
  { done, far }: Stretch,
  limit: number,
): number {
  const { categories, numbers, categoryCount, numberCount } = rows;
  let distance = far;
  let own = row * categoryCount + done;
  let other = place * categoryCount + done;
  for (const end = (row + 1) * categoryCount; own < end && distance < limit; own += 1, other += 1) {
    distance += categories[own] === others.categories[other] ? 0 : 1;
  }
  own = row * numberCount;
  other = place * numberCount;
  for (const end = own + numberCount; own < end && distance < limit; own += 1, other += 1) {
    const difference = Math.abs(numbers[own]! - others.numbers[other]!);
    distance += difference < 1 ? difference : 1;
  }
  return distance;
}

/** So far from every scaled number that the difference counts as 1. */
const nowhere = 1e9;

function scaledPlaces(column: AlignedColumn, kind: 'number' | 'datetime'): Float64Array {
  const { places } = numericColumn({ ...column, codes: column.left }, kind);
  const extents = [extentOf(column.left, places), extentOf(column.right, places)].filter((each) => !!each);
  const low = Math.min(...extents.map((extent) => extent.low));
  const range = Math.max(...extents.map((extent) => extent.high)) - low || 1;
  return places.map((place) => (Number.isNaN(place) ? nowhere : (place - low) / range));
}

/** How likely two rows have the same value. */
function collisions({ right, values }: AlignedColumn): number {
  return countCodes(right, values.length).reduce((sum, count) => sum + (count / right.length) ** 2, 0);
}
