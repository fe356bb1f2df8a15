import type { ColumnRole } from '../../../protocol/privacy.ts';
import type { EntityId, SafeHarborItem, SuggestedMethod } from './entities.ts';

/** A column as the detectors see it: what the caller sampled from a table, never the table itself. */
export interface SampledColumn {
  readonly name: string;
  /** DuckDB's name of the type: VARCHAR, BIGINT, DECIMAL(18,3), TIMESTAMP … */
  readonly type: string;
  /** Up to 1,000 distinct values that are not null, as text. */
  readonly values: readonly string[];
  readonly rowCount: number;
  readonly distinctCount: number;
  readonly nullCount: number;
}

/** What was found about one column. */
export interface ColumnFinding {
  readonly column: string;
  /** Absent when nothing personal was found. */
  readonly entity?: EntityId;
  /** What the values are, in plain words: "US social security numbers". */
  readonly title?: string;
  /** 0 to 1. Suggest from `suggestFrom` on, select without asking from `selectFrom` on. */
  readonly confidence: number;
  readonly role: ColumnRole;
  /** Sentences for a person, the strongest first. */
  readonly evidence: readonly string[];
  /** Up to three values of which only the form can be seen. */
  readonly maskedSamples: readonly string[];
  readonly method: SuggestedMethod;
  /** Why this method, in one sentence. */
  readonly methodReason: string;
  /** A special category of personal data by article 9 of the GDPR. */
  readonly specialCategory: boolean;
  readonly safeHarbor?: SafeHarborItem;
}

export const suggestFrom = 0.5;
export const selectFrom = 0.85;
