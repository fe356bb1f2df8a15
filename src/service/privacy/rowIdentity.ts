import type { Cell } from '../data/encodedTable.ts';
import { type ColumnType, greatestOf } from './methods/columnType.ts';
import { canonicalTextSql, encodeValue } from './methods/encodeValue.ts';
import { formatPreserving } from './methods/formatPreserving.ts';
import { pseudonym, pseudonymSql } from './methods/pseudonym.ts';
import type { SqlExpression } from './methods/sqlExpression.ts';
import type { PlanContext } from './planContext.ts';
import type { Batch } from './planTypes.ts';

/**
 * A column from which the noise of a row or the shift of a subject comes. It counts as it stands in the output, its
 * pseudonym for instance, so that the holder of the key can restore from the output alone.
 */
export interface Identity {
  readonly column: string;
  /** Whether the output holds it, so that what comes from it can be taken away again. */
  readonly kept: boolean;
  /** The encoded output of one row; undefined for null. */
  readonly encode: (value: Cell, row: number) => string | undefined;
  /** The same as SQL; undefined where JavaScript alone can. */
  readonly sql: SqlExpression | undefined;
}

export function identityOf(context: PlanContext, column: string): Identity {
  const type = context.typeOf(column);
  const options = context.optionsOf(column);
  if (options.method === 'pseudonym') {
    const key = context.subkey('pseud', options.domain ?? column, column, options.method);
    const transform = pseudonym(key, type, options);
    const inSql = pseudonymSql(key, column, type, options);
    return {
      column,
      kept: true,
      encode: (value, row) => encodeValue(transform(value, row), { kind: 'text' }),
      sql: inSql && { sql: `'s:' || nfc_normalize(${inSql.sql})`, values: inSql.values },
    };
  }
  if (options.method === 'formatPreserving') {
    const key = context.subkey('fpe', column, column, options.method);
    const most = greatestOf(context.column(column).type);
    const format = { dataset: context.recipe.dataset, column, most };
    const transform = formatPreserving(key, options, format, 'encrypt');
    return {
      column,
      kept: true,
      encode: (value, row) => encodeValue(transform(value, row), type),
      sql: undefined,
    };
  }
  const canonical = canonicalTextSql(column, type);
  return {
    column,
    kept: options.method === 'keep',
    encode: (value) => encodeValue(value, type),
    sql: canonical && { sql: `'${canonical.tag}:' || ${canonical.text.sql}`, values: canonical.text.values },
  };
}

/** The same column as the anonymised table holds it; the context tells the type that it had before. */
export function identityInOutput(context: PlanContext, column: string): Identity {
  const options = context.optionsOf(column);
  const type: ColumnType = options.method === 'pseudonym' ? { kind: 'text' } : context.typeOf(column);
  return {
    column,
    kept: ['keep', 'pseudonym', 'formatPreserving'].includes(options.method),
    encode: (value) => encodeValue(value, type),
    sql: undefined,
  };
}

/** The encoded values of several columns for each row of a batch; `missing` is called with a row that lacks one. */
export function identitiesOf(
  identities: readonly Identity[],
  batch: Batch,
  missing: (row: number) => Error,
): readonly (readonly string[])[] {
  const columns = identities.map(({ column }) => batch.column(column));
  return Array.from({ length: batch.rowCount }, (_, index) =>
    identities.map(({ encode }, at) => {
      const row = batch.firstRow + index;
      const encoded = encode(columns[at]![index]!, row);
      if (encoded === undefined) {
        throw missing(row + 1);
      }
      return encoded;
    }),
  );
}
