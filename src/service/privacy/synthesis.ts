import fs from 'node:fs';
import path from 'node:path';
import { deferred } from '../../base/async.ts';
import { cancelled, errorShape, hasCode } from '../../base/errors.ts';
import { Emitter } from '../../base/event.ts';
import { formatBytes, formatDuration, plural } from '../../base/format.ts';
import type { KeyRing } from '../../keys/masterKey.ts';
import type { RecipeProblem } from '../../protocol/privacy.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type {
  AskSynthesis,
  ChangeSynthesis,
  PreviewSynthesis,
  StartedSynthesis,
  StartSynthesis,
  SynthesisColumn,
  SynthesisEstimate,
  SynthesisedTable,
  SynthesisPreview,
  SynthesisState,
} from '../../protocol/synthesis.ts';
import { refuseTarget } from '../data/writeTable.ts';
import type { Log } from '../log.ts';
import { noSuchSynthesis, outputExists, recipeHasProblems, recipeIsNewer } from './errors.ts';
import { type JobOptions, runJob } from './jobRunner.ts';
import { columnTypeOf } from './methods/columnType.ts';
import { readRecipe } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { refuseInput, reportFiles, writeBeside } from './releaseFiles.ts';
import type { RowCopies } from './rowCopies.ts';
import { estimateOf } from './synthesisEstimate.ts';
import { columnFates, requireLearned } from './synthesise/columnFates.ts';
import { tooFewRows } from './synthesise/errors.ts';
import { settingsOf } from './synthesise/settings.ts';
import {
  choicesOf,
  keyStateOf,
  seedKind,
  seedOf,
  syntheticPathOf,
  textWithChoices,
} from './synthesisSection.ts';
import type { TrackedRun, TrackedRuns } from './trackedRuns.ts';
import type { Inspection } from './work/inspect.ts';

/** A recipe as this needs it. */
export interface SynthesisEntry {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly isSaved: boolean;
  readonly version: number;
  readonly recipe: Recipe | undefined;
  readonly problems: readonly RecipeProblem[];
}

export interface SynthesisWork {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** What all work on recipes shares. */
export interface SynthesisOptions<Entry extends SynthesisEntry = SynthesisEntry> {
  readonly scratch: string;
  readonly copies: RowCopies;
  readonly log: Log;
  readonly keys: KeyRing;
  readonly runs: TrackedRuns;
  /** Aborted when the service leaves. */
  readonly leaving: AbortSignal;
  open(asked: string, work: SynthesisWork): Promise<Entry>;
  find(asked: string): Entry;
  /** Of a recipe without a mistake. */
  sound(entry: Entry): Recipe;
  save(entry: Entry, text: string): void;
  inspect(file: string, work: SynthesisWork): Promise<Inspection>;
  nameOf(file: string): string;
  /** A choice that was made of this version is of the text as it is. */
  isOfText(entry: Entry, version: number): boolean;
}

export interface Synthesis {
  openSynthesis(asked: { path: string }, work: SynthesisWork): Promise<SynthesisState>;
  changeSynthesis(asked: ChangeSynthesis, work: SynthesisWork): Promise<SynthesisState>;
  estimateSynthesis(asked: AskSynthesis, work: SynthesisWork): Promise<SynthesisEstimate>;
  previewSynthesis(asked: PreviewSynthesis, work: SynthesisWork): Promise<SynthesisPreview>;
  startSynthesis(asked: StartSynthesis, work: SynthesisWork): Promise<StartedSynthesis>;
  followSynthesis(asked: { run: string }, work: SynthesisWork): Promise<SynthesisedTable>;
}

/** One that was started: until it ends, and some time after, for those who ask how it ended. */
interface Live {
  readonly started: StartedSynthesis;
  readonly result: Promise<SynthesisedTable>;
  readonly onProgress: Emitter<Progress>;
  /** Of the recipe that it was started with. */
  readonly text: string;
  progress: Progress;
  isOver: boolean;
  outcome: SynthesisedTable | null;
}

const remembered = 50;
/** So many distinct values of a column are offered for conditions. */
const offeredValues = 30;

/** Synthetic tables: what a recipe asks for, how long it would take, and the runs that are at work. */
export function createSynthesis<Entry extends SynthesisEntry>(options: SynthesisOptions<Entry>): Synthesis {
  const { scratch, copies, log, keys, runs, leaving, nameOf } = options;
  const lives = new Map<string, Live>();
  const either = (signal: AbortSignal) => AbortSignal.any([signal, leaving]);
  const inputOf = ({ file }: Entry, recipe: Recipe) => path.resolve(path.dirname(file), recipe.input.path);
  const outputOf = (entry: Entry, recipe: Recipe) => {
    const { output } = settingsOf(recipe);
    return output === undefined
      ? syntheticPathOf(inputOf(entry, recipe))
      : path.resolve(path.dirname(entry.file), output);
  };
  /** As for an application: never the input, and only what a synthesis wrote is replaced. */
  const refuseOutput = (input: string, target: string, overwrite: boolean) => {
    refuseInput({ input, target, nameOf });
    refuseTarget({ file: input }, { target, targetName: nameOf(target), overwrite });
    if (overwrite && fs.existsSync(target) && !fs.existsSync(reportFiles(target).json)) {
      throw outputExists(nameOf(target));
    }
  };
  const runningOn = (output: string) =>
    [...lives.values()].find(({ isOver, started }) => !isOver && started.output === output);

  const state = async (entry: Entry, work: SynthesisWork): Promise<SynthesisState> => {
    const recipe = entry.recipe ?? options.sound(entry);
    const input = inputOf(entry, recipe);
    const inspection = await options.inspect(input, work);
    const output = nameOf(outputOf(entry, recipe));
    const { columns, problem } = columnsOf(recipe, inspection);
    return {
      ...{ recipe: entry.name, saved: entry.isSaved, version: entry.version, output, columns },
      input: { path: nameOf(input), rows: inspection.rows, bytes: inspection.bytes },
      choices: choicesOf(recipe),
      key: keyStateOf(recipe, keys),
      seed: seedKind(recipe, keys),
      problems: entry.problems.length > 0 ? entry.problems : problem ? [problem] : [],
      running: runningOn(output)?.started ?? null,
      last: [...lives.values()].findLast((live) => live.outcome && live.text === entry.text)?.outcome ?? null,
    };
  };
  /** As it would be with other choices; nothing is written. */
  const asked = ({ recipe: name, choices }: AskSynthesis) => {
    const entry = options.find(name);
    const recipe = options.sound(entry);
    if (!choices) {
      return { entry, recipe, text: entry.text };
    }
    const text = textWithChoices(entry.text, choices);
    return { entry, recipe: readRecipe(text, entry.name).recipe, text };
  };
  const jobOf = (entry: Entry, recipe: Recipe, text: string) => ({
    recipe: { text, name: entry.name, folder: path.dirname(entry.file) },
    file: inputOf(entry, recipe),
    name: nameOf(inputOf(entry, recipe)),
  });

  return {
    openSynthesis: async ({ path: file }, work) => state(await options.open(file, work), work),
    changeSynthesis: async ({ recipe: name, version, choices }, work) => {
      const entry = options.find(name);
      if (!options.isOfText(entry, version)) {
        throw recipeIsNewer(entry.name);
      }
      const [problem] = entry.problems;
      if (problem) {
        throw recipeHasProblems(entry.name, problem.message);
      }
      const text = textWithChoices(entry.text, choices);
      readRecipe(text, entry.name);
      options.save(entry, text);
      return state(entry, work);
    },
    estimateSynthesis: async (ask, work) => {
      const { entry, recipe } = asked(ask);
      const inspection = await options.inspect(inputOf(entry, recipe), work);
      return estimateOf(recipe, inspection, (input) =>
        runJob('estimateSynthesis', { ...input, file: inputOf(entry, recipe) }, scratch, {
          ...{ copies, signal: either(work.signal), report: work.report },
        }),
      );
    },
    previewSynthesis: ({ rows, ...ask }, { signal, report }) => {
      const { entry, recipe, text } = asked(ask);
      const job = { ...jobOf(entry, recipe, text), rows: Math.min(Math.max(1, Math.trunc(rows)), 100) };
      return runJob('previewSynthesis', job, scratch, { copies, signal: either(signal), report });
    },
    startSynthesis: async ({ recipe: name, replace = false }, work) => {
      const entry = options.find(name);
      const recipe = options.sound(entry);
      const target = outputOf(entry, recipe);
      const output = nameOf(target);
      const known = runningOn(output);
      if (known) {
        return known.started;
      }
      const input = inputOf(entry, recipe);
      const inspection = await options.inspect(input, work);
      refuseSmall(recipe, inspection);
      const fates = columnFates(recipe, inspection.columns);
      requireLearned(recipe, fates);
      refuseOutput(input, target, replace);
      const { seed, check } = seedOf(recipe, keys);
      if (check !== undefined || !entry.isSaved) {
        options.save(
          entry,
          check === undefined ? entry.text : changedRecipeText(entry.text, { key: { check } }),
        );
      }
      const abort = new AbortController();
      const learned = fates.filter(({ fate }) => fate === 'learned').map(({ name: column }) => column);
      const experiment = `Synthesise ${path.basename(input)}`;
      const run = runs.begin({
        experiment,
        command: ['mlops', 'anonymise', 'synthesise', entry.name],
        script: entry.name,
        parameters: parametersOf(entry, recipe, keys, learned, {
          input: nameOf(input),
          rows: `${inspection.isEstimate ? 'about ' : ''}${inspection.rows}`,
          output,
        }),
        stop: () => abort.abort(),
      });
      const started = { run: run.id, name: run.name, experiment, output };
      const { promise, resolve, reject } = deferred<SynthesisedTable>();
      promise.catch(() => undefined);
      const live: Live = {
        ...{ started, result: promise, onProgress: new Emitter<Progress>(), text: entry.text },
        progress: { message: 'Starting' },
        isOver: false,
        outcome: null,
      };
      keep(lives, live);
      const job = {
        ...jobOf(entry, recipe, entry.text),
        ...{ seed: Buffer.from(seed).toString('hex'), target, output, overwrite: replace },
      };
      void synthesise(job, live, run, { signal: either(abort.signal) })
        .then((table) => {
          live.outcome = table;
          resolve(table);
        }, reject)
        .finally(() => {
          live.isOver = true;
        });
      return started;
    },
    followSynthesis: async ({ run }, { signal, report }) => {
      const live = lives.get(run);
      if (!live) {
        throw noSuchSynthesis(run);
      }
      report(live.progress);
      const heard = live.onProgress.event(report);
      const gone = deferred<never>();
      const leave = () => gone.reject(cancelled());
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([live.result, gone.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
        heard.dispose();
      }
    },
  };

  async function synthesise(
    job: Parameters<typeof runJob<'synthesise'>>[1],
    live: Live,
    run: TrackedRun,
    { signal }: Pick<JobOptions, 'signal'>,
  ): Promise<SynthesisedTable> {
    const begin = performance.now();
    let said = '';
    try {
      const result = await runJob('synthesise', job, scratch, {
        copies,
        signal,
        report: (progress) => {
          live.progress = progress;
          live.onProgress.fire(progress);
          if (progress.message !== said) {
            said = progress.message;
            run.say(`${formatDuration(performance.now() - begin)}  ${said}`);
          }
        },
        measure: (epoch, losses) => {
          run.logMetrics(losses, epoch);
          run.say(
            `epoch ${epoch}  ${Object.entries(losses)
              .map(([key, value]) => `${key} ${value.toFixed(4)}`)
              .join('  ')}`,
          );
        },
      });
      const reports = reportFiles(job.target);
      writeBeside({ reports, counts: new Map() }, result.report, [], nameOf);
      const milliseconds = Math.round(performance.now() - begin);
      run.logMetrics({ ...result.metrics, seconds: milliseconds / 1000 }, 0);
      const headline = ['quality/f1_synthetic', 'quality/pairs', 'quality/shapes'].find(
        (metric) => metric in result.metrics,
      );
      if (headline !== undefined) {
        run.showFirst(headline);
      }
      run.keepArtifact('privacy-report.html', fs.readFileSync(reports.html, 'utf8'));
      run.keepArtifact('privacy-report.json', `${JSON.stringify(result.report, null, 2)}\n`);
      run.keepArtifact('recipe.anonymise.yaml', job.recipe.text);
      for (const finding of result.findings) {
        run.say(finding);
      }
      run.say(`Wrote ${job.output}: ${plural(result.rows, 'row')} (${formatBytes(result.bytes)}).`);
      run.end({ status: 'FINISHED' });
      const { rows, bytes, findings } = result;
      log.write('info', 'privacy', `Synthesised ${job.output}`, { rows, milliseconds });
      return {
        ...live.started,
        rows,
        bytes,
        findings,
        milliseconds,
        report: { html: nameOf(reports.html), json: nameOf(reports.json) },
      };
    } catch (error) {
      if (signal.aborted || hasCode(error, cancelled().code)) {
        run.say('Stopped. Nothing was written.');
        run.end({ status: 'KILLED' });
      } else {
        const { message } = errorShape(error);
        run.say(message);
        run.end({ status: 'FAILED', failure: message });
      }
      throw error;
    }
  }
}

/** Before anything is read, where all rows were counted. */
function refuseSmall(recipe: Recipe, { rows, isEstimate }: Inspection): void {
  const needed = 2 * settingsOf(recipe).rareBelow;
  if (!isEstimate && rows < needed) {
    throw tooFewRows(rows, needed);
  }
}

/** The oldest that are over are forgotten. */
function keep(lives: Map<string, Live>, live: Live): void {
  for (const [run, { isOver }] of lives) {
    if (lives.size >= remembered && isOver) {
      lives.delete(run);
    }
  }
  lives.set(live.started.run, live);
}

function columnsOf(
  recipe: Recipe,
  { columns }: Inspection,
): { readonly columns: readonly SynthesisColumn[]; readonly problem: RecipeProblem | undefined } {
  try {
    const fates = columnFates(recipe, columns);
    const { rareBelow } = settingsOf(recipe);
    const described = columns.map(({ type, frequent }, at): SynthesisColumn => {
      const { kind } = columnTypeOf(type);
      return {
        ...fates[at]!,
        ordered: ['integer', 'double', 'decimal', 'date', 'timestamp'].includes(kind),
        values: frequent
          .filter(({ value, count }) => value !== null && count >= rareBelow)
          .slice(0, offeredValues)
          .map(({ value }) => String(value)),
      };
    });
    return { columns: described, problem: problemOf(() => requireLearned(recipe, fates)) };
  } catch (error) {
    return { columns: [], problem: { message: errorShape(error).message } };
  }
}

function problemOf(check: () => void): RecipeProblem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return { message: errorShape(error).message };
  }
}

function parametersOf(
  entry: SynthesisEntry,
  recipe: Recipe,
  keys: KeyRing,
  learned: readonly string[],
  { input, rows, output }: { readonly input: string; readonly rows: string; readonly output: string },
): Record<string, string> {
  const { method, rows: asked, epochs, target, rareBelow, constraints, conditions } = settingsOf(recipe);
  const seed = seedKind(recipe, keys);
  return {
    method,
    rows: asked === undefined ? rows : String(asked),
    ...(epochs !== undefined && { epochs: String(epochs) }),
    ...(target !== undefined && { target }),
    columns: String(learned.length),
    learned: learned.join(', ').slice(0, 500),
    rare_below: String(rareBelow),
    ...(constraints.length > 0 && { constraints: JSON.stringify(constraints).slice(0, 500) }),
    ...(conditions.length > 0 && { conditions: JSON.stringify(conditions).slice(0, 500) }),
    seed:
      seed === 'key'
        ? `from the key ${recipe.key!.id}`
        : seed === 'stated'
          ? 'stated in the recipe'
          : 'by chance',
    input,
    input_rows: rows,
    output,
    recipe: entry.name,
    recipe_hash: readRecipe(entry.text, entry.name).hash,
  };
}
