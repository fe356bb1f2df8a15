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
  cannotWriteRecipe,
  keyMissing,
  noReport,
  noSuchRecipe,
  outputExists,
  recipeHasProblems,
  recipeIsNewer,
} from './errors.ts';
import { runJob } from './jobRunner.ts';
import { proposeRecipe, recipePathOf } from './propose.ts';
import { readRecipe, recipeSuffix } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { recipeState } from './recipeState.ts';
import { htmlReport } from './report/html.ts';
import { createSynthesis, type Synthesis } from './synthesis.ts';
import type { TrackedRuns } from './trackedRuns.ts';
import type { ApplyResult } from './work/apply.ts';
import type { Inspection } from './work/inspect.ts';
import type { RecipeJob } from './work/preview.ts';

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
  /** The last that could be read. */
  recipe: Recipe | undefined;
  problems: readonly RecipeProblem[];
}

export function createPrivacy({ workspace, scratch, runs, log }: PrivacyOptions): Privacy {
  const changed = new Emitter<{ recipe: string; version: number }>();
  const entries = new Map<string, Entry>();
  const keys = new Map<string, MasterKey>();
  const inspections = new Map<string, { readonly stamp: string; readonly result: Promise<Inspection> }>();
  const watchers = new DisposableStore();
  // A table at a time: two would only make both late.
  const writing = new Sequence();
  const previews = new Sequence();
  const disposed = new AbortController();

  const resolve = (asked: string) => path.resolve(workspace, asked).replace(/\.dvc$/, '');
  const nameOf = (file: string) => {
    const inside = relative(workspace, file);
    return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? file : inside;
  };
  const either = (signal: AbortSignal) => AbortSignal.any([signal, disposed.signal]);

  /** Takes the text as the entry's own; tells when it is another one. */
  const take = (entry: Entry, text: string, isSaved: boolean) => {
    if (entry.text === text && entry.isSaved === isSaved) {
      return;
    }
    entry.text = text;
    entry.isSaved = isSaved;
    entry.version += 1;
    readText(entry);
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
      recipe: undefined,
      problems: [],
    };
    readText(entry);
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

  const inspect = (file: string, { signal, report }: PrivacyWork): Promise<Inspection> => {
    const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
    const stamp = stat ? `${stat.mtimeNs} ${stat.size} ${stat.ino}` : '';
    const known = inspections.get(file);
    if (known?.stamp === stamp) {
      return known.result;
    }
    const result = runJob('inspect', { file, name: nameOf(file) }, scratch, {
      signal: either(signal),
      report,
    });
    inspections.set(file, { stamp, result });
    result.catch(() => inspections.delete(file));
    return result;
  };
  const state = async (entry: Entry, work: PrivacyWork): Promise<RecipeState> => {
    const recipe = entry.recipe ?? sound(entry);
    const input = inputOf(entry, recipe);
    return recipeState({
      recipe,
      inspection: await inspect(input, work),
      keys,
      folder: path.dirname(entry.file),
      textProblems: entry.problems,
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
    const inspection = await inspect(file, work);
    return entryOf(recipe, proposeRecipe(file, inspection, new Date().toISOString().slice(0, 10)), false);
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
  const tellKeyChange = (id: string) => {
    for (const entry of entries.values()) {
      if (entry.recipe?.key?.id === id) {
        entry.version += 1;
        changed.fire({ recipe: entry.name, version: entry.version });
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
  const writeReport = (target: string, report: PrivacyReport) => {
    const { html, json } = reportFiles(target);
    const htmlText = htmlReport(report);
    writeWhole(json, `${JSON.stringify(report, null, 2)}\n`, nameOf(json));
    writeWhole(html, htmlText, nameOf(html));
    return { html: nameOf(html), json: nameOf(json), htmlText };
  };
  const synthesis = createSynthesis<Entry>({
    ...{ scratch, log, keys, runs, open, find, sound, save, inspect, nameOf, writeReport },
    leaving: disposed.signal,
    hasReport: (target) => fs.existsSync(reportFiles(target).json),
  });

  return {
    onDidChangeRecipe: changed.event,
    ...synthesis,
    openRecipe: async ({ path: asked }, work) => state(await open(asked, work), work),
    changeRecipe: async ({ recipe: asked, version, change }, work) => {
      const entry = find(asked);
      if (entry.version !== version) {
        throw recipeIsNewer(entry.name);
      }
      const [problem] = entry.problems;
      if (problem || !entry.recipe) {
        throw recipeHasProblems(entry.name, problem?.message ?? 'it is empty.');
      }
      const inspection = await inspect(inputOf(entry, entry.recipe), work);
      // Meanwhile somebody may have changed it.
      refresh(entry);
      if (entry.version !== version) {
        throw recipeIsNewer(entry.name);
      }
      const { name, text, recipe } = entry;
      const next = applyChange(
        { name, text, recipe, folder: path.dirname(entry.file), workspace },
        change,
        inspection,
      );
      save(entry, next);
      return state(entry, work);
    },
    previewRecipe: ({ recipe: asked, rows }, { signal, report }) =>
      previews.run(async () => {
        const entry = find(asked);
        const recipe = sound(entry);
        const { version } = entry;
        const options = { signal: either(signal), report };
        const preview = runJob('preview', { ...job(entry, recipe), rows }, scratch, options);
        return { version, ...(await withKey(recipe, preview)) };
      }),
    applyRecipe: (asked, { signal, report }) =>
      writing.run(async () => {
        const begin = performance.now();
        const entry = find(asked.recipe);
        const recipe = sound(entry);
        const input = asked.input === undefined ? undefined : resolve(asked.input);
        const target =
          asked.output === undefined ? outputOf(entry, recipe) : path.resolve(workspace, asked.output);
        const overwrite = asked.replace === true;
        if (overwrite && fs.existsSync(target) && !fs.existsSync(reportFiles(target).json)) {
          throw outputExists(nameOf(target));
        }
        const output = nameOf(target);
        const options = { signal: either(signal), report };
        const work = { ...job(entry, recipe, input), target, output, overwrite };
        const result = await withKey(recipe, runJob('apply', work, scratch, options));
        if (asked.input === undefined) {
          save(entry, textAfter(entry.text, result));
        }
        const whole: PrivacyReport = {
          ...result.report,
          recipeHash: readRecipe(entry.text, entry.name).hash,
        };
        const { html, json } = writeReport(target, whole);
        const milliseconds = Math.round(performance.now() - begin);
        const { rows, suppressedRows, bytes } = result;
        log.write('info', 'privacy', `Applied ${entry.name}`, { rows, suppressedRows, milliseconds });
        return {
          output,
          rows,
          suppressedRows,
          bytes,
          report: { html, json },
          milliseconds,
        };
      }),
    getReport: async (asked) => {
      const entry = asked.endsWith(reportSuffix) ? undefined : find(asked);
      const { html, json } = entry
        ? reportFiles(outputOf(entry, sound(entry)))
        : reportsOf(resolve(asked).slice(0, -reportSuffix.length));
      const text = textOf(json);
      if (text === undefined) {
        throw noReport(entry?.name ?? asked);
      }
      const report = JSON.parse(text) as PrivacyReport;
      return { ...report, files: { html: nameOf(html), json: nameOf(json) } };
    },
    restoreData: ({ recipe: asked, input, output }, { signal, report }) =>
      writing.run(async () => {
        const entry = find(asked);
        const recipe = sound(entry);
        const target = path.resolve(workspace, output);
        const options = { signal: either(signal), report };
        const work = { ...job(entry, recipe, resolve(input)), target, output: nameOf(target) };
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
      keys.clear();
    },
  };
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

/** What is written down when a recipe is first applied: of which input, with which key, and what types there were. */
function textAfter(text: string, result: ApplyResult): string {
  return changedRecipeText(text, {
    ...(result.checkValue !== undefined && { key: { check: result.checkValue } }),
    input: { sha256: result.inputSha256, rows: result.inputRows },
    columns: Object.fromEntries(Object.entries(result.types).map(([name, type]) => [name, { type }])),
  });
}

const reportSuffix = '.privacy.json';

/** Beside the output. */
function reportFiles(output: string): { readonly html: string; readonly json: string } {
  return reportsOf(output.slice(0, output.length - path.extname(output).length));
}

function reportsOf(stem: string): { readonly html: string; readonly json: string } {
  return { html: `${stem}.privacy.html`, json: `${stem}${reportSuffix}` };
}

function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function writeWhole(file: string, text: string, name: string): void {
  const beside = `${file}.mlops-${process.pid}`;
  try {
    fs.writeFileSync(beside, text);
    fs.renameSync(beside, file);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw cannotWriteRecipe(name, error);
  }
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
