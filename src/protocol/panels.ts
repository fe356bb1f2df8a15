import type { ErrorShape } from '../base/errors.ts';
import { profileData, profileKept, readRows, sketchData } from './data.ts';
import {
  getRuns,
  getSeries,
  listArtifacts,
  logChanged,
  type RunId,
  readLog,
  restoreRuns,
  runsChanged,
  searchRuns,
  setRunTags,
  stopRun,
} from './experiments.ts';
import {
  type ApplyRecipe,
  applyRecipe,
  changeRecipe,
  openRecipe,
  previewRecipe,
  recipeChanged,
} from './privacy.ts';
import { getPrivacyReport } from './privacyReport.ts';
import { type NotificationType, type Progress, type RequestType, request } from './rpc.ts';
import {
  changeSynthesis,
  estimateSynthesis,
  followSynthesis,
  openSynthesis,
  previewSynthesis,
  startSynthesis,
} from './synthesis.ts';

/** What a page may ask of the service through the client, and the news it hears. Nothing else is forwarded. */
export interface PanelContract {
  readonly requests: readonly RequestType<never, unknown>[];
  readonly notifications: readonly NotificationType<never>[];
}

export const panels = {
  run: {
    requests: [getRuns, getSeries, readLog, listArtifacts, stopRun, setRunTags, restoreRuns],
    notifications: [runsChanged, logChanged],
  },
  compare: {
    requests: [getRuns, getSeries, searchRuns],
    notifications: [runsChanged],
  },
  profile: {
    requests: [sketchData, profileData, readRows],
    notifications: [profileKept],
  },
  anonymise: {
    requests: [openRecipe, changeRecipe, previewRecipe, applyRecipe],
    notifications: [recipeChanged],
  },
  synthesise: {
    requests: [
      openSynthesis,
      changeSynthesis,
      estimateSynthesis,
      previewSynthesis,
      startSynthesis,
      followSynthesis,
      stopRun,
    ],
    notifications: [recipeChanged],
  },
  report: {
    requests: [getPrivacyReport],
    notifications: [recipeChanged],
  },
} satisfies Record<string, PanelContract>;

/** Refused in Restricted Mode, like the commands that write. */
export const writingRequests: readonly RequestType<never, unknown>[] = [
  stopRun,
  setRunTags,
  restoreRuns,
  changeRecipe,
  applyRecipe,
  changeSynthesis,
  startSynthesis,
];

export type PanelId = keyof typeof panels;

/** Answered by the client itself; a page sends it first and gets its subject as the reply. */
export const panelReady = request<null, PanelStart>('panel/ready');
/** Asks the client to open something beside: a run, a comparison, an artifact, the uncommitted changes. */
export const panelOpen = request<PanelTarget, null>('panel/open');
/** The title of the editor tab, once the page knows it. */
export const panelTitle = request<{ title: string }, null>('panel/title');

/** What the client is applying for this page, begun before the page was hidden: asking for the same again joins it. */
export const panelApplying = request<null, ApplyRecipe | null>('panel/applying');

export const clientRequests = [panelReady, panelOpen, panelTitle, panelApplying] as const;

/** What a panel is about. */
export type PanelSubject = RunsSubject | DataSubject;

/** One run for the run panel, any number for the compare panel. */
export interface RunsSubject {
  readonly panel: 'run' | 'compare';
  readonly runs: readonly RunId[];
}

export interface DataSubject {
  readonly panel: 'profile' | 'anonymise' | 'synthesise' | 'report';
  /** Of a table, or of a recipe. Absolute: it also says which of a window's folders the data belongs to. */
  readonly data: string;
  /** Of a profile: of a version of the dataset, and not of its data as it is now. */
  readonly version?: number;
}

/** `tab` is the part to show first, when the user asked for it. */
export type PanelStart = PanelSubject & { readonly tab?: PanelPart };

/** `note` is the note, ready to be written. */
export type PanelPart = 'log' | 'note';

export type PanelTarget =
  | { readonly kind: 'run'; readonly run: RunId }
  | { readonly kind: 'compare'; readonly runs: readonly RunId[] }
  | { readonly kind: 'artifact'; readonly run: RunId; readonly path: string }
  | { readonly kind: 'log'; readonly run: RunId }
  | { readonly kind: 'script'; readonly path: string }
  /** A place that an error names: an absolute path with an optional `:line:column`. */
  | { readonly kind: 'place'; readonly place: string }
  /** Beside, at a line and a column from 1. Paths of recipes and their outputs are as the service tells them. */
  | { readonly kind: 'recipe'; readonly path: string; readonly line?: number; readonly column?: number }
  /** The panel about the columns of a recipe or a table. */
  | { readonly kind: 'anonymise'; readonly path: string }
  /** The privacy report of a recipe, or the one in a report's own file, as a panel, or as the page that a browser shows. */
  | { readonly kind: 'report'; readonly recipe: string }
  | { readonly kind: 'html'; readonly path: string }
  | { readonly kind: 'version'; readonly path: string }
  /** Makes a key for a recipe, or lets the user choose one. */
  | { readonly kind: 'key'; readonly action: 'make' | 'choose'; readonly recipe: string }
  | { readonly kind: 'chooseRuns'; readonly runs: readonly RunId[] }
  /** Starts the service again after it has kept stopping. */
  | { readonly kind: 'restartService' };

/** What a page keeps with `setState`, so that it comes back the same after a reload: never data. */
export type PanelState = PanelSubject & {
  readonly schema: 1;
  /** What the user arranged: open tab, baseline, switches. Each page reads only its own keys. */
  readonly view: Readonly<Record<string, string | number | boolean>>;
};

export type PageMessage =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly method: string;
      readonly parameters: unknown;
      /** The page wants to hear how the work stands. */
      readonly progress?: boolean;
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type HostMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorShape }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'news'; readonly method: string; readonly parameters: unknown }
  /** The connection to the service came back, or the page became visible: everything may have changed. */
  | { readonly kind: 'refresh' }
  /** The file that the page is about was written to, or is gone. */
  | { readonly kind: 'dataChanged' }
  /** The user asked for a part of a page that is open already. */
  | { readonly kind: 'show'; readonly tab: PanelPart }
  /** The service is away; pages say so and keep what they show. */
  | { readonly kind: 'offline'; readonly message: string };
