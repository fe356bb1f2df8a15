/**
 * The points of one metric in typed arrays, in the order (step, timestamp, value).
 *
 * It grows by `append` as points are logged. Points that arrive with an older step wait unsorted behind the
 * others and are merged in on the next read, so that a series logged by two processes costs one merge a read.
 */
export class SeriesPoints {
  #steps: Float64Array;
  #times: Float64Array;
  #values: Float64Array;
  #length = 0;
  #sorted = 0;

  constructor(capacity = 16) {
    this.#steps = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#steps.length * 24;
  }

  append(step: number, time: number, value: number): void {
    if (this.#length === this.#steps.length) {
      this.#grow();
    }
    const at = this.#length;
    this.#steps[at] = step;
    this.#times[at] = time;
    this.#values[at] = value;
    this.#length = at + 1;
    if (this.#sorted === at && (at === 0 || this.#compare(at - 1, at) <= 0)) {
      this.#sorted = at + 1;
    }
  }

  /** Views of the sorted points; valid until the next `append`. */
  columns(): SeriesColumns {
    if (this.#sorted < this.#length) {
      this.#merge();
    }
    return {
      steps: this.#steps.subarray(0, this.#length),
      times: this.#times.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    };
  }

  #grow(): void {
    const capacity = Math.max(16, this.#steps.length * 2);
    this.#steps = enlarged(this.#steps, capacity);
    this.#times = enlarged(this.#times, capacity);
    this.#values = enlarged(this.#values, capacity);
  }

  /** The order of SQLite's key: a number before the text NaN. */
  #compare(a: number, b: number): number {
    return (
      this.#steps[a]! - this.#steps[b]! ||
      this.#times[a]! - this.#times[b]! ||
      compareValues(this.#values[a]!, this.#values[b]!)
    );
  }

  #merge(): void {
    const late = Array.from({ length: this.#length - this.#sorted }, (_, index) => this.#sorted + index);
    late.sort((a, b) => this.#compare(a, b));
    const order = new Uint32Array(this.#length);
    let left = 0;
    let right = 0;
    for (let at = 0; at < order.length; at += 1) {
      const takeLeft =
        right === late.length || (left < this.#sorted && this.#compare(left, late[right]!) <= 0);
      order[at] = takeLeft ? left++ : late[right++]!;
    }
    this.#steps = reordered(this.#steps, order);
    this.#times = reordered(this.#times, order);
    this.#values = reordered(this.#values, order);
    this.#sorted = this.#length;
  }
}

export interface SeriesColumns {
  readonly steps: Float64Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** NaN sorts after every number; two NaN are equal. */
export function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  }
  return a < b ? -1 : Number(a > b);
}

function enlarged(array: Float64Array, capacity: number): Float64Array {
  const next = new Float64Array(capacity);
  next.set(array);
  return next;
}

function reordered(array: Float64Array, order: Uint32Array): Float64Array {
  const next = new Float64Array(array.length);
  for (let at = 0; at < order.length; at += 1) {
    next[at] = array[order[at]!]!;
  }
  return next;
}
