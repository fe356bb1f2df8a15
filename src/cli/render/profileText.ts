import { formatBytes, formatNumber, formatShare, groupDigits, plural } from '../../base/format.ts';
import type { ColumnProfile, DataProfile, DataValue } from '../../protocol/data.ts';
import { leakageSentence, measureWords } from '../../protocol/sentences.ts';
import { type Cell, cutToWidth, renderTable, type TableOptions } from './table.ts';

const mostPairs = 10;

/** The table in one line, its columns, what goes together, and what a person should know. */
export function renderProfile(profile: DataProfile, options: TableOptions): string {
  return [
    headline(profile),
    renderColumns(profile, options),
    renderPairs(profile, options),
    profile.hints.map(leakageSentence).join('\n'),
    profile.notices.map(({ message }) => message).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline({ path, version, basis, columnCount, bytes, duplicateRows }: DataProfile): string {
  const rows = basis.kind === 'sample' ? `the first ${plural(basis.rows, 'row')}` : plural(basis.rows, 'row');
  const duplicates = duplicateRows === 0 ? 'no duplicate rows' : plural(duplicateRows, 'duplicate row');
  const table = version === undefined ? path : `${path} v${version}`;
  return `${table}: ${rows}, ${plural(columnCount, 'column')}, ${formatBytes(bytes)}, ${duplicates}`;
}

function renderColumns({ columns, basis }: DataProfile, options: TableOptions): string {
  return renderTable(
    [
      { title: 'COLUMN' },
      { title: 'TYPE' },
      { title: 'MISSING', align: 'right' },
      { title: 'DISTINCT', align: 'right' },
      { title: 'SHAPE' },
      { title: 'VALUES' },
    ],
    columns.map((column): Cell[] => [
      cutToWidth(column.name, 32),
      column.type,
      missingCell(column.missing, basis.rows),
      groupDigits(column.distinct),
      shape(column),
      values(column, basis.rows),
    ]),
    options,
  );
}

function missingCell(missing: number, rows: number): Cell {
  if (missing === 0) {
    return { text: '–', style: 'dim' };
  }
  return { text: formatShare(missing, rows), style: missing === rows ? 'red' : 'yellow' };
}

/** Counts of a histogram as blocks: an empty bin is told from one with few values. */
function shape({ histogram }: ColumnProfile): string {
  if (!histogram) {
    return '';
  }
  const most = Math.max(...histogram.counts);
  const blocks = '▁▂▃▄▅▆▇█';
  return histogram.counts
    .map((count) => (count === 0 ? ' ' : blocks[Math.min(7, Math.floor((count / most) * 8))]))
    .join('')
    .replaceAll(' ', '·');
}

/** Numbers by their ends and middle, dates by their ends, everything else by what is most frequent. */
function values({ numbers, minimum, maximum, type, top }: ColumnProfile, rows: number): string {
  if (numbers) {
    const median = numbers.quantiles.find(({ share }) => share === 0.5)!.value;
    return `${shown(minimum!)} … ${shown(maximum!)}, median ${formatNumber(median)}, mean ${formatNumber(numbers.mean)}`;
  }
  if (minimum !== undefined && (type === 'date' || type === 'timestamp' || type === 'time')) {
    return `${minimum} … ${maximum}`;
  }
  if (top.length > 0) {
    return top
      .slice(0, 3)
      .map(({ value, count }) => `${cutToWidth(String(value), 24)} ${formatShare(count, rows)}`)
      .join(', ');
  }
  return minimum === undefined ? '' : `such as ${cutToWidth(String(minimum), 40)}`;
}

function renderPairs({ associations }: DataProfile, options: TableOptions): string {
  const { columns, leftOut, pairs } = associations;
  if (pairs.length === 0) {
    return '';
  }
  const table = renderTable(
    [{ title: 'GO TOGETHER' }, { title: '' }, { title: 'STRENGTH', align: 'right' }, { title: 'BY' }],
    pairs
      .slice(0, mostPairs)
      .map(({ a, b, measure, strength }): Cell[] => [
        cutToWidth(a, 32),
        cutToWidth(b, 32),
        formatNumber(Number(strength.toFixed(3))),
        measureWords[measure],
      ]),
    options,
  );
  return leftOut === undefined
    ? table
    : `${table}\n\nCompared were the first ${groupDigits(columns.length)} of ${plural(columns.length + leftOut, 'column')}.`;
}

function shown(value: DataValue): string {
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
