import { formatNumber, formatShare, groupDigits } from '../../src/base/format.ts';
import type { ColumnProfile, ColumnType, DataValue, TableKind } from '../../src/protocol/data.ts';

/** What a person calls a type, and the icon that VS Code has for its like. */
export const typeWords: Readonly<Record<ColumnType, { readonly word: string; readonly icon: string }>> = {
  integer: { word: 'integer', icon: 'symbol-number' },
  number: { word: 'number', icon: 'symbol-number' },
  decimal: { word: 'decimal', icon: 'symbol-number' },
  boolean: { word: 'boolean', icon: 'symbol-boolean' },
  date: { word: 'date', icon: 'calendar' },
  time: { word: 'time', icon: 'watch' },
  timestamp: { word: 'timestamp', icon: 'calendar' },
  text: { word: 'text', icon: 'symbol-string' },
  nested: { word: 'nested', icon: 'symbol-object' },
  binary: { word: 'binary', icon: 'file-binary' },
};

export const kindWords: Readonly<Record<TableKind, string>> = {
  csv: 'CSV',
  tsv: 'TSV',
  json: 'JSON',
  jsonLines: 'JSON lines',
  parquet: 'Parquet',
  arrow: 'Arrow',
};

export function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'number' || type === 'decimal';
}

/** Short, for a cell among many. */
export function shortValue(value: DataValue): string {
  if (value === '') {
    return '(empty)';
  }
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

/** Numbers by their ends and middle, times by their ends, everything else by what is most frequent. */
export function valuesText(column: ColumnProfile, rows: number): string {
  const { numbers, minimum, maximum, type, top } = column;
  const ends = minimum == null || maximum == null ? '' : `${shortValue(minimum)} … ${shortValue(maximum)}`;
  if (numbers) {
    const median = numbers.quantiles.find(({ share }) => share === 0.5);
    return [ends, median && `median ${formatNumber(median.value)}`].filter(Boolean).join(', ');
  }
  if (type === 'date' || type === 'timestamp' || type === 'time') {
    return ends;
  }
  if (top.length > 0) {
    return top
      .slice(0, 3)
      .map(({ value, count }) => `${shortValue(value)} ${formatShare(count, rows)}`)
      .join(', ');
  }
  return minimum == null ? '' : `such as ${shortValue(minimum)}`;
}

/** What a drawing of the column shows, for those who cannot see it. */
export function shapeSentence(column: ColumnProfile, rows: number): string {
  const { name, histogram, top, missing } = column;
  if (histogram) {
    const most = histogram.counts.indexOf(Math.max(...histogram.counts));
    const [from, to] = [histogram.edges[most]!, histogram.edges[most + 1]!].map(edgeText);
    return `${name} in ${histogram.counts.length} bins; most values, ${groupDigits(histogram.counts[most]!)}, from ${from} to ${to}`;
  }
  if (top.length > 0) {
    const values = top
      .slice(0, 3)
      .map(({ value, count }) => `${shortValue(value)} ${formatShare(count, rows)}`);
    return `most frequent in ${name}: ${values.join(', ')}`;
  }
  return missing === rows ? `${name} has no values` : `${name} has no value that stands out`;
}

export function edgeText(edge: number | string): string {
  return typeof edge === 'number' ? formatNumber(edge) : edge;
}
