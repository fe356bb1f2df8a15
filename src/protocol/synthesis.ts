import type { DataValue } from './data.ts';
import type { RecipeKey, RecipeProblem } from './privacy.ts';
import { request } from './rpc.ts';

/*
 * Synthetic tables: rows that a model draws after it has learned a real table. What is asked for stands in the section
 * `synthesise` of the table's recipe. A synthesis is a run of an experiment: it goes on when nobody waits for it.
 */

/** The recipe of a table as a synthesis sees it; the proposed one where there is none. Reports progress. */
export const openSynthesis = request<{ path: string }, SynthesisState>('privacy/openSynthesis');
/** Writes the choices into the recipe, comments kept. Refused with `privacy.recipeChanged` when the file is a newer one. */
export const changeSynthesis = request<ChangeSynthesis, SynthesisState>('privacy/changeSynthesis');
/** How long it would take, before anything is read. */
export const estimateSynthesis = request<AskSynthesis, SynthesisEstimate>('privacy/estimateSynthesis');
/** A few rows of a copula that has learned a sample, within a second or two. Reports progress; cancellable. */
export const previewSynthesis = request<PreviewSynthesis, SynthesisPreview>('privacy/previewSynthesis');
/** Starts a run and answers at once; everything that can be refused without reading the table is refused before. */
export const startSynthesis = request<StartSynthesis, StartedSynthesis>('privacy/startSynthesis');
/**
 * Waits for the end of a synthesis that was started. Reports progress. Cancelling waits no longer, and the run goes on:
 * `stopRun` ends it.
 */
export const followSynthesis = request<{ run: string }, SynthesisedTable>('privacy/followSynthesis');

export type SynthesisMethod = 'copula' | 'tvae' | 'ctgan';

/** What is asked for, with the defaults of the recipe filled in. */
export interface SynthesisChoices {
  readonly method: SynthesisMethod;
  /** Null: as many as the table has. */
  readonly rows: number | null;
  /** Null: from the recipe's key, or where it has none from chance. */
  readonly seed: string | number | null;
  /** The column that models will be trained to predict. */
  readonly target: string | null;
  /** Of TVAE and CTGAN. */
  readonly epochs: number | null;
  /** Values that fewer rows have are merged with others before anything is learned. */
  readonly rareBelow: number;
  /** Relative to the recipe; null: `NAME.synthetic` beside the table. */
  readonly output: string | null;
  /** What every drawn row must obey. */
  readonly constraints: readonly SynthesisConstraint[];
  /** What the drawn rows have in common. */
  readonly conditions: readonly SynthesisCondition[];
}

type Scalar = string | number | boolean;

export type SynthesisConstraint =
  | {
      readonly kind: 'range';
      readonly column: string;
      readonly minimum?: Scalar | undefined;
      readonly maximum?: Scalar | undefined;
    }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | { readonly kind: 'fixedCombinations'; readonly columns: readonly string[] }
  | {
      readonly kind: 'inequality';
      readonly low: string;
      readonly high: string;
      readonly strict?: boolean | undefined;
    };

/** Either a value, which null says is missing, or limits. */
export interface SynthesisCondition {
  readonly column: string;
  readonly value?: Scalar | null | undefined;
  readonly minimum?: Scalar | undefined;
  readonly maximum?: Scalar | undefined;
}

export interface SynthesisState {
  readonly recipe: string;
  readonly saved: boolean;
  readonly version: number;
  readonly input: { readonly path: string; readonly rows: number; readonly bytes: number };
  readonly output: string;
  readonly choices: SynthesisChoices;
  readonly columns: readonly SynthesisColumn[];
  readonly key: RecipeKey;
  /** Where all that is random comes from; by chance, another run gives other rows. */
  readonly seed: 'key' | 'stated' | 'chance';
  readonly problems: readonly RecipeProblem[];
  /** The run that is at work on it. */
  readonly running: StartedSynthesis | null;
  /** What the last run has written, as long as the recipe says the same and the service lives. */
  readonly last: SynthesisedTable | null;
}

export interface SynthesisColumn {
  readonly name: string;
  readonly fate: SynthesisFate;
  /** Why, in one sentence. */
  readonly sentence: string;
  /** What can be compared by more and less has limits, and categories have values. */
  readonly ordered: boolean;
  /** Frequent values, for conditions. */
  readonly values: readonly string[];
}

/** `learned`; or a direct identifier, which is never: left out, or made anew without looking at it. */
export type SynthesisFate = 'learned' | 'dropped' | 'new';

export interface ChangeSynthesis {
  readonly recipe: string;
  readonly version: number;
  readonly choices: SynthesisChoices;
}

export interface AskSynthesis {
  readonly recipe: string;
  /** Instead of those of the recipe. */
  readonly choices?: SynthesisChoices;
}

export interface PreviewSynthesis extends AskSynthesis {
  /** How many rows, at most 100. */
  readonly rows: number;
}

export interface SynthesisPreview {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly DataValue[])[];
}

/** On this machine, with nothing else at work; what is learned at random takes what it takes. */
export interface SynthesisEstimate {
  readonly seconds: number;
  /** At the most, besides what the service has already. */
  readonly bytes: number;
  readonly sentence: string;
}

export interface StartSynthesis {
  readonly recipe: string;
  /** Replace an output that a synthesis before this one wrote. */
  readonly replace?: boolean;
}

export interface StartedSynthesis {
  readonly run: string;
  readonly name: string;
  readonly experiment: string;
  readonly output: string;
}

export interface SynthesisedTable extends StartedSynthesis {
  readonly rows: number;
  readonly bytes: number;
  readonly report: { readonly html: string; readonly json: string };
  /** Plain words about memorisation and use, the most important first. */
  readonly findings: readonly string[];
  readonly milliseconds: number;
}
