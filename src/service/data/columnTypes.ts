import type { ColumnType } from '../../protocol/data.ts';

/** What the values of a text column are, and how SQL reads them. */
export type TextType =
  | { readonly kind: 'text' }
  | { readonly kind: 'integer'; readonly huge: boolean }
  | { readonly kind: 'number'; readonly comma: boolean }
  | { readonly kind: 'decimal' }
  | { readonly kind: 'boolean' }
  /** A `strptime` format, or ISO 8601 without one. */
  | { readonly kind: 'date'; readonly format?: string }
  | { readonly kind: 'timestamp'; readonly zoned: boolean };

export interface TextColumn {
  readonly type: TextType;
  /** Words that stand for a missing value in this column. Empty for texts: a name may well be “NA”. */
  readonly markers: readonly string[];
  /** Values have spaces around them. */
  readonly padded: boolean;
}

export const asText: TextColumn = { type: { kind: 'text' }, markers: [], padded: false };

/** What pandas, R, spreadsheets and databases write for a missing value, in columns that are otherwise of a type. */
const knownMarkers = new Set(
  '|NA|N/A|n/a|na|NaN|nan|-nan|NULL|null|None|none|<NA>|#N/A|#NA|?|.|-|--|\\N'.split('|'),
);

const dateFormats: readonly (readonly [RegExp, string])[] = [
  [/^(?<year>\d{4})\/(?<month>\d{1,2})\/(?<day>\d{1,2})$/, '%Y/%m/%d'],
  [/^(?<day>\d{1,2})\/(?<month>\d{1,2})\/(?<year>\d{4})$/, '%d/%m/%Y'],
  [/^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/, '%m/%d/%Y'],
  [/^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})$/, '%d.%m.%Y'],
  [/^(?<day>\d{1,2})-(?<month>\d{1,2})-(?<year>\d{4})$/, '%d-%m-%Y'],
  [/^(?<month>\d{1,2})-(?<day>\d{1,2})-(?<year>\d{4})$/, '%m-%d-%Y'],
];

/**
 * The type of a column from some of its values. It is a guess about the others, which `badValueSql` checks.
 * Dates that could be read in two ways are text: a wrong guess would be a wrong value.
 */
export function inferTextColumn(values: readonly (string | null)[]): TextColumn {
  const present = values.filter((value) => value !== null);
  const markers = [
    ...new Set(present.map((value) => value.trim()).filter((value) => knownMarkers.has(value))),
  ];
  const padded = present.some((value) => value !== value.trim());
  const rest = present.map((value) => value.trim()).filter((value) => !knownMarkers.has(value));
  const type = rest.length === 0 ? undefined : typeOf(rest);
  return type ? { type, markers, padded } : asText;
}

function typeOf(values: readonly string[]): TextType | undefined {
  const all = (pattern: RegExp) => values.every((value) => pattern.test(value));
  if (all(/^(true|false)$/i)) {
    return { kind: 'boolean' };
  }
  if (all(/^(0|-?[1-9]\d{0,37})$/)) {
    return { kind: 'integer', huge: values.some((value) => value.length > 18) };
  }
  if (all(/^[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/)) {
    const isLong = (value: string) => /^[+-]?\d{16}/.test(value) && !/e/i.test(value);
    if (!values.some(isLong)) {
      return { kind: 'number', comma: false };
    }
    return all(/^[+-]?\d{1,26}(\.\d{0,12})?$/) ? { kind: 'decimal' } : undefined;
  }
  if (all(/^-?(0|[1-9]\d*)(,\d+)?$/) && values.some((value) => /,(\d{1,2}|\d{4,})$/.test(value))) {
    return { kind: 'number', comma: true };
  }
  if (all(/^\d{4}-\d\d-\d\d$/)) {
    return { kind: 'date' };
  }
  const stamp = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/;
  if (all(stamp)) {
    const zoned = values.filter((value) => /[ T].*(Z|[+-]\d\d(:?\d\d)?)$/.test(value)).length;
    return zoned === 0 || zoned === values.length ? { kind: 'timestamp', zoned: zoned > 0 } : undefined;
  }
  const formats = dateFormats.filter(([pattern]) => values.every((value) => isDay(pattern.exec(value))));
  return formats.length === 1 ? { kind: 'date', format: formats[0]![1] } : undefined;
}

function isDay(match: RegExpExecArray | null): boolean {
  const { day, month } = match?.groups ?? {};
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}

/** What a type is tried as next when a value does not fit. */
export function widerType(type: TextType): TextType {
  switch (type.kind) {
    case 'integer':
      return type.huge ? { kind: 'number', comma: false } : { kind: 'integer', huge: true };
    case 'number':
      return type.comma ? { kind: 'text' } : { kind: 'decimal' };
    case 'date':
      return type.format === undefined ? { kind: 'timestamp', zoned: false } : { kind: 'text' };
    default:
      return { kind: 'text' };
  }
}

/** `text` is the SQL of the text as the file has it. Null where missing, and where it does not fit. */
export function valueSql(text: string, column: TextColumn): string {
  const { type, markers, padded } = column;
  if (type.kind === 'text') {
    return text;
  }
  const trimmed = padded ? `trim(${text})` : text;
  const cast = castSql(trimmed, type);
  return markers.length === 0 ? cast : `CASE WHEN ${isMarker(trimmed, markers)} THEN NULL ELSE ${cast} END`;
}

/**
 * SQL that is true for a value that does not fit its column's type. A cast alone is not enough: DuckDB reads
 * ‘12.7’ and ‘1e5’ as integers, ‘007’ as 7 and ‘1_000’ as 1000, each of which would be a silent wrong value.
 */
export function badValueSql(text: string, column: TextColumn): string | undefined {
  const { type, markers, padded } = column;
  if (type.kind === 'text') {
    return undefined;
  }
  const trimmed = padded ? `trim(${text})` : text;
  const bad = misfitSql(trimmed, castSql(trimmed, type), type);
  const present = markers.length === 0 ? '' : ` AND NOT ${isMarker(trimmed, markers)}`;
  return `(${text} IS NOT NULL${present} AND (${bad}))`;
}

export function columnType({ type }: TextColumn): ColumnType {
  return type.kind;
}

function castSql(text: string, type: TextType): string {
  switch (type.kind) {
    case 'integer':
      return `TRY_CAST(${text} AS ${type.huge ? hugeInteger : 'BIGINT'})`;
    case 'number':
      return `TRY_CAST(${type.comma ? `replace(${text}, ',', '.')` : text} AS DOUBLE)`;
    case 'decimal':
      return `TRY_CAST(${text} AS DECIMAL(38, ${decimalScale}))`;
    case 'boolean':
      return `TRY_CAST(${text} AS BOOLEAN)`;
    case 'date':
      return type.format === undefined
        ? `TRY_CAST(${text} AS DATE)`
        : `CAST(try_strptime(${text}, '${type.format}') AS DATE)`;
    case 'timestamp':
      return `TRY_CAST(${text} AS ${type.zoned ? 'TIMESTAMPTZ' : 'TIMESTAMP'})`;
    case 'text':
      return text;
  }
}

const decimalScale = 12;
const decimalDigits = 38 - decimalScale;
/** Not HUGEINT, which a Parquet file cannot hold: DuckDB would write doubles there. */
const hugeInteger = 'DECIMAL(38, 0)';

function misfitSql(text: string, cast: string, type: TextType): string {
  switch (type.kind) {
    case 'integer':
      // DuckDB takes hundreds of times as long to cast to a wide decimal as to match.
      return type.huge
        ? `NOT regexp_full_match(${text}, '0|-?[1-9][0-9]{0,37}')`
        : `CAST(${cast} AS VARCHAR) IS DISTINCT FROM ${text}`;
    case 'number':
      return (
        `${cast} IS NULL OR NOT isfinite(${cast}) OR contains(${text}, '_')` +
        ` OR (starts_with(ltrim(${text}, '+-'), '0') AND regexp_matches(${text}, '^[+-]?0[0-9]'))` +
        (type.comma
          ? ` OR contains(${text}, '.')`
          : ` OR (abs(${cast}) >= 9007199254740992 AND NOT contains(lower(${text}), 'e'))`)
      );
    case 'decimal':
      return `NOT regexp_full_match(${text}, '[+-]?(0|[1-9][0-9]{0,${decimalDigits - 1}})(\\.[0-9]{0,${decimalScale}})?')`;
    case 'boolean':
      return `lower(${text}) NOT IN ('true', 'false')`;
    case 'date':
      return type.format === undefined
        ? `CAST(${cast} AS VARCHAR) IS DISTINCT FROM ${text}`
        : `${cast} IS NULL OR year(${cast}) < 1000`;
    case 'timestamp':
      return (
        `${cast} IS NULL OR NOT regexp_full_match(${text}, '${isoTimestamp}')` +
        ` OR contains(substr(${text}, 11), ':') AND ${type.zoned ? 'NOT ' : ''}regexp_matches(${text}, ':[0-9.]+(Z|[+-][0-9:]+)$')`
      );
    case 'text':
      return 'false';
  }
}

const isoTimestamp =
  '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?';

function isMarker(text: string, markers: readonly string[]): string {
  return `${text} IN (${markers.map((marker) => `'${marker.replaceAll("'", "''")}'`).join(', ')})`;
}
