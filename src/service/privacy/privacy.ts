import fs from 'node:fs';
import path from 'node:path';
import { Sequence } from '../../base/async.ts';
import { errorShape, hasCode, WorkbenchError } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import { notAKey } from '../../keys/errors.ts';
import { MasterKey, parseKeyText } from '../../keys/masterKey.ts';
import type {
  AppliedRecipe,
  ApplyRecipe,
  ChangeRecipe,
  HandKey,
  KeptReport,
  KeyCheck,
  OpenRecipe,
  PreviewRecipe,
  PrivacyReport,
  RecipePreview,
  RecipeProblem,
  RecipeState,
  RestoreData,
  RestoredData,
} from '../../protocol/privacy.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Log } from '../log.ts';
import { applyChange, relative } from './changeRecipe.ts';
import {
  hierarchyFileTaken,
  keyMissing,
  noReport,
  noSuchRecipe,
  recipeHasProblems,
  recipeIsNewer,
  restoreKeyMissing,
} from './errors.ts';
import { Inspections } from './inspections.ts';
import { runJob } from './jobRunner.ts';
import { proposeRecipe, recipePathOf } from './propose.ts';
import { hierarchyLines } from './recipe/hierarchyLines.ts';
import { readRecipe, recipeSuffix } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { recipeState } from './recipeState.ts';
import {
  outputOfReport,
  readReport,
  releaseFiles,
  reportFiles,
  reportSuffix,
  textOf,
  writeBeside,
  writeWhole,
} from './releaseFiles.ts';
import { drawnColumns, recipeOfRelease, type Sibling } from './releases.ts';
import { createRowCopies } from './rowCopies.ts';
import { createSynthesis, type Synthesis } from './synthesis.ts';
import type { TrackedRuns } from './trackedRuns.ts';
import type { ApplyResult } from './work/apply.ts';
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

/** A recipe as it is known here. */
interface Entry {
  readonly file: string;
  /** Relative to the workspace folder where it is inside it. */
  readonly name: string;
  text: string;
  isSaved: boolean;
  version: number;
  /** The version at which the text became what it is: what was chosen since then was chosen of this text. */
  textVersion: number;
  /** The text is a proposal that nobody has changed. */
  isProposal: boolean;
  /** Files with hierarchies that are watched for it. */
  readonly hierarchies: Set<string>;
  /** The last that could be read. */
  recipe: Recipe | undefined;
  problems: readonly RecipeProblem[];
}

export function createPrivacy({ workspace, scratch, runs, log }: PrivacyOptions): Privacy {
  const changed = new Emitter<{ recipe: string; version: number }>();
  const entries = new Map<string, Entry>();
  const keys = new Map<string, MasterKey>();
  const watchers = new DisposableStore();
  // A table at a time: two would only make both late.
  const writing = new Sequence();
  const previews = new Sequence();
  const disposed = new AbortController();
  const copies = createRowCopies(scratch);

  const resolve = (asked: string) => path.resolve(workspace, asked).replace(/\.dvc$/, '');
  const nameOf = (file: string) => {
    const inside = relative(workspace, file);
    return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? file : inside;
  };
  const either = (signal: AbortSignal) => AbortSignal.any([signal, disposed.signal]);

  /** Its text is the same, and what it is about is not. */
  const tellAgain = (entry: Entry) => {
    entry.version += 1;
    changed.fire({ recipe: entry.name, version: entry.version });
  };
  /** What a recipe says depends on the hierarchies in other files as well. */
  const watchHierarchies = (entry: Entry) => {
    for (const hierarchy of Object.values(entry.recipe?.guarantee?.hierarchies ?? {})) {
      const file = hierarchy.kind === 'file' && path.resolve(path.dirname(entry.file), hierarchy.path);
      if (file && !entry.hierarchies.has(file)) {
        entry.hierarchies.add(file);
        watchers.add(watchFile(file, () => tellAgain(entry)));
      }
    }
  };
  /** Takes the text as the entry's own; tells when it is another one. */
  const take = (entry: Entry, text: string, isSaved: boolean) => {
    if (entry.text === text && entry.isSaved === isSaved) {
      return;
    }
    entry.text = text;
    entry.isSaved = isSaved;
    entry.version += 1;
    entry.textVersion = entry.version;
    entry.isProposal = false;
    readText(entry);
    watchHierarchies(entry);
    changed.fire({ recipe: entry.name, version: entry.version });
  };
  const entryOf = (file: string, text: string, isSaved: boolean): Entry => {
    const known = entries.get(file);
    if (known) {
      take(known, text, isSaved);
      return known;
    }
    const entry: Entry = {
      file,
      name: nameOf(file),
      text,
      isSaved,
      version: 1,
      textVersion: 1,
      isProposal: false,
      hierarchies: new Set(),
      recipe: undefined,
      problems: [],
    };
    readText(entry);
    watchHierarchies(entry);
    entries.set(file, entry);
    watchers.add(watchFile(file, () => refresh(entry)));
    return entry;
  };
  const refresh = (entry: Entry) => {
    const text = textOf(entry.file);
    if (text !== undefined) {
      take(entry, text, true);
    } else if (entry.isSaved) {
      take(entry, entry.text, false);
    }
  };
  /** The recipe of that name as it is now; a draft where nobody has saved it. */
  const find = (asked: string): Entry => {
    const file = resolve(asked);
    const text = textOf(file);
    if (text !== undefined) {
      return entryOf(file, text, true);
    }
    const known = entries.get(file);
    if (!known) {
      throw noSuchRecipe(nameOf(file));
    }
    refresh(known);
    return known;
  };
  /** Of a recipe without a mistake. */
  const sound = (entry: Entry): Recipe => {
    const [problem] = entry.problems;
    if (problem || !entry.recipe) {
      throw new WorkbenchError('privacy.recipeInvalid', problem?.message ?? `${entry.name} is empty.`);
    }
    return entry.recipe;
  };
  const inputOf = ({ file }: Entry, recipe: Recipe) => path.resolve(path.dirname(file), recipe.input.path);
  const outputOf = ({ file }: Entry, recipe: Recipe) => path.resolve(path.dirname(file), recipe.output.path);

  const inspections = new Inspections({
    scratch,
    copies,
    log,
    signal: disposed.signal,
    nameOf,
    completed: (file, inspection) => {
      for (const entry of entries.values()) {
        if (entry.recipe && inputOf(entry, entry.recipe) === file) {
          // What was found in all rows may be something else than in a first look.
          if (inspection && entry.isProposal) {
            take(entry, proposeRecipe(nameOf(file), inspection, today()), false);
            entry.isProposal = true;
          }
          tellAgain(entry);
        }
      }
    },
  });
  const state = async (entry: Entry, work: PrivacyWork): Promise<RecipeState> => {
    const recipe = entry.recipe ?? sound(entry);
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
  const open = async (asked: string, work: PrivacyWork): Promise<Entry> => {
    const file = resolve(asked);
    if (file.endsWith(recipeSuffix)) {
      return find(asked);
    }
    const recipe = recipePathOf(file);
    if (textOf(recipe) !== undefined || entries.has(recipe)) {
      return find(recipe);
    }
    const inspection = await inspections.of(file, work);
    const entry = entryOf(recipe, proposeRecipe(nameOf(file), inspection, today()), false);
    entry.isProposal = true;
    return entry;
  };
  const save = (entry: Entry, text: string) => {
    writeWhole(entry.file, text, entry.name);
    take(entry, text, true);
  };
  const job = (entry: Entry, recipe: Recipe, input = inputOf(entry, recipe)): RecipeJob => {
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
  const remember = (entry: Entry, remembered: (text: string) => string) => {
    refresh(entry);
    if (entry.problems.length === 0) {
      save(entry, remembered(entry.text));
    } else {
      log.write('warning', 'privacy', `${entry.name} could not remember that it was applied`);
    }
  };
  const restoreJob = (
    entry: Entry,
    { input, output, release: named }: RestoreData,
  ): { readonly recipe: Recipe; readonly work: RestoreJob } => {
    const table = resolve(input);
    const last = readReport(reportFiles(table).json);
    const release = named ?? last?.release ?? sound(entry).release;
    const recipe = recipeOfRelease(sound(entry), release);
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
    entry: Entry,
    recipe: Recipe,
    change: HierarchyChange,
    { signal, report }: PrivacyWork,
  ): Promise<string> => {
    const { text, version } = entry;
    const columns = hierarchiesToWrite(recipe, change);
    const options = { copies, signal: either(signal), report };
    const work = { ...job(entry, recipe), columns };
    const found = columns.length === 0 ? [] : await runJob('hierarchies', work, scratch, options);
    refresh(entry);
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
  const tellKeyChange = (id: string) => {
    for (const entry of entries.values()) {
      if (entry.recipe?.key?.id === id) {
        tellAgain(entry);
      }
    }
  };
  /** Whoever lacks a key is told so by a code of its own. */
  const withKey = async <T>(recipe: Recipe, result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      throw recipe.key && hasCode(error, 'privacy.noSuchKey') ? keyMissing(recipe.key.id) : error;
    }
  };
  const synthesis = createSynthesis<Entry>({
    ...{ scratch, copies, log, keys, runs, open, find, sound, save, nameOf, isOfText },
    inspect: (file, work) => inspections.of(file, work),
    leaving: disposed.signal,
  });

  return {
    onDidChangeRecipe: changed.event,
    ...synthesis,
    openRecipe: async ({ path: asked }, work) => state(await open(asked, work), work),
    changeRecipe: async ({ recipe: asked, version, change }, work) => {
      const entry = find(asked);
      if (!isOfText(entry, version)) {
        throw recipeIsNewer(entry.name);
      }
      const [problem] = entry.problems;
      if (problem || !entry.recipe) {
        throw recipeHasProblems(entry.name, problem?.message ?? 'it is empty.');
      }
      const inspection = await inspections.of(inputOf(entry, entry.recipe), work);
      // Meanwhile somebody may have changed it.
      refresh(entry);
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
      save(entry, next);
      return state(entry, work);
    },
    previewRecipe: ({ recipe: asked, rows, searchSeconds }, { signal, report }) =>
      previews.run(async () => {
        const entry = find(asked);
        const recipe = sound(entry);
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
        const entry = find(asked.recipe);
        const recipe = sound(entry);
        const other = asked.input === undefined ? undefined : resolve(asked.input);
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
          textAfter(text, recipe, { ...result, release, isOwn: other === undefined });
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
      const entry = asked.endsWith(reportSuffix) ? undefined : find(asked);
      const { html, json } = reportFiles(
        entry ? outputOf(entry, sound(entry)) : outputOfReport(resolve(asked)),
      );
      const report = readReport(json);
      if (!report) {
        throw noReport(entry?.name ?? asked);
      }
      return { ...report, files: { html: nameOf(html), json: nameOf(json) } };
    },
    restoreData: (asked, { signal, report }) =>
      writing.run(async () => {
        const entry = find(asked.recipe);
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
      tellKeyChange(id);
      return { id, check: held.checkValue };
    },
    forgetKey: (id) => {
      if (keys.delete(id)) {
        tellKeyChange(id);
      }
      return null;
    },
    dispose: () => {
      disposed.abort();
      watchers.dispose();
      copies.dispose();
      keys.clear();
    },
  };
}

/** News of the table or of a key is no other text. */
function isOfText({ version, textVersion }: Entry, seen: number): boolean {
  return seen >= textVersion && seen <= version;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function readText(entry: Entry): void {
  try {
    entry.recipe = readRecipe(entry.text, entry.name).recipe;
    entry.problems = [];
  } catch (error) {
    entry.problems = [problemOf(error, entry.text)];
  }
}

function problemOf(error: unknown, text: string): RecipeProblem {
  const { message, range } = errorShape(error);
  if (!range) {
    return { message };
  }
  const lines = text.slice(0, range.start).split('\n');
  return { message, line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** What is written down when a recipe is applied: of which table, with which key, and what types there were. */
function textAfter(
  text: string,
  recipe: Recipe,
  result: ApplyResult & { readonly release: string; readonly isOwn: boolean },
): string {
  const { key, guarantee, releases } = recipe;
  const { inputSha256: sha256, inputRows: rows, checkValue: check, written, release, isOwn } = result;
  const usedKey = key && check !== undefined ? { key: { id: key.id, check } } : {};
  const styles = Object.keys(written).length > 0 ? { written } : {};
  const spent = spentMembers(result.spending);
  // The table that got the noise of a release is remembered, whatever is made of others without noise.
  const hasNoise = drawnColumns(recipe).length > 0 || releases?.[release]?.key === undefined;
  const table = hasNoise ? { sha256, rows } : {};
  const made = { releases: { [release]: { ...table, ...usedKey, ...spent, ...styles } } };
  if (!isOwn) {
    // Another table that may join is no reason to forget the first; what was told about its people counts.
    return changedRecipeText(text, releases?.[release] ? { releases: { [release]: spent } } : made);
  }
  const { found } = result;
  // What was kept stands in levels already.
  const searched = guarantee && { found: found && { levels: found.levels, optimal: found.search.optimal } };
  return changedRecipeText(text, {
    release,
    ...(searched && { guarantee: searched }),
    ...(check !== undefined && { key: { check } }),
    input: { sha256, rows },
    columns: Object.fromEntries(Object.entries(result.types).map(([name, type]) => [name, { type }])),
    ...made,
  });
}

/** What is not differentially private leaves what was spent before as it is. */
function spentMembers(spending: ApplyResult['spending']) {
  if (!spending) {
    return {};
  }
  const { epsilon, delta, answers } = spending;
  return { epsilon, delta, ...(answers.length > 0 && { answers }) };
}

/** Other recipes in its folder that can be read. */
function siblingsOf({ file }: Entry): readonly Sibling[] {
  const folder = path.dirname(file);
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(recipeSuffix) && name !== path.basename(file))
    .flatMap((name) => {
      try {
        return [{ name, recipe: readRecipe(textOf(path.join(folder, name)) ?? '', name).recipe }];
      } catch {
        return [];
      }
    });
}

/** Watches the folder, because editors put a new file in the place of the old one. */
function watchFile(file: string, notice: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = fs.watch(path.dirname(file), (_, name) => {
      if (name === null || name === path.basename(file)) {
        clearTimeout(timer);
        timer = setTimeout(notice, 30);
      }
    });
    watcher.on('error', () => undefined);
    return toDisposable(() => {
      clearTimeout(timer);
      watcher.close();
    });
  } catch {
    // Where a folder cannot be watched the recipe is still read anew with every request.
    return toDisposable(() => undefined);
  }
}
