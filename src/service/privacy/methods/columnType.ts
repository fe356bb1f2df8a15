/** What a column holds, as far as methods differ by it. */
export type ColumnType =
  | { readonly kind: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'other' }
  | { readonly kind: 'decimal'; readonly scale: number };

export type ColumnKind = ColumnType['kind'];

const integers = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'UHUGEINT',
]);

const plain: Readonly<Record<string, ColumnKind>> = {
  VARCHAR: 'text',
  UUID: 'text',
  FLOAT: 'double',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  // As text it depends on the time zone of the session, which has to be UTC.
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
};

/** From DuckDB's name of a type, such as `DECIMAL(18,3)`. Finer than microseconds would be cut, so that is `other`. */
export function columnTypeOf(databaseType: string): ColumnType {
  const name = databaseType.trim().toUpperCase();
  const decimal = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(name);
  if (decimal) {
    return { kind: 'decimal', scale: Number(decimal[1]) };
  }
  if (integers.has(name)) {
    return { kind: 'integer' };
  }
  if (/^ENUM\(/.test(name)) {
    return { kind: 'text' };
  }
  return { kind: plain[name] ?? 'other' } as ColumnType;
}

/** For sentences: a column of whole numbers, of text, … */
export function nameOfKind(kind: ColumnKind): string {
  const names: Readonly<Record<ColumnKind, string>> = {
    text: 'text',
    integer: 'whole numbers',
    decimal: 'decimal numbers',
    double: 'floating-point numbers',
    boolean: 'true and false',
    date: 'dates',
    timestamp: 'points in time',
    other: 'values of another kind',
  };
  return names[kind];
}
