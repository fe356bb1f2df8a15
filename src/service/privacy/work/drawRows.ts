import { createHmac } from 'node:crypto';
import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { Random } from '../statistics/random.ts';
import { type ColumnFate, columnFates, requireLearned } from '../synthesise/columnFates.ts';
import { nothingToLearn, tooFewRows } from '../synthesise/errors.ts';
import { loadSynthesiser } from '../synthesise/load.ts';
import { conditionsOf, rowsMeeting } from '../synthesise/meetConditions.ts';
import { settingsOf } from '../synthesise/settings.ts';
import type { Condition, SynthesisMethod } from '../synthesise/synthesiser.ts';
import { type ColumnKinds, columnKind } from '../tables/columnKind.ts';
import { columnNamed, countCodes, selectRows, splitRows } from '../tables/rows.ts';
import type { JobContext } from './context.ts';
import { checkConstraints, learnedRows } from './learnedRows.ts';
import type { Source } from './source.ts';
import { type TextForm, textForms } from './textForms.ts';
import { drawnColumn, newColumn, type SyntheticColumn } from './writeSynthetic.ts';

export interface DrawOptions {
  readonly method: SynthesisMethod;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** As many as the table has when undefined. */
  readonly rows: number | undefined;
  /** Learns a sample of so many rows of a larger table. */
  readonly most: number;
}

/** Made-up rows, and what is needed to judge them. */
export interface DrawnRows {
  readonly fates: readonly ColumnFate[];
  /** Of the output, in its order. */
  readonly columns: readonly SyntheticColumn[];
  /** The learned columns of the made-up rows. */
  readonly synthetic: EncodedTable;
  readonly train: EncodedTable;
  /** Real rows that the model never saw. */
  readonly holdOut: EncodedTable;
  readonly kinds: ColumnKinds;
  readonly conditions: readonly Condition[];
  /** Of both, the rows that meet the conditions. */
  readonly alike: { readonly train: EncodedTable; readonly holdOut: EncodedTable };
  readonly allRows: number;
  /** Columns of which no value is frequent enough to be learned. */
  readonly merged: readonly string[];
}

/** Of the rows, so many are set aside to test what the model remembers. */
const holdOutShare = 0.2;

/** Learns the columns that may be learned, and draws. Everything that can be refused is refused before the learning. */
export async function drawRows(
  source: Source,
  recipe: Recipe,
  { method, seed, rows, most }: DrawOptions,
  context: JobContext,
): Promise<DrawnRows> {
  const { target, constraints, epochs, rareBelow, conditions: asked } = settingsOf(recipe);
  const fates = columnFates(recipe, source.columns);
  requireLearned(recipe, fates);
  const names = fates.filter(({ fate }) => fate === 'learned').map(({ name }) => name);
  const read = await learnedRows(source, names, most, context);
  const { table, allRows } = read;
  const needed = Math.ceil((2 * rareBelow) / (1 - holdOutShare));
  if (table.rowCount < needed) {
    throw tooFewRows(table.rowCount, needed);
  }
  const nothing = unlearnable(table, rareBelow);
  if (nothing.length === names.length) {
    throw nothingToLearn(rareBelow);
  }
  const kinds = Object.fromEntries(table.columns.map((column) => [column.name, columnKind(column)]));
  const merged = nothing.filter((name) => columnNamed(table, name)!.values.some((value) => value !== null));
  checkConstraints(read, constraints);
  const conditions = conditionsOf(table, asked);
  rowsMeeting(table, conditions, { rareBelow, kinds });
  const [holdOut, train] = splitRows(table, holdOutShare, new Random(partOf(seed, 'hold-out')));
  const meeting = (part: EncodedTable) =>
    conditions.length === 0 ? part : selectRows(part, rowsMeeting(part, conditions, { rareBelow: 0, kinds }));

  const forms = await textForms(source, names, context);
  const synthesiser = await loadSynthesiser(method);
  const { checkCancelled } = context;
  const model = await synthesiser.fit(train, {
    seed: partOf(seed, 'fit'),
    kinds,
    rareBelow,
    constraints,
    checkCancelled,
    ...(target !== undefined && { target }),
    ...(epochs !== undefined && { epochs }),
    progress: (fraction) => context.report({ message: 'Learning the rows', fraction }),
    onEpoch: ({ epoch, losses }) => context.measure?.(epoch, losses),
  });
  const synthetic = await synthesiser.sample(model, rows ?? allRows, {
    seed: partOf(seed, 'sample'),
    conditions,
    checkCancelled,
    progress: (fraction) => context.report({ message: 'Drawing new rows', fraction }),
  });
  return {
    ...{ fates, synthetic, train, holdOut, kinds, conditions, allRows, merged },
    alike: { train: meeting(train), holdOut: meeting(holdOut) },
    columns: outputColumns(source, recipe, fates, { synthetic, seed, forms }),
  };
}

function outputColumns(
  source: Source,
  recipe: Recipe,
  fates: readonly ColumnFate[],
  {
    synthetic,
    seed,
    forms,
  }: {
    readonly synthetic: EncodedTable;
    readonly seed: Uint8Array;
    readonly forms: ReadonlyMap<string, TextForm>;
  },
): SyntheticColumn[] {
  return fates.flatMap(({ name, fate }): SyntheticColumn[] => {
    const { type } = source.columns.find((column) => column.name === name)!;
    if (fate === 'dropped') {
      return [];
    }
    if (fate === 'learned') {
      return [drawnColumn(columnNamed(synthetic, name)!, type, forms.get(name))];
    }
    const options = recipe.columns[name];
    const prefix = options?.method === 'pseudonym' ? options.prefix : '';
    return [newColumn(name, type, partOf(seed, `new ${name}`), prefix)];
  });
}

/** Names without an order of which every one is rare, and columns without a value. */
function unlearnable(table: EncodedTable, rareBelow: number): string[] {
  return table.columns
    .filter((column) => {
      const counts = countCodes(column.codes, column.values.length);
      const isOrdered = columnKind(column) !== 'category';
      return !column.values.some(
        (value, code) => value !== null && (isOrdered || counts[code]! >= rareBelow),
      );
    })
    .map(({ name }) => name);
}

/** Independent of the others, so that a change in one step leaves the next as it is. */
function partOf(seed: Uint8Array, purpose: string): Uint8Array {
  return createHmac('sha256', seed).update(purpose).digest();
}
