import type { Data, DataType, Vector } from 'apache-arrow';
import type { AppendedColumn, FunctionValue } from '../storage/duckdb.ts';
import type { Cell } from './encodedTable.ts';

type Arrow = typeof import('apache-arrow');
type Types = Arrow['DataType'];

/** How a column of an Arrow file goes into DuckDB, and what it is cast to there. */
export interface ReadPassage {
  readonly type: AppendedColumn['type'];
  readonly read: (column: Vector) => FunctionValue[];
  readonly cast: (sql: string) => string;
}

/** How a column of DuckDB goes into an Arrow file: what the cells of `sql` say becomes a batch of `type`. */
export interface WritePassage<Type extends DataType> {
  readonly type: Type;
  readonly sql: (column: string) => string;
  readonly make: (values: readonly Cell[]) => Data<Type>;
}

/** Nested columns become JSON texts: DuckDB's appender has no other way in. */
export function readPassage(arrow: Arrow, type: DataType): ReadPassage {
  const { DataType: types } = arrow;
  if (types.isDictionary(type)) {
    const inner = readPassage(arrow, type.dictionary);
    return { ...inner, read: (column) => throughDictionary(column, inner) };
  }
  if (types.isBool(type)) {
    return { type: 'BOOLEAN', read: each(Boolean), cast: same };
  }
  if (types.isInt(type)) {
    const sqlType = `${type.isSigned ? '' : 'U'}${integerTypes[type.bitWidth]}`;
    return sqlType === 'UBIGINT'
      ? { type: 'VARCHAR', read: each(String), cast: castTo(sqlType) }
      : { type: 'BIGINT', read: each((value) => BigInt(value as number | bigint)), cast: castTo(sqlType) };
  }
  if (types.isFloat(type)) {
    return { type: 'DOUBLE', read: each(Number), cast: type.precision === 2 ? same : castTo('FLOAT') };
  }
  if (types.isUtf8(type) || types.isLargeUtf8(type) || types.isUtf8View(type)) {
    return { type: 'VARCHAR', read: each(String), cast: same };
  }
  return readMoments(types, type) ?? readOthers(types, type);
}

export function isNested({ DataType: types }: Arrow, type: DataType): boolean {
  return (
    types.isList(type) ||
    types.isLargeList(type) ||
    types.isFixedSizeList(type) ||
    types.isStruct(type) ||
    types.isMap(type) ||
    types.isUnion(type)
  );
}

const integerTypes: Readonly<Record<number, string>> = {
  8: 'TINYINT',
  16: 'SMALLINT',
  32: 'INTEGER',
  64: 'BIGINT',
};

const nanosecond = 3;
const microsecondsInDay = 86_400_000_000n;

function readMoments(types: Types, type: DataType): ReadPassage | undefined {
  if (types.isDate(type)) {
    // Days, or milliseconds of which a writer may leave some over.
    const days = (value: bigint) => (type.unit === 0 ? value : floorDivide(value, 86_400_000n));
    const cast = (sql: string) => `DATE '1970-01-01' + CAST(${sql} AS INTEGER)`;
    return { type: 'BIGINT', read: stored(days), cast };
  }
  if (types.isTimestamp(type)) {
    if (type.unit === nanosecond && !type.timezone) {
      return { type: 'BIGINT', read: stored((value) => value), cast: (sql) => `make_timestamp_ns(${sql})` };
    }
    // DuckDB has no nanoseconds in a time zone: there they are cut off.
    const zoned = castTo(type.timezone ? 'TIMESTAMPTZ' : 'TIMESTAMP');
    const cast = (sql: string) => zoned(`make_timestamp(${sql})`);
    return { type: 'BIGINT', read: stored((value) => microseconds(value, type.unit)), cast };
  }
  if (types.isTime(type)) {
    const ofDay = (value: bigint) => microseconds(value, type.unit) % microsecondsInDay;
    return {
      type: 'BIGINT',
      read: stored(ofDay),
      cast: (sql) => castTo('TIME')(`make_timestamp(${sql})`),
    };
  }
  return undefined;
}

function readOthers(types: Types, type: DataType): ReadPassage {
  if (types.isDecimal(type) && type.precision <= 38) {
    const { precision, scale } = type;
    const cast = castTo(`DECIMAL(${precision}, ${scale})`);
    return { type: 'VARCHAR', read: each((value) => decimalText(value, scale)), cast };
  }
  if (types.isBinary(type) || types.isLargeBinary(type) || types.isFixedSizeBinary(type)) {
    const hex = (value: unknown) => Buffer.from(value as Uint8Array).toString('hex');
    return { type: 'VARCHAR', read: each(hex), cast: (sql) => `unhex(${sql})` };
  }
  return { type: 'VARCHAR', read: each(jsonText), cast: castTo('JSON') };
}

function each(convert: (value: unknown) => FunctionValue): ReadPassage['read'] {
  return (column) => Array.from(column, (value) => (value === null ? null : convert(value)));
}

/** The whole numbers as they are stored: the library answers points in time as doubles, which lose digits. */
function stored(convert: (value: bigint) => bigint): ReadPassage['read'] {
  return ofParts((data, row) => convert(BigInt((data.values as BigInt64Array)[row]!)));
}

function throughDictionary(column: Vector, inner: ReadPassage): FunctionValue[] {
  const words = new Map<Vector, FunctionValue[]>();
  return ofParts((data, row) => {
    const dictionary = data.dictionary as Vector;
    const known = words.get(dictionary) ?? inner.read(dictionary);
    words.set(dictionary, known);
    return known[Number((data.values as Int32Array)[row])]!;
  })(column);
}

function ofParts(value: (data: Data, row: number) => FunctionValue): ReadPassage['read'] {
  return (column) =>
    column.data.flatMap((data: Data) =>
      Array.from({ length: data.length }, (_, row) => (data.getValid(row) ? value(data, row) : null)),
    );
}

function microseconds(value: bigint, unit: number): bigint {
  return unit === nanosecond ? floorDivide(value, 1000n) : value * 1000n ** BigInt(2 - unit);
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value / by - (value % by < 0n ? 1n : 0n);
}

/** The library answers the digits as a signed integer in 32-bit words, lowest first. */
function decimalText(value: unknown, scale: number): string {
  const words = value as Uint32Array;
  let whole = 0n;
  for (const [at, word] of words.entries()) {
    whole |= BigInt(word) << BigInt(32 * at);
  }
  const signed = BigInt.asIntN(32 * words.length, whole);
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, '0');
  const split = digits.length - scale;
  return `${signed < 0n ? '-' : ''}${digits.slice(0, split)}${scale > 0 ? `.${digits.slice(split)}` : ''}`;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? plainNumber(part) : part)) ?? 'null';
}

function plainNumber(whole: bigint): number | string {
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : String(whole);
}

/** For every type that Arrow has the same one; what it does not have is written as text. */
export function writePassage(arrow: Arrow, sqlType: string): WritePassage<DataType> {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(sqlType);
  if (decimal) {
    return writeDecimals(arrow, Number(decimal[1]), Number(decimal[2]));
  }
  const make = writers[sqlType];
  if (make) {
    return make(arrow);
  }
  const type = new arrow.Utf8();
  return {
    type,
    sql: castTo('VARCHAR'),
    make: (values) => built(arrow, type, values, String),
  };
}

const writers: Readonly<Record<string, (arrow: Arrow) => WritePassage<DataType>>> = {
  BOOLEAN: (arrow) => {
    const type = new arrow.Bool();
    return { type, sql: same, make: (values) => built(arrow, type, values, Boolean) };
  },
  TINYINT: (arrow) => writeNumbers(arrow, new arrow.Int8(), Int8Array),
  SMALLINT: (arrow) => writeNumbers(arrow, new arrow.Int16(), Int16Array),
  INTEGER: (arrow) => writeNumbers(arrow, new arrow.Int32(), Int32Array),
  UTINYINT: (arrow) => writeNumbers(arrow, new arrow.Uint8(), Uint8Array),
  USMALLINT: (arrow) => writeNumbers(arrow, new arrow.Uint16(), Uint16Array),
  UINTEGER: (arrow) => writeNumbers(arrow, new arrow.Uint32(), Uint32Array),
  FLOAT: (arrow) => writeNumbers(arrow, new arrow.Float32(), Float32Array),
  DOUBLE: (arrow) => writeNumbers(arrow, new arrow.Float64(), Float64Array),
  BIGINT: (arrow) => writeWords(arrow, new arrow.Int64(), same),
  UBIGINT: (arrow) => writeWords(arrow, new arrow.Uint64(), same),
  DATE: (arrow) =>
    writeNumbers(arrow, new arrow.DateDay(), Int32Array, (column) => `${column} - DATE '1970-01-01'`),
  TIME: (arrow) => writeWords(arrow, new arrow.TimeMicrosecond(), epoch('us')),
  TIMESTAMP: (arrow) => writeWords(arrow, new arrow.TimestampMicrosecond(), epoch('us')),
  TIMESTAMP_S: (arrow) => writeWords(arrow, new arrow.TimestampMicrosecond(), epoch('us')),
  TIMESTAMP_MS: (arrow) => writeWords(arrow, new arrow.TimestampMicrosecond(), epoch('us')),
  TIMESTAMP_NS: (arrow) => writeWords(arrow, new arrow.TimestampNanosecond(), epoch('ns')),
  // Its instants are those of the file; the name of its zone DuckDB does not keep.
  'TIMESTAMP WITH TIME ZONE': (arrow) =>
    writeWords(arrow, new arrow.TimestampMicrosecond('UTC'), epoch('us')),
  BLOB: (arrow) => {
    const type = new arrow.Binary();
    return {
      type,
      sql: (column) => `hex(${column})`,
      make: (values) => built(arrow, type, values, (value) => Buffer.from(String(value), 'hex')),
    };
  },
};

function writeNumbers(
  arrow: Arrow,
  type: DataType,
  numbers: new (length: number) => { [row: number]: number },
  sql: WritePassage<DataType>['sql'] = same,
): WritePassage<DataType> {
  return {
    type,
    sql,
    make: (values) => {
      const data = new numbers(values.length);
      return fixed(arrow, type, values, data, (value, row) => {
        data[row] = Number(value);
      });
    },
  };
}

function writeWords(
  arrow: Arrow,
  type: DataType,
  sql: WritePassage<DataType>['sql'],
): WritePassage<DataType> {
  return {
    type,
    sql,
    make: (values) => {
      // Of the two's complement both signed and unsigned numbers are a view.
      const data = new BigInt64Array(values.length);
      const unsigned = new BigUint64Array(data.buffer);
      const isUnsigned = arrow.DataType.isInt(type) && !type.isSigned;
      return fixed(arrow, type, values, isUnsigned ? unsigned : data, (value, row) => {
        data[row] = BigInt.asIntN(64, BigInt(value));
      });
    },
  };
}

function writeDecimals(arrow: Arrow, precision: number, scale: number): WritePassage<DataType> {
  const type = new arrow.Decimal(scale, precision, 128);
  return {
    type,
    sql: castTo('VARCHAR'),
    make: (values) => {
      const words = new BigInt64Array(values.length * 2);
      return fixed(arrow, type, values, new Uint32Array(words.buffer), (value, row) => {
        // The text has all of its decimals, so without its point it is the whole number of the last places.
        const whole = BigInt(String(value).replace('.', ''));
        words[row * 2] = BigInt.asIntN(64, whole);
        words[row * 2 + 1] = BigInt.asIntN(64, whole >> 64n);
      });
    },
  };
}

/** A batch of values of one width, and a bit for each row that has one. */
function fixed(
  arrow: Arrow,
  type: DataType,
  values: readonly Cell[],
  data: unknown,
  put: (value: string | number | bigint | boolean, row: number) => void,
): Data {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  for (const [row, value] of values.entries()) {
    if (value === null) {
      nullCount += 1;
    } else {
      nullBitmap[row >> 3]! |= 1 << (row & 7);
      put(value, row);
    }
  }
  const shape = { type, length: values.length, nullCount, nullBitmap, data };
  return arrow.makeData(shape as unknown as Parameters<Arrow['makeData']>[0]) as Data;
}

function built<Type extends DataType>(
  arrow: Arrow,
  type: Type,
  values: readonly Cell[],
  convert: (value: Exclude<Cell, null>) => unknown,
): Data<Type> {
  const converted = values.map((value) => (value === null ? null : convert(value)));
  return (arrow.vectorFromArray(converted, type).data[0] ??
    arrow.makeData({ type: type as never })) as Data<Type>;
}

function same(column: string): string {
  return column;
}

function castTo(type: string): (sql: string) => string {
  return (sql) => `CAST(${sql} AS ${type})`;
}

function epoch(unit: 'us' | 'ns'): (column: string) => string {
  return (column) => `epoch_${unit}(${column})`;
}
