import type { DataValue } from '../../../protocol/data.ts';
import type { PrivacyReport, SyntheticReport } from '../../../protocol/privacyReport.ts';
import type { SynthesisFate, SynthesisPreview } from '../../../protocol/synthesis.ts';
import { refuseTarget } from '../../data/writeTable.ts';
import { readRecipe } from '../recipe/readRecipe.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { protocolRoles } from '../roles.ts';
import { Random } from '../statistics/random.ts';
import { assessSynthetic } from '../synthesise/assess.ts';
import type { ColumnFate } from '../synthesise/columnFates.ts';
import { describeCondition } from '../synthesise/copula/conditions.ts';
import { mostLearned, settingsOf } from '../synthesise/settings.ts';
import type { Condition } from '../synthesise/synthesiser.ts';
import { methodTitles, notGuaranteedOfSynthetic, summariseSynthetic } from '../synthesise/syntheticWords.ts';
import { targetOf } from '../synthesise/target.ts';
import { hashesOf, hashesOfInput } from './apply.ts';
import type { JobContext } from './context.ts';
import { type DrawnRows, drawRows } from './drawRows.ts';
import { type RecipeJob, typesOf } from './preview.ts';
import { openSource } from './source.ts';
import { writeSynthetic } from './writeSynthetic.ts';

export interface SynthesiseJob extends Omit<RecipeJob, 'keys'> {
  /** 32 bytes in hexadecimal digits: as secret as the key that they were made from. */
  readonly seed: string;
  /** Absolute. */
  readonly target: string;
  /** As a person knows it. */
  readonly output: string;
  readonly overwrite: boolean;
}

export interface SynthesiseResult {
  readonly rows: number;
  readonly bytes: number;
  readonly report: PrivacyReport;
  readonly findings: readonly string[];
  /** For the run, by the name of the metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Learns a table and writes made-up rows, all or nothing: everything that can fail comes before the output gets its name. */
export async function synthesiseTable(job: SynthesiseJob, asked: JobContext): Promise<SynthesiseResult> {
  const context = ofTheWhole(asked);
  const { recipe, hash } = readRecipe(job.recipe.text, job.recipe.name);
  const settings = settingsOf(recipe);
  refuseTarget(job, { target: job.target, targetName: job.output, overwrite: job.overwrite });
  const source = await openSource(job.file, job.name, typesOf(recipe.columns), context);
  try {
    const { method, rows } = settings;
    const seed = Buffer.from(job.seed, 'hex');
    const drawn = await drawRows(source, recipe, { method, seed, rows, most: mostLearned }, context);
    const assessment = assessSynthetic({
      ...drawn,
      target: settings.target ?? targetOf(drawn.train, recipe),
      // What is measured does not depend on the key, so that figures of two releases can be compared.
      random: new Random(Buffer.from(hash, 'hex')),
      checkCancelled: context.checkCancelled,
      progress: (fraction) => context.report({ message: 'Testing what it remembers, and its use', fraction }),
    });
    const inputHashes = await hashesOfInput(job.file, context);
    let outputHashes: typeof inputHashes | undefined;
    context.report({ message: 'Writing the output' });
    const written = await writeSynthetic(source, drawn.columns, drawn.synthetic.rowCount, {
      target: job.target,
      targetName: job.output,
      overwrite: job.overwrite,
      signal: context.signal,
      onProgress: (fraction) => context.report({ message: 'Writing the output', fraction }),
      verify: async (draft) => {
        outputHashes = await hashesOf(draft, context.signal);
      },
    });
    const input = { path: job.name, rows: drawn.allRows, ...inputHashes };
    const output = { path: job.output, rows: written.rows, ...outputHashes! };
    const { findings, memorisation, quality, metrics } = assessment;
    const synthetic: SyntheticReport = { method: methodTitles[method], memorisation, quality };
    const told = {
      ...{ method, input, output, fates: drawn.fates, findings },
      ...{ learnedRows: drawn.train.rowCount, holdOutRows: drawn.holdOut.rowCount },
      ...{
        rareBelow: settings.rareBelow,
        merged: drawn.merged,
        conditions: drawn.conditions.map(conditionWords),
      },
    };
    return {
      ...written,
      findings,
      metrics,
      report: {
        ...{ time: Date.now(), input, output, recipeHash: hash, synthetic },
        ...{ recipe: job.recipe.name, release: recipe.release },
        summary: summariseSynthetic(told),
        notGuaranteed: notGuaranteedOfSynthetic(),
        columns: drawn.fates.map((fate) => reportColumn(fate, recipe)),
        ...{ risk: [], attacks: [], utility: [] },
      },
    };
  } finally {
    source.table.dispose();
  }
}

/** Which part of the whole a step is, by what it says; the learning is most of it. */
const steps: Readonly<Record<string, readonly [from: number, to: number]>> = {
  'Reading the rows': [0, 0.1],
  'Learning the rows': [0.1, 0.8],
  'Drawing new rows': [0.8, 0.87],
  'Testing what it remembers, and its use': [0.87, 0.97],
  'Writing the output': [0.97, 1],
};

function ofTheWhole(context: JobContext): JobContext {
  return {
    ...context,
    report: ({ message, fraction = 0 }) => {
      const step = steps[message];
      context.report(step ? { message, fraction: step[0] + fraction * (step[1] - step[0]) } : { message });
    },
  };
}

export interface SynthesisPreviewJob extends Omit<RecipeJob, 'keys'> {
  readonly rows: number;
}

const sampledForPreview = 3000;

/** What rows would look like: of a copula that has learned a sample, whatever the method. */
export async function previewSynthesis(
  job: SynthesisPreviewJob,
  context: JobContext,
): Promise<SynthesisPreview> {
  const { recipe, hash } = readRecipe(job.recipe.text, job.recipe.name);
  const source = await openSource(job.file, job.name, typesOf(recipe.columns), context);
  try {
    const { columns }: DrawnRows = await drawRows(
      source,
      recipe,
      { method: 'copula', seed: Buffer.from(hash, 'hex'), rows: job.rows, most: sampledForPreview },
      context,
    );
    return {
      columns: columns.map(({ name }) => name),
      rows: Array.from({ length: job.rows }, (_, row) =>
        columns.map((column) => column.cell(row) as DataValue),
      ),
    };
  } finally {
    source.table.dispose();
  }
}

const fateWords: Readonly<Record<SynthesisFate, string>> = {
  learned: 'Learned',
  dropped: 'Left out',
  new: 'Made anew',
};

function reportColumn(
  { name, fate, sentence }: ColumnFate,
  recipe: Recipe,
): PrivacyReport['columns'][number] {
  const { role = 'other' } = recipe.columns[name] ?? {};
  const limit =
    fate === 'learned'
      ? 'What it is like, and how it goes with other columns, shows in the synthetic rows.'
      : 'Nothing of it is in the output.';
  return { name, role: protocolRoles[role], method: fateWords[fate], sentence, limit };
}

function conditionWords(condition: Condition): string {
  return `${condition.column} ${'value' in condition ? '=' : 'from'} ${describeCondition(condition)}`;
}
