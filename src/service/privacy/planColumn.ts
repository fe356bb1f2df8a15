import { nearestWord } from '../../base/nearestWord.ts';
import type { Cell } from '../data/encodedTable.ts';
import { columnQuestion } from './counts/questions.ts';
import { codingSql } from './methods/coding.ts';
import { type ColumnKind, type ColumnType, columnTypeOf, greatestOf } from './methods/columnType.ts';
import { dateShift, dateShiftSql } from './methods/dateShift.ts';
import type { MethodName } from './methods/descriptions.ts';
import { privateCell } from './methods/differential/mechanisms.ts';
import { impossibleMethod, invalidOption } from './methods/errors.ts';
import { formatPreserving } from './methods/formatPreserving.ts';
import {
  generaliseDate,
  generaliseDateSql,
  generaliseToBins,
  generaliseToBinsSql,
} from './methods/generalise.ts';
import { freshBytes, keyedRowBytes } from './methods/keystream.ts';
import { mask, maskSql } from './methods/mask.ts';
import type { CellTransform } from './methods/method.ts';
import { pseudonym, pseudonymCodes, pseudonymMessageSql } from './methods/pseudonym.ts';
import { rankSwap } from './methods/rankSwap.ts';
import { redact } from './methods/redact.ts';
import { suppressSql } from './methods/simple.ts';
import { columnSql, type SqlExpression } from './methods/sqlExpression.ts';
import type { PlanContext } from './planContext.ts';
import { noSuchHierarchy, subjectNotNamed } from './planErrors.ts';
import { planNoise } from './planNoise.ts';
import type { Batch, BatchColumn, PlannedColumn, SqlColumn, TableColumn } from './planTypes.ts';
import type { ColumnWith, RecipeColumn } from './recipe/columnSchema.ts';
import { identityOf } from './rowIdentity.ts';

/** A column of the table with all that its plan depends on. */
interface Subject<Name extends MethodName> {
  readonly context: PlanContext;
  readonly column: TableColumn;
  readonly type: ColumnType;
  readonly options: ColumnWith<Name>;
}

/** Any of them. */
type AnySubject = Pick<Subject<MethodName>, 'context' | 'column' | 'type'> & {
  readonly options: { readonly method: MethodName };
};

type Planner<Name extends MethodName> = (subject: Subject<Name>) => PlannedColumn;

const numbers: readonly ColumnKind[] = ['integer', 'decimal', 'double'];
const dates: readonly ColumnKind[] = ['date', 'timestamp'];
const scalars: readonly ColumnKind[] = ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'];

/** Which kinds of column a method is possible for, and what to do with another. */
const possible: Readonly<
  Partial<Record<MethodName, readonly [kinds: readonly ColumnKind[], instead: string]>>
> = {
  pseudonym: [scalars, 'Drop the column, or make it text or whole numbers first.'],
  formatPreserving: [['text', 'integer'], 'Choose a pseudonym, or noise for numbers.'],
  noise: [numbers, 'Choose a date shift for dates, and a pseudonym or a hierarchy for text.'],
  dateShift: [[...dates, 'text'], 'Choose noise for numbers.'],
  generalise: [[...scalars, 'double'], 'Drop the column.'],
  coding: [numbers, 'Choose a hierarchy.'],
  redact: [['text'], 'Choose a pseudonym or noise.'],
  rankSwap: [[...numbers, ...dates], 'Only what has an order can be exchanged with its neighbours.'],
  microaggregation: [numbers, 'Only numbers have a mean.'],
  differentialPrivacy: [numbers, 'Choose a hierarchy.'],
};

export function methodFits(method: MethodName, kind: ColumnKind): boolean {
  return possible[method]?.[0].includes(kind) ?? true;
}

export function planColumn(context: PlanContext, column: TableColumn, options: RecipeColumn): PlannedColumn {
  const type = columnTypeOf(column.type);
  const [kinds, instead] = possible[options.method] ?? [undefined, ''];
  if (kinds && !kinds.includes(type.kind)) {
    throw impossibleMethod(column.name, options.method, type.kind, instead);
  }
  const plan = planners[options.method] as Planner<MethodName>;
  return plan({ context, column, type, options });
}

const planners: { readonly [Name in MethodName]: Planner<Name> } = {
  keep: (subject) => inSql(subject, columnSql(subject.column.name), subject.column.type),
  // Dropped columns are left out before they are planned.
  drop: (subject) => inSql(subject, { sql: 'NULL', values: [] }, subject.column.type),
  suppress: (subject) => {
    const { column, options } = subject;
    return inSql(
      subject,
      suppressSql(options, column.name, subject.type),
      options.by === undefined ? column.type : 'VARCHAR',
    );
  },
  pseudonym: (subject) => {
    const { context, column, type, options } = subject;
    const key = context.subkey('pseud', options.domain ?? column.name, column.name, options.method);
    const text = pseudonymMessageSql(column.name, type, options);
    return text
      ? {
          ...{ name: column.name, method: options.method, outputType: 'VARCHAR', stage: 'text', text },
          ...{ codeLength: options.length, prefix: options.prefix },
          transform: pseudonymCodes(key, options),
        }
      : cellByCell(subject, pseudonym(key, type, options), 'VARCHAR');
  },
  formatPreserving: (subject) => {
    const { context, column, type, options } = subject;
    if (type.kind === 'integer' && (options.alphabet !== 'digits' || options.check === 'mod11')) {
      throw invalidOption(column.name, 'alphabet', 'whole numbers have digits alone.');
    }
    const key = context.subkey('fpe', column.name, column.name, options.method);
    const format = { dataset: context.recipe.dataset, column: column.name, most: greatestOf(column.type) };
    return cellByCell(subject, formatPreserving(key, options, format, 'encrypt'), textOr(subject, 'integer'));
  },
  noise: ({ context, column, type, options }) => planNoise(context, column, type, options, 1),
  dateShift: planDateShift,
  generalise: planGeneralise,
  coding: (subject) => {
    const { column, type, options } = subject;
    checkCoding(column.name, options);
    const whole = [options.top, options.topBy, options.bottom, options.bottomBy].every(
      (limit) => limit === undefined || Number.isSafeInteger(limit),
    );
    // A limit with decimals does not fit among whole numbers.
    const outputType = type.kind === 'integer' && !whole ? 'DOUBLE' : column.type;
    return inSql(subject, codingSql(options, column.name), outputType);
  },
  mask: (subject) => {
    const { column, type, options } = subject;
    const expression = maskSql(options, column.name);
    return type.kind === 'double'
      ? cellByCell(subject, mask(options), 'VARCHAR')
      : inSql(subject, expression, 'VARCHAR');
  },
  redact: (subject) => {
    const { context, column, options } = subject;
    const key = options.coded ? context.subkey('pseud', column.name, column.name, options.method) : undefined;
    return cellByCell(subject, redact(context.findersOf(options.kinds), { key }), 'VARCHAR');
  },
  rankSwap: ({ context, column, options }) => {
    const { name } = column;
    const key = context.subkey(
      'swap',
      context.drawSubject(name, [options.percent], true),
      name,
      options.method,
    );
    return {
      name,
      method: options.method,
      outputType: column.type,
      stage: 'whole',
      step: {
        kind: 'exchange',
        column: name,
        sources: (values, checkCancelled) => rankSwap(key, values, options, checkCancelled),
      },
    };
  },
  // Columns that are grouped together are planned together, by the whole plan.
  microaggregation: ({ column, options }) => ({
    name: column.name,
    method: options.method,
    outputType: `DECIMAL(38,${options.decimals})`,
    stage: 'whole',
    step: { kind: 'means', columns: [column.name], means: (values) => [...values] },
  }),
  differentialPrivacy: (subject) => {
    const { context, column, options } = subject;
    if (!(options.upper > options.lower)) {
      throw invalidOption(column.name, 'upper', 'it must be greater than lower.');
    }
    // Beyond these the grid of the noise has no step that a double could hold.
    const scale = (options.upper - options.lower) / options.epsilon;
    if (!(scale >= 1e-200 && scale <= 1e200)) {
      throw invalidOption(column.name, 'epsilon', 'with these bounds its noise is beyond all numbers.');
    }
    const fresh = freshBytes();
    const question = `column:${column.name}:${columnQuestion(column, options)}`;
    const key =
      options.random === 'key' ? context.subkey('dp', question, column.name, options.method) : undefined;
    const bytesOfRow = key ? (row: number) => keyedRowBytes(key, row) : () => fresh;
    const noisy = cellByCell(subject, privateCell(bytesOfRow, options, column.name), 'DOUBLE');
    return { ...noisy, rows: 'input' };
  },
};

function planDateShift(subject: Subject<'dateShift'>): PlannedColumn {
  const { context, column, type, options } = subject;
  const subjectName = options.subject ?? context.recipe.subject;
  if (subjectName === undefined) {
    throw subjectNotNamed(column.name);
  }
  const identity = identityOf(context, context.column(subjectName).name);
  // By the subject, not by the column: all dates of a person move together.
  const key = context.subkey('shift', subjectName, column.name, options.method);
  const expression = identity.sql && dateShiftSql(key, options, column.name, type, identity.sql, 1);
  if (expression) {
    return inSql(subject, expression, column.type);
  }
  const shift = dateShift(key, options, column.name, 1);
  return {
    name: column.name,
    method: options.method,
    outputType: column.type,
    stage: 'batch',
    inputs: [...new Set([column.name, subjectName])],
    transform: (batch) => {
      const subjects = batch.column(subjectName);
      return cells(batch, column.name, (value, row) =>
        shift(value, identity.encode(subjects[row - batch.firstRow]!, row), row),
      );
    },
  };
}

function planGeneralise(subject: Subject<'generalise'>): PlannedColumn {
  const { context, column, type, options } = subject;
  const { bins, to, hierarchy, level } = options;
  if ([bins, to, hierarchy].filter((way) => way !== undefined).length > 1) {
    throw invalidOption(column.name, 'generalise', 'only one of bins, to and hierarchy can be given.');
  }
  if (bins === undefined && to === undefined) {
    const known = Object.keys(context.recipe.guarantee?.hierarchies ?? {});
    if (hierarchy !== undefined && !known.includes(hierarchy)) {
      throw noSuchHierarchy(column.name, hierarchy, nearestWord(hierarchy, known));
    }
    return {
      name: column.name,
      method: options.method,
      outputType: 'VARCHAR',
      stage: 'hierarchy',
      hierarchy: hierarchy ?? column.name,
      level,
    };
  }
  if (to !== undefined) {
    requireKind(subject, [...dates, 'text'], 'Choose bins for numbers.');
    return type.kind === 'text'
      ? cellByCell(subject, generaliseDate(to, column.name), 'VARCHAR')
      : inSql(subject, generaliseDateSql(to, column.name), 'VARCHAR');
  }
  requireKind(subject, [...numbers, 'text'], 'Choose a unit of dates with to.');
  if (bins!.some((edge, index) => index > 0 && edge <= bins![index - 1]!)) {
    throw invalidOption(column.name, 'bins', 'the edges must rise.');
  }
  return type.kind === 'text'
    ? cellByCell(subject, generaliseToBins(bins!, column.name), 'VARCHAR')
    : inSql(subject, generaliseToBinsSql(bins!, column.name), 'VARCHAR');
}

function requireKind(subject: AnySubject, kinds: readonly ColumnKind[], instead: string): void {
  const { column, type, options } = subject;
  if (!kinds.includes(type.kind)) {
    throw impossibleMethod(column.name, options.method, type.kind, instead);
  }
}

function checkCoding(column: string, { bottom, top, bottomBy, topBy }: ColumnWith<'coding'>): void {
  if (bottom === undefined && top === undefined) {
    throw invalidOption(column, 'top', 'top, bottom or both must be given.');
  }
  if (bottom !== undefined && top !== undefined && bottom > top) {
    throw invalidOption(column, 'bottom', 'it must not be greater than top.');
  }
  if ((bottom === undefined && bottomBy !== undefined) || (top === undefined && topBy !== undefined)) {
    throw invalidOption(
      column,
      topBy === undefined ? 'bottomBy' : 'topBy',
      'there is no limit that it belongs to.',
    );
  }
}

function textOr(subject: AnySubject, kind: ColumnKind): string {
  return subject.type.kind === kind ? subject.column.type : 'VARCHAR';
}

function inSql(subject: AnySubject, expression: SqlExpression, outputType: string): SqlColumn {
  return { name: subject.column.name, method: subject.options.method, outputType, stage: 'sql', expression };
}

function cellByCell(subject: AnySubject, transform: CellTransform, outputType: string): BatchColumn {
  const { name } = subject.column;
  return {
    name,
    method: subject.options.method,
    outputType,
    stage: 'batch',
    inputs: [name],
    transform: (batch) => cells(batch, name, transform),
  };
}

/** Each cell of one column; the row counts in the whole table. */
export function cells(batch: Batch, column: string, transform: CellTransform): Cell[] {
  return batch.column(column).map((value, index) => transform(value, batch.firstRow + index));
}
