import type { ColumnType, DataValue } from './data.ts';
import { notification, request } from './rpc.ts';

/*
 * Anonymising a table: a recipe is a text file beside the data (`NAME.anonymise.yaml`), and what stands in it is the
 * truth. Pages and commands change it through these requests; people may edit the file themselves.
 */

/**
 * Opens the recipe of a table, or the recipe itself. Where there is none, one is proposed from what was found in the
 * table; it is a draft that no file holds before the first `changeRecipe` or `saveRecipe`.
 */
export const openRecipe = request<OpenRecipe, RecipeState>('privacy/openRecipe');
/** Changes the recipe, comments kept, and writes it. Refused with `privacy.recipeChanged` when the file is a newer one. */
export const changeRecipe = request<ChangeRecipe, RecipeState>('privacy/changeRecipe');
/** Some rows before and after, and what the choices so far do to risk and use. Reports progress; cancellable. */
export const previewRecipe = request<PreviewRecipe, RecipePreview>('privacy/preview');
/** Writes the output and the report, all or nothing. Reports progress; cancellable within a second. */
export const applyRecipe = request<ApplyRecipe, AppliedRecipe>('privacy/apply');
/** The key holder's way back: writes the columns whose method can be undone, into a new file. */
export const restoreData = request<RestoreData, RestoredData>('privacy/restore');
/** Hands a key to the service, which keeps it in memory alone and forgets it when it ends. */
export const handKey = request<HandKey, KeyCheck>('privacy/handKey');
/** Takes a key out of the service's memory: its owner has forgotten it. One that is not there is no error. */
export const forgetKey = request<{ id: string }, null>('privacy/forgetKey');

/** A recipe, its table or its keys are other ones; whoever shows it asks again. */
export const recipeChanged = notification<{ recipe: string; version: number }>('privacy/recipeChanged');

/** Work that needs a key which nobody has handed over is refused with this code; `handKey` and ask again. */
export const keyMissingCode = 'privacy.keyMissing';
/** A change of another version than the file's is refused with this code: open the recipe again and choose anew. */
export const recipeChangedCode = 'privacy.recipeChanged';

export interface OpenRecipe {
  /** Of a table or of a recipe; absolute, or relative to the workspace folder. */
  readonly path: string;
}

/** `direct`: names a person by itself. `quasi`: does so together with others. */
export type ColumnRole = 'direct' | 'quasi' | 'sensitive' | 'other';

export interface RecipeState {
  /** Relative to the workspace folder where it is inside it. */
  readonly recipe: string;
  /** False for a draft that no file holds yet. */
  readonly saved: boolean;
  /** Grows with every change, also of the file by others. */
  readonly version: number;
  readonly input: {
    readonly path: string;
    readonly rows: number;
    /** `rows` is an estimate so far: the recipe is told to have changed when all of them were read. */
    readonly estimated: boolean;
    /** Personal data was looked for in so many rows. */
    readonly sampledRows: number;
    readonly bytes: number;
  };
  /** Where the result is to be written. */
  readonly output: string;
  readonly columns: readonly RecipeColumn[];
  readonly guarantee: Guarantee | null;
  /** Levels that are kept and not searched. */
  readonly keptLevels?: Readonly<Record<string, number>>;
  /** Levels that were found when it was last applied. */
  readonly foundLevels?: Readonly<Record<string, number>>;
  /** Tables of noisy counts that are written beside the output. */
  readonly counts?: readonly CountsChoice[];
  /** What its noisy columns and counts spend; null where nothing is differentially private. */
  readonly budget?: PrivacyBudget | null;
  readonly release: string;
  /** What was made with it so far, and with which key: restoring needs that one, also when it was rotated since. */
  readonly releases?: readonly { readonly release: string; readonly key: string | null }[];
  readonly key: RecipeKey;
  /** Sentences about what is odd in the table: its encoding, a column that changes its type further down. */
  readonly notices?: readonly string[];
  /** Why the recipe cannot be applied as it stands; the columns above are the last that could be read. */
  readonly problems: readonly RecipeProblem[];
}

export interface RecipeColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  /** Set by a person, and not only proposed. */
  readonly confirmed: boolean;
  readonly finding: ColumnEvidence | null;
  readonly method: MethodChoice;
  /** Methods that fit the column's type, the proposed one first. */
  readonly offered: readonly MethodOffer[];
  /** Levels of generalisation, for a quasi-identifier that the guarantee may generalise: from the value to `*`. */
  readonly hierarchy: HierarchySketch | null;
}

export interface ColumnEvidence {
  /** "e-mail addresses". */
  readonly title: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Sentences, the strongest first. */
  readonly evidence: readonly string[];
  /** Up to three values of which only the form can be seen. */
  readonly maskedSamples: readonly string[];
  /** A special category of personal data by article 9 of the GDPR. */
  readonly specialCategory: boolean;
}

export interface MethodChoice {
  readonly id: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export type OptionValue = string | number | boolean;

/** What a page needs to offer a method. */
export interface MethodOffer {
  readonly id: string;
  readonly title: string;
  /** One sentence for people who are no privacy engineers. */
  readonly sentence: string;
  /** What it does not do. */
  readonly limit: string;
  readonly reversible: 'no' | 'keyHolder' | 'candidates' | 'unchanged';
  readonly needsKey: boolean;
  readonly options: readonly MethodOption[];
}

export interface MethodOption {
  readonly name: string;
  readonly title: string;
  readonly kind: 'number' | 'integer' | 'text' | 'choice' | 'switch';
  readonly standard: OptionValue | null;
  readonly choices?: readonly { readonly value: string; readonly title: string }[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Said beside it when it is wrong or has a consequence. */
  readonly hint?: string;
}

export interface HierarchySketch {
  /** `automatic` ones are made from the values; others stand in the recipe or in a file that it names. */
  readonly source: 'automatic' | 'recipe' | 'file';
  /** For each level some of its labels, from the values themselves to `*`. */
  readonly levels: readonly { readonly labels: readonly string[]; readonly count: number }[];
  /** Where it stands, once somebody has written it down: the recipe or a file, and the line from 1. */
  readonly place?: { readonly path: string; readonly line: number };
}

/** What must hold of every equivalence class of the quasi-identifiers. */
export interface Guarantee {
  readonly k: number;
  readonly sensitive: readonly SensitiveCriterion[];
  /** The share of rows that may be left out, 0 to 1. */
  readonly suppressionLimit: number;
  /** One generalisation for a whole column, or groups of rows each their own. */
  readonly recoding: 'global' | 'local';
}

/** Differentially private counts of the input's rows by the categories of some columns. */
export interface CountsChoice {
  /** A word, by which the recipe and the file know it. */
  readonly name: string;
  readonly by: readonly CountsColumn[];
  readonly epsilon: number;
  /** Above 0 the noise is Gaussian. */
  readonly delta: number;
  /** The most rows of one person that count. */
  readonly rowsPerPerson: number;
  /** The column that says whom a row is about; null: that nobody has more rows is taken on trust. */
  readonly subject: string | null;
}

export interface CountsColumn {
  readonly column: string;
  /** One of both: categories that everybody knows, or edges of groups of numbers. */
  readonly categories?: readonly OptionValue[];
  readonly bins?: readonly number[];
}

/** What may be told about one person with one row, added up over everything that is differentially private. */
export interface PrivacyBudget {
  readonly epsilon: number;
  readonly delta: number;
  /** With all that was asked under the name of the release before, where that is more; the very same costs nothing again. */
  readonly ofRelease?: { readonly epsilon: number; readonly delta: number };
  readonly parts: readonly {
    readonly kind: 'column' | 'counts';
    readonly name: string;
    readonly epsilon: number;
    readonly delta: number;
  }[];
}

export interface SensitiveCriterion {
  readonly column: string;
  readonly criterion: 'distinctL' | 'entropyL' | 'recursiveCL' | 'tCloseness';
  readonly l?: number;
  readonly c?: number;
  readonly t?: number;
  /** Of t-closeness: how far two values are apart; `equal` without it. */
  readonly distance?: SensitiveDistanceKind;
}

/** All values alike, by their natural order, or by the hierarchy of the column. */
export type SensitiveDistanceKind = 'equal' | 'ordered' | 'hierarchical';

/** What the search for the generalisation that changes least has come to. */
export interface GeneralisationSearch {
  /** Nothing better exists; otherwise it is the best that was found in `seconds`. */
  readonly optimal: boolean;
  readonly seconds: number;
  readonly tried: number;
  readonly generalisations: number;
  /** The same for people. */
  readonly sentence: string;
}

export interface RecipeKey {
  /** The name of the key in the recipe; null where no method needs one. */
  readonly id: string | null;
  readonly state: 'notNeeded' | 'ready' | 'missing' | 'other';
  /** The recipe was applied with it: only the same key makes the same pseudonyms, and restores what was made. */
  readonly wasUsed: boolean;
}

export interface RecipeProblem {
  readonly message: string;
  /** From 1, in the recipe. */
  readonly line?: number;
  readonly column?: number;
  /** The column of the table that it is about. */
  readonly about?: string;
}

export interface ChangeRecipe {
  readonly recipe: string;
  /** The version that was changed. */
  readonly version: number;
  readonly change: RecipeChange;
}

export type RecipeChange =
  | { readonly kind: 'role'; readonly column: string; readonly role: ColumnRole }
  | { readonly kind: 'method'; readonly column: string; readonly method: MethodChoice }
  | { readonly kind: 'guarantee'; readonly guarantee: Guarantee | null }
  /** Writes down the hierarchy of a column, to be edited: as a rule in the recipe, or as a table beside it. */
  | { readonly kind: 'hierarchy'; readonly column: string; readonly as: 'rule' | 'table' }
  /**
   * Keeps the columns on these levels whatever the table, and with them the hierarchies that were made from the values of
   * this one; null searches levels anew each time.
   */
  | { readonly kind: 'levels'; readonly levels: Readonly<Record<string, number>> | null }
  /** Of that name, which is added where there is none; null takes it out. */
  | { readonly kind: 'counts'; readonly name: string; readonly counts: CountsChoice | null }
  | { readonly kind: 'output'; readonly path: string }
  | { readonly kind: 'key'; readonly id: string }
  /** Of a draft: writes it as it is. */
  | { readonly kind: 'save' };

export interface PreviewRecipe {
  readonly recipe: string;
  /** How many rows to show, at most 100. */
  readonly rows: number;
  /** After so long the best generalisation so far is taken; 2 without it. */
  readonly searchSeconds?: number;
}

export interface RecipePreview {
  readonly version: number;
  /** Names of the columns that the output has, in its order. */
  readonly columns: readonly string[];
  /** Real rows, each before and after; null where the row is suppressed. */
  readonly rows: readonly {
    readonly before: readonly DataValue[];
    readonly after: readonly DataValue[] | null;
  }[];
  readonly risk: Dial;
  readonly use: Dial;
  /** Which quasi-identifiers make rows unique, the strongest first. */
  readonly drivers: readonly { readonly columns: readonly string[]; readonly uniqueRows: number }[];
  readonly suppressedRows: number;
  /** Where a generalisation was searched: how that went, and the level of each column. */
  readonly search?: GeneralisationSearch;
  readonly levels?: Readonly<Record<string, number>>;
}

/** One number from 0 (low) to 1 (high), before and after, and what it means. */
export interface Dial {
  readonly before: number;
  readonly after: number;
  readonly sentence: string;
}

export interface ApplyRecipe {
  readonly recipe: string;
  /** Another table of the same columns; the recipe's own without it. */
  readonly input?: string;
  readonly output?: string;
  /** A release of its own: the noise of one is for one table. The recipe's without it. */
  readonly release?: string;
  /** Replace an output that an application before this one wrote. */
  readonly replace?: boolean;
}

export interface AppliedRecipe {
  readonly output: string;
  readonly rows: number;
  readonly suppressedRows: number;
  /** Where a generalisation was searched. */
  readonly search?: GeneralisationSearch;
  readonly bytes: number;
  /** Relative paths of what a data protection officer reads, and of the same for programs. */
  readonly report: { readonly html: string; readonly json: string };
  /** Tables of noisy counts that were written with it. */
  readonly counts?: readonly WrittenCounts[];
  readonly milliseconds: number;
}

export interface WrittenCounts extends CountsChoice {
  readonly path: string;
  /** Combinations of categories: rows of the file. */
  readonly cells: number;
  /** 95 of 100 counts are off by at most so many. */
  readonly halfWidth: number;
}

export interface RestoreData {
  readonly recipe: string;
  readonly input: string;
  readonly output: string;
  /** Of the input; what its report says without it, else the recipe's. */
  readonly release?: string;
}

export interface RestoredData {
  readonly output: string;
  readonly rows: number;
  readonly restored: readonly string[];
  /** Of those, columns whose values are the same while it is not known how each was written: 1.5 or 1.50. */
  readonly rewritten?: readonly string[];
  readonly notRestored: readonly { readonly column: string; readonly why: string }[];
}

export interface HandKey {
  readonly id: string;
  /** 32 bytes in base64. */
  readonly key: string;
}

/** First bytes of a keyed hash of a fixed word, so that a wrong key is known before anything is written. */
export interface KeyCheck {
  readonly id: string;
  readonly check: string;
}
