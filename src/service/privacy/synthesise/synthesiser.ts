import type { Cell, EncodedTable } from '../../data/encodedTable.ts';
import type { Work } from '../statistics/work.ts';
import type { ColumnKind, ColumnKinds } from '../tables/columnKind.ts';

/**
 * A way to learn a table and to draw new rows from what was learned. None of them gives a guarantee by itself:
 * how much of single persons shows through is measured afterwards.
 *
 * A model is plain data, which can go to another thread.
 */
export interface Synthesiser<Model> {
  readonly method: SynthesisMethod;
  /** A neural network's speed is measured on this machine first, which takes a moment. */
  estimate(size: TableSize): Estimate | Promise<Estimate>;
  fit(table: EncodedTable, options: FitOptions): Model | Promise<Model>;
  sample(model: Model, count: number, options: SampleOptions): EncodedTable | Promise<EncodedTable>;
}

/** From the fastest to the slowest; the first is the one to begin with. */
export const synthesisMethods = ['copula', 'tvae', 'ctgan'] as const;

export type SynthesisMethod = (typeof synthesisMethods)[number];

export interface FitOptions extends Work {
  /** 32 bytes; all that is random comes from them. */
  readonly seed: Uint8Array;
  readonly kinds?: ColumnKinds;
  /** The column that models will be trained to predict: what the others say about it is kept first. */
  readonly target?: string;
  /** Values that fewer rows have are merged with others before anything is learned, extremes included; 5 unless told. */
  readonly rareBelow?: number;
  /** What rare names of a text column become; `Other` unless told. */
  readonly rareLabel?: string;
  readonly constraints?: readonly Constraint[];
  /** How many times a neural network sees all rows; as many as its method takes unless told. */
  readonly epochs?: number;
  /** Called by neural networks after each epoch, in the thread that fits. */
  readonly onEpoch?: (report: EpochReport) => void;
}

/** How well a neural network has learned so far. */
export interface EpochReport {
  /** From 1 to `epochs`. */
  readonly epoch: number;
  readonly epochs: number;
  /**
   * Means over the epoch's batches. TVAE: `loss`, `reconstruction` and `divergence`; CTGAN: `generator` and `critic`.
   */
  readonly losses: Readonly<Record<string, number>>;
}

export interface SampleOptions extends Work {
  /** 32 bytes; the same model, count, conditions and seed give the same rows. */
  readonly seed: Uint8Array;
  /** All of them hold for every row. */
  readonly conditions?: readonly Condition[];
}

/** What every drawn row must obey. */
export type Constraint =
  /** Numbers, or instants as text; rows without a value obey. */
  | { readonly kind: 'range'; readonly column: string; readonly minimum?: Cell; readonly maximum?: Cell }
  /** No two rows are equal in these columns. */
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  /** Only combinations that the real table has. */
  | { readonly kind: 'fixedCombinations'; readonly columns: readonly string[] }
  /** `low` ≤ `high`, or `low` < `high` when strict; rows that miss one of them obey. */
  | { readonly kind: 'inequality'; readonly low: string; readonly high: string; readonly strict?: boolean };

/** What the drawn rows have in common: a value, or for numbers and instants a range. */
export type Condition =
  | { readonly column: string; readonly value: Cell }
  | { readonly column: string; readonly minimum?: Cell; readonly maximum?: Cell };

/** How large the work is, known before anything is read. */
export interface TableSize {
  readonly rowCount: number;
  /** For each column how many distinct values it has. */
  readonly distinctCounts: readonly number[];
  /** For each column its kind, where that is known: a network has more places for names than for numbers. */
  readonly kinds?: readonly ColumnKind[];
  readonly sampleCount: number;
  /** As in `FitOptions`. */
  readonly epochs?: number;
}

export interface Estimate {
  readonly seconds: number;
  /** At the most, besides the table itself. */
  readonly bytes: number;
  /** Where a network computes: in WebAssembly, or, where that cannot run, in JavaScript, which is many times slower. */
  readonly backend?: 'wasm' | 'cpu';
}
