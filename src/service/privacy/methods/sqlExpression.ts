import { sqlName } from '../../storage/duckdb.ts';
import { hmacPads } from './hmac.ts';

/** What a parameter of a statement can be. Bytes are bound as BLOB. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array;

/**
 * An expression of DuckDB over one row. Each `?` stands for the next of `values`: neither a value of the recipe nor
 * a key is ever part of the text, which lands in logs and plans.
 */
export interface SqlExpression {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export function columnSql(name: string): SqlExpression {
  return { sql: sqlName(name), values: [] };
}

/**
 * HMAC-SHA256 of a text, as 64 hex digits (reference 2.3): two hashes with the key's pads as BLOB parameters.
 * Null stays null.
 */
export function hmacHexSql(key: Uint8Array, message: SqlExpression): SqlExpression {
  const { inner, outer } = hmacPads(key);
  return {
    sql: `sha256(?::BLOB || unhex(sha256(?::BLOB || encode(${message.sql}))))`,
    values: [outer, inner, ...message.values],
  };
}

/** `body` over one value that it uses more than once: the value is computed once. */
export function letSql(value: SqlExpression, name: string, body: SqlExpression): SqlExpression {
  return {
    sql: `list_transform([${value.sql}], lambda ${name}: ${body.sql})[1]`,
    values: [...value.values, ...body.values],
  };
}
