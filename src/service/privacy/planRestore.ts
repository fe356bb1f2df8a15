import { columnTypeOf, greatestOf } from './methods/columnType.ts';
import { dateShift } from './methods/dateShift.ts';
import { methodDescriptions } from './methods/descriptions.ts';
import { formatPreserving } from './methods/formatPreserving.ts';
import { needsRowOrder } from './plan.ts';
import { cells } from './planColumn.ts';
import { PlanContext, type PlanOptions } from './planContext.ts';
import { nothingToRestore } from './planErrors.ts';
import { planNoise } from './planNoise.ts';
import type { BatchColumn, RestorePlan, TableColumn } from './planTypes.ts';
import type { ColumnWith, RecipeColumn } from './recipe/columnSchema.ts';
import { type Identity, identityInOutput } from './rowIdentity.ts';

/**
 * How the holder of the key brings columns back from the anonymised table alone: noise and date shifts exactly,
 * format-preserving encryption by decrypting. `columns` are those of the anonymised table; where the recipe remembers
 * the type that a column had, that one counts.
 */
export function planRestore({ recipe, columns, keys }: Omit<PlanOptions, 'leftOut'>): RestorePlan {
  const before = columns.map(({ name, type }) => ({ name, type: typeBefore(recipe.columns[name], type) }));
  const { written, leftOut } = recipe.releases?.[recipe.release] ?? {};
  const context = new PlanContext({ recipe, columns: before, keys, leftOut });
  const restored: BatchColumn[] = [];
  const notRestored: { name: string; reason: string }[] = [];
  for (const [name, options] of Object.entries(recipe.columns)) {
    const column = before.find((each) => each.name === name);
    const plan = column ? planBack(context, column, options) : reasonOf(options);
    if (typeof plan === 'string') {
      notRestored.push({ name, reason: plan });
    } else if (plan) {
      restored.push(asWritten(plan, written?.[name]));
    }
  }
  const rewritten = restored
    .filter(({ digits, method }) => (digits && digits.decimals > 0) || method === 'dateShift')
    .map(({ name }) => name)
    .filter((name) => written?.[name] === undefined);
  if (restored.length === 0) {
    throw nothingToRestore();
  }
  return { columns: restored, rewritten, notRestored, needsRowOrder: needsRowOrder(recipe, restored) };
}

/** In the form that the recipe remembers of the originals: numbers without zeros at the end where it remembers none. */
function asWritten(plan: BatchColumn, style: string | undefined): BatchColumn {
  return plan.digits
    ? { ...plan, digits: { ...plan.digits, style: style === 'fixed' ? 'fixed' : 'shortest' } }
    : { ...plan, dateFormat: plan.method === 'dateShift' ? style : undefined };
}

function typeBefore(options: RecipeColumn | undefined, type: string): string {
  return options?.type ?? type;
}

/** A sentence where a column does not come back, and undefined where it never changed. */
function planBack(
  context: PlanContext,
  column: TableColumn,
  options: RecipeColumn,
): BatchColumn | string | undefined {
  switch (options.method) {
    case 'keep':
      return undefined;
    case 'noise': {
      const lost = (context.recipe.rowKey ?? []).find((part) => !identityIsKept(context, part));
      return lost === undefined
        ? {
            ...planNoise(context, column, columnTypeOf(column.type), options, -1),
            outputType: column.type,
          }
        : `Its noise comes from ${lost}, which the anonymised table does not hold as it was.`;
    }
    case 'dateShift':
      return planShiftBack(context, column, options);
    case 'formatPreserving':
      return planDecryption(context, column, options);
    default:
      return reasonOf(options);
  }
}

function reasonOf({ method }: RecipeColumn): string {
  return methodDescriptions[method].reversible === 'candidates'
    ? 'A pseudonym cannot be turned back; hash the candidates with the key and look it up.'
    : `${methodDescriptions[method].title} cannot be undone.`;
}

function planShiftBack(
  context: PlanContext,
  column: TableColumn,
  options: ColumnWith<'dateShift'>,
): BatchColumn | string {
  const subject = options.subject ?? context.recipe.subject;
  if (subject === undefined || !identityIsKept(context, subject)) {
    return `It moved with ${subject ?? 'its subject'}, which the anonymised table does not hold as it was.`;
  }
  const identity: Identity = identityInOutput(context, subject);
  const key = context.subkey('shift', subject, column.name, options.method);
  const shift = dateShift(key, options, column.name, -1);
  return {
    name: column.name,
    method: options.method,
    outputType: column.type,
    stage: 'batch',
    inputs: [...new Set([column.name, subject])],
    transform: (batch) => {
      const subjects = batch.column(subject);
      return cells(batch, column.name, (value, row) =>
        shift(value, identity.encode(subjects[row - batch.firstRow]!, row), row),
      );
    },
  };
}

function planDecryption(
  context: PlanContext,
  column: TableColumn,
  options: ColumnWith<'formatPreserving'>,
): BatchColumn {
  const { name } = column;
  const key = context.subkey('fpe', name, name, options.method);
  const most = greatestOf(column.type);
  const format = { dataset: context.recipe.dataset, column: name, most };
  const transform = formatPreserving(key, options, format, 'decrypt');
  return {
    name,
    method: options.method,
    outputType: most === undefined ? 'VARCHAR' : column.type,
    stage: 'batch',
    inputs: [name],
    transform: (batch) => cells(batch, name, transform),
  };
}

function identityIsKept(context: PlanContext, column: string): boolean {
  const { method } = context.optionsOf(column);
  return method === 'keep' || method === 'pseudonym' || method === 'formatPreserving';
}
