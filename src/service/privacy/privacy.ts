import fs from 'node:fs';
import path from 'node:path';
import { Sequence } from '../../base/async.ts';
import { hasCode } from '../../base/errors.ts';
import type { Event } from '../../base/event.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import { notAKey } from '../../keys/errors.ts';
import { MasterKey, parseKeyText } from '../../keys/masterKey.ts';
import type {
  AppliedRecipe,
  ApplyRecipe,
  ChangeRecipe,
  HandKey,
  KeyCheck,
  OpenRecipe,
  PreviewRecipe,
  RecipePreview,
  RecipeState,
  RestoreData,
  RestoredData,
} from '../../protocol/privacy.ts';
import type { KeptReport, PrivacyReport } from '../../protocol/privacyReport.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Log } from '../log.ts';
import { applyChange } from './changeRecipe.ts';
import {
  hierarchyFileTaken,
  keyMissing,
  noReport,
  recipeHasProblems,
  recipeIsNewer,
  restoreKeyMissing,
} from './errors.ts';
import { Inspections } from './inspections.ts';
import { runJob } from './jobRunner.ts';
import { recipePathOf } from './propose.ts';
import { hierarchyLines } from './recipe/hierarchyLines.ts';
import { readRecipe, recipeSuffix } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import {
  inputOf,
  isOfText,
  outputOf,
  RecipeEntries,
  type RecipeEntry,
  siblingsOf,
  soundRecipe,
} from './recipeEntries.ts';
import { recipeState } from './recipeState.ts';
import { releasedText } from './releasedText.ts';
import {
  outputOfReport,
  readReport,
  releaseFiles,
  reportFiles,
  reportSuffix,
  writeBeside,
  writeWhole,
} from './releaseFiles.ts';
import { recipeOfRelease } from './releases.ts';
import { createRowCopies } from './rowCopies.ts';
import { createSynthesis, type Synthesis } from './synthesis.ts';
import type { TrackedRuns } from './trackedRuns.ts';
import type { RecipeJob } from './work/preview.ts';
import type { RestoreJob } from './work/restore.ts';
import { type HierarchyChange, hierarchiesToWrite, withHierarchies } from './writtenHierarchy.ts';

export interface PrivacyWork {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** Recipes, what they do to a table, and the keys that were handed over: those are in memory alone. */
export interface Privacy extends Disposable, Synthesis {
  /** A recipe, its table or its keys are other ones: which, and its version. */
  readonly onDidChangeRecipe: Event<{ readonly recipe: string; readonly version: number }>;
  openRecipe(asked: OpenRecipe, work: PrivacyWork): Promise<RecipeState>;
  changeRecipe(asked: ChangeRecipe, work: PrivacyWork): Promise<RecipeState>;
  previewRecipe(asked: PreviewRecipe, work: PrivacyWork): Promise<RecipePreview>;
  applyRecipe(asked: ApplyRecipe, work: PrivacyWork): Promise<AppliedRecipe>;
  getReport(recipe: string): Promise<KeptReport>;
  restoreData(asked: RestoreData, work: PrivacyWork): Promise<RestoredData>;
  handKey(asked: HandKey): KeyCheck;
  forgetKey(id: string): null;
}

export interface PrivacyOptions {
  /** A real path. */
  readonly workspace: string;
  /** A folder of ours for what does not fit in memory. */
  readonly scratch: string;
  /** Where long work is kept as runs of an experiment. */
  readonly runs: TrackedRuns;
  readonly log: Log;
}

export function createPrivacy({ workspace, scratch, runs, log }: PrivacyOptions): Privacy {
  const entries = new RecipeEntries(workspace);
  const keys = new Map<string, MasterKey>();
  // A table at a time: two would only make both late.
  const writing = new Sequence();
  const previews = new Sequence();
  const disposed = new AbortController();
  const copies = createRowCopies(scratch);

  const nameOf = (file: string) => entries.nameOf(file);
  const either = (signal: AbortSignal) => AbortSignal.any([signal, disposed.signal]);

  const inspections = new Inspections({
    scratch,
    copies,
    log,
    signal: disposed.signal,
    nameOf,
    completed: (file, inspection) => entries.inspected(file, inspection),
  });
  const state = async (entry: RecipeEntry, work: PrivacyWork): Promise<RecipeState> => {
    const recipe = entry.recipe ?? soundRecipe(entry);
    const input = inputOf(entry, recipe);
    return recipeState({
      recipe,
      inspection: await inspections.of(input, work),
      keys,
      folder: path.dirname(entry.file),
      textProblems: entry.problems,
      hierarchyLines: hierarchyLines(entry.text),
      identity: {
        recipe: entry.name,
        saved: entry.isSaved,
        version: entry.version,
        input: nameOf(input),
        output: nameOf(outputOf(entry, recipe)),
      },
    });
  };
  /** The recipe itself, or that of a table; where it has none, the one that is proposed. */
  const open = async (asked: string, work: PrivacyWork): Promise<RecipeEntry> => {
    const file = entries.resolve(asked);
    const recipe = file.endsWith(recipeSuffix) ? file : recipePathOf(file);
    return file === recipe || entries.has(recipe)
      ? entries.find(recipe)
      : entries.propose(recipe, file, await inspections.of(file, work));
  };
  const job = (entry: RecipeEntry, recipe: Recipe, input = inputOf(entry, recipe)): RecipeJob => {
    const id = recipe.key?.id;
    const key = id === undefined ? undefined : keys.get(id);
    return {
      recipe: { text: entry.text, name: entry.name, folder: path.dirname(entry.file) },
      file: input,
      name: nameOf(input),
      keys: id !== undefined && key ? { [id]: key.exportText() } : {},
    };
  };
  /** Meanwhile somebody may have changed it: theirs stays, and what is remembered is written into it. */
  const remember = (entry: RecipeEntry, remembered: (text: string) => string) => {
    entries.refresh(entry);
    if (entry.problems.length === 0) {
      entries.save(entry, remembered(entry.text));
    } else {
      log.write('warning', 'privacy', `${entry.name} could not remember that it was applied`);
    }
  };
  const restoreJob = (
    entry: RecipeEntry,
    { input, output, release: named }: RestoreData,
  ): { readonly recipe: Recipe; readonly work: RestoreJob } => {
    const table = entries.resolve(input);
    const last = readReport(reportFiles(table).json);
    const release = named ?? last?.release ?? soundRecipe(entry).release;
    const recipe = recipeOfRelease(soundRecipe(entry), release);
    if (recipe.key && !keys.has(recipe.key.id)) {
      throw restoreKeyMissing(recipe.key.id, release);
    }
    const target = path.resolve(workspace, output);
    const isReported = last && path.basename(last.output.path) === path.basename(table);
    const sha256 = isReported ? last.output.sha256 : undefined;
    return {
      recipe,
      work: { ...job(entry, recipe, table), target, output: nameOf(target), release, sha256 },
    };
  };
  /** The recipe's text with hierarchies in it, or with the paths of those beside it, which are written first. */
  const writeHierarchies = async (
    entry: RecipeEntry,
    recipe: Recipe,
    change: HierarchyChange,
    { signal, report }: PrivacyWork,
  ): Promise<string> => {
    const { text, version } = entry;
    const columns = hierarchiesToWrite(recipe, change);
    const options = { copies, signal: either(signal), report };
    const work = { ...job(entry, recipe), columns };
    const found = columns.length === 0 ? [] : await runJob('hierarchies', work, scratch, options);
    entries.refresh(entry);
    if (!isOfText(entry, version)) {
      throw recipeIsNewer(entry.name);
    }
    const next = withHierarchies({ text, recipe, file: entry.file }, change, found);
    const taken = next.tables.find(({ file }) => fs.existsSync(file));
    if (taken) {
      throw hierarchyFileTaken(nameOf(taken.file));
    }
    for (const { file, csv } of next.tables) {
      writeWhole(file, csv, nameOf(file));
    }
    return next.text;
  };
  /** Whoever lacks a key is told so by a code of its own. */
  const withKey = async <T>(recipe: Recipe, result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      throw recipe.key && hasCode(error, 'privacy.noSuchKey') ? keyMissing(recipe.key.id) : error;
    }
  };
  const synthesis = createSynthesis({
    ...{ scratch, copies, log, keys, runs, entries, open, nameOf },
    inspect: (file, work) => inspections.of(file, work),
    leaving: disposed.signal,
  });

  return {
    onDidChangeRecipe: entries.onDidChange,
    ...synthesis,
    openRecipe: async ({ path: asked }, work) => state(await open(asked, work), work),
    changeRecipe: async ({ recipe: asked, version, change }, work) => {
      const entry = entries.find(asked);
      if (!isOfText(entry, version)) {
        throw recipeIsNewer(entry.name);
      }
      const [problem] = entry.problems;
      if (problem || !entry.recipe) {
        throw recipeHasProblems(entry.name, problem?.message ?? 'it is empty.');
      }
      const inspection = await inspections.of(inputOf(entry, entry.recipe), work);
      // Meanwhile somebody may have changed it.
      entries.refresh(entry);
      if (!isOfText(entry, version)) {
        throw recipeIsNewer(entry.name);
      }
      const { name, text, recipe } = entry;
      const next =
        change.kind === 'hierarchy' || change.kind === 'levels'
          ? await writeHierarchies(entry, recipe, change, work)
          : applyChange(
              { name, text, recipe, folder: path.dirname(entry.file), workspace },
              change,
              inspection,
            );
      entries.save(entry, next);
      return state(entry, work);
    },
    previewRecipe: ({ recipe: asked, rows, searchSeconds }, { signal, report }) =>
      previews.run(async () => {
        const entry = entries.find(asked);
        const recipe = soundRecipe(entry);
        const { version } = entry;
        const options = { copies, signal: either(signal), report };
        const preview = runJob(
          'preview',
          { ...job(entry, recipe), rows, ...(searchSeconds !== undefined && { searchSeconds }) },
          scratch,
          options,
        );
        return { version, ...(await withKey(recipe, preview)) };
      }),
    applyRecipe: (asked, { signal, report }) =>
      writing.run(async () => {
        const begin = performance.now();
        const entry = entries.find(asked.recipe);
        const recipe = soundRecipe(entry);
        const other = asked.input === undefined ? undefined : entries.resolve(asked.input);
        const release = asked.release ?? recipe.release;
        const files = releaseFiles({
          recipe,
          recipeFile: entry.file,
          input: other ?? inputOf(entry, recipe),
          target:
            asked.output === undefined ? outputOf(entry, recipe) : path.resolve(workspace, asked.output),
          overwrite: asked.replace === true,
          nameOf,
        });
        const { target, reports } = files;
        const output = nameOf(target);
        const work = {
          ...job(entry, recipe, other),
          target,
          output,
          overwrite: asked.replace === true,
          release,
          siblings: siblingsOf(entry),
          countsPaths: Object.fromEntries([...files.counts].map(([name, file]) => [name, nameOf(file)])),
        };
        const options = { copies, signal: either(signal), report };
        const result = await withKey(recipe, runJob('apply', work, scratch, options));
        const remembered = (text: string) =>
          releasedText(text, recipe, { ...result, release, isOwn: other === undefined });
        const applied = remembered(work.recipe.text);
        remember(entry, remembered);
        const whole: PrivacyReport = {
          ...result.report,
          recipe: entry.name,
          recipeHash: readRecipe(applied, entry.name).hash,
        };
        writeBeside(files, whole, result.counts, nameOf);
        const milliseconds = Math.round(performance.now() - begin);
        const { rows, suppressedRows, bytes } = result;
        log.write('info', 'privacy', `Applied ${entry.name}`, { rows, suppressedRows, milliseconds });
        return {
          output,
          rows,
          suppressedRows,
          ...(result.found && { search: result.found.search }),
          bytes,
          report: { html: nameOf(reports.html), json: nameOf(reports.json) },
          counts: whole.counts ?? [],
          milliseconds,
        };
      }),
    getReport: async (asked) => {
      const entry = asked.endsWith(reportSuffix) ? undefined : entries.find(asked);
      const { html, json } = reportFiles(
        entry ? outputOf(entry, soundRecipe(entry)) : outputOfReport(entries.resolve(asked)),
      );
      const report = readReport(json);
      if (!report) {
        throw noReport(entry?.name ?? asked);
      }
      return { ...report, files: { html: nameOf(html), json: nameOf(json) } };
    },
    restoreData: (asked, { signal, report }) =>
      writing.run(async () => {
        const entry = entries.find(asked.recipe);
        const { recipe, work } = restoreJob(entry, asked);
        const options = { copies, signal: either(signal), report };
        const restored = await withKey(recipe, runJob('restore', work, scratch, options));
        log.write('info', 'privacy', `Restored with ${entry.name}`, { rows: restored.rows });
        return restored;
      }),
    handKey: ({ id, key }) => {
      const bytes = parseKeyText(key);
      if (!bytes) {
        throw notAKey(`What was handed over as ${id}`);
      }
      const held = new MasterKey(id, bytes);
      keys.set(id, held);
      entries.keyChanged(id);
      return { id, check: held.checkValue };
    },
    forgetKey: (id) => {
      if (keys.delete(id)) {
        entries.keyChanged(id);
      }
      return null;
    },
    dispose: () => {
      disposed.abort();
      entries.dispose();
      copies.dispose();
      keys.clear();
    },
  };
}
