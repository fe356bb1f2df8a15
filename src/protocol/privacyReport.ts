import type { ColumnRole, PrivacyBudget, WrittenCounts } from './privacy.ts';
import { request } from './rpc.ts';

/** What the last application of a recipe left, as its report tells it; or what a report's own file (`….privacy.json`) says. */
export const getPrivacyReport = request<{ recipe: string }, KeptReport>('privacy/getReport');

export interface PrivacyReport {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly input: ReportedTable;
  readonly output: ReportedTable;
  readonly recipeHash: string;
  /** Its path, as the paths of the tables. */
  readonly recipe?: string;
  readonly release?: string;
  readonly budget?: PrivacyBudget | null;
  readonly counts?: readonly WrittenCounts[];
  /** Plain words first: what was done, what holds, and what is not guaranteed. */
  readonly summary: readonly string[];
  readonly notGuaranteed: readonly string[];
  /** Singling out, linking, working out (WP216), answered in words; a report of an earlier version has none. */
  readonly questions?: readonly { readonly question: string; readonly answer: string }[];
  /** On which rows each group of figures was measured, and what that means for them. */
  readonly measuredOn?: { readonly risk?: string; readonly attacks?: string; readonly utility?: string };
  readonly columns: readonly {
    readonly name: string;
    readonly role: ColumnRole;
    readonly method: string;
    readonly sentence: string;
    readonly limit: string;
    /** What is left of this column, where its values became groups. */
    readonly detail?: string;
  }[];
  readonly risk: readonly ReportFigure[];
  readonly attacks: readonly ReportFigure[];
  readonly utility: readonly ReportFigure[];
  /** Of a synthetic table, with the figures above left empty: what it remembers, and what it is good for. */
  readonly synthetic?: SyntheticReport;
}

export interface KeptReport extends PrivacyReport {
  /** Where it lies, relative to the workspace folder: for people, and for programs. */
  readonly files: { readonly html: string; readonly json: string };
}

export interface ReportedTable {
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
  /** By which versions know their content. */
  readonly md5?: string;
}

export interface SyntheticReport {
  readonly method: string;
  /** `before`: towards real rows that the model never saw; `after`: towards those that it learned. */
  readonly memorisation: readonly ReportFigure[];
  /** `before`: of real rows; `after`: of synthetic ones. */
  readonly quality: readonly ReportFigure[];
}

/** A figure of the report, before and after, side by side. */
export interface ReportFigure {
  readonly id: string;
  readonly title: string;
  /** What it means, in one sentence. */
  readonly sentence: string;
  readonly kind: 'share' | 'count' | 'score';
  readonly before: number | null;
  readonly after: number | null;
  /** Where it is known with uncertainty: 95 % interval of `after`. */
  readonly interval?: readonly [number, number];
  /** An attack that did no better than guessing: a low figure proves little. */
  readonly weak?: boolean;
  readonly better: 'lower' | 'higher';
}
