/** What a column holds, as far as methods differ by it. */
export type ColumnType =
  | { readonly kind: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'other' }
  | { readonly kind: 'decimal'; readonly scale: number };

export type ColumnKind = ColumnType['kind'];

/** The greatest number of each type of whole numbers. */
const integers: Readonly<Record<string, bigint>> = {
  TINYINT: 2n ** 7n - 1n,
  SMALLINT: 2n ** 15n - 1n,
  INTEGER: 2n ** 31n - 1n,
  BIGINT: 2n ** 63n - 1n,
  HUGEINT: 2n ** 127n - 1n,
  UTINYINT: 2n ** 8n - 1n,
  USMALLINT: 2n ** 16n - 1n,
  UINTEGER: 2n ** 32n - 1n,
  UBIGINT: 2n ** 64n - 1n,
  UHUGEINT: 2n ** 128n - 1n,
};

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
  if (Object.hasOwn(integers, name)) {
    return { kind: 'integer' };
  }
  if (/^ENUM\(/.test(name)) {
    return { kind: 'text' };
  }
  return { kind: plain[name] ?? 'other' } as ColumnType;
}

/** The greatest whole number that a column of a type holds; undefined for all other types. */
export function greatestOf(databaseType: string): bigint | undefined {
  return integers[databaseType.trim().toUpperCase()];
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
