import type { EncodedColumn, EncodedTable } from '../../../data/encodedTable.ts';
import type { Random } from '../../statistics/random.ts';
import type { Work } from '../../statistics/work.ts';
import { type ColumnKinds, columnKind, numericColumn, rowPlaces } from '../../tables/columnKind.ts';
import { ColumnBuilder } from '../../tables/encode.ts';
import { placeOfSteps, stepsPerUnit, writePlace } from '../../tables/numberStyle.ts';
import { fitMargins, type Groups, type Margin, type MarginOptions, missingName } from '../copula/margin.ts';
import { fitMixture, type Mixture, modeProbabilities } from './mixture.ts';

/**
 * How a table is shown to a neural network, and how what it draws becomes a table again: the mode-specific
 * normalisation of L. Xu et al., "Modeling Tabular Data using Conditional GAN" (2019). A number is its distance from
 * the mode that it belongs to, and which mode that is; a category is which one it is.
 */
export interface Encoding {
  readonly width: number;
  readonly spans: readonly Span[];
}

/** The part of an encoded row that is about one column, or about whether its number is missing. */
export interface Span {
  readonly margin: Margin;
  /** Of numbers: the first place of the span is the distance, from −1 to 1, and the others say which mode. */
  readonly mixture: Mixture | undefined;
  readonly from: number;
  readonly width: number;
}

const components = 10;
const leastWeight = 0.005;
/** So many deviations from the mode are 1. */
const reach = 4;
const greatestDistance = 0.99;

export interface EncodingOptions extends MarginOptions, Work {
  readonly kinds?: ColumnKinds;
}

export function fitEncoding(table: EncodedTable, options: EncodingOptions): Encoding {
  const spans: Span[] = [];
  let width = 0;
  table.columns.forEach((column, index) => {
    const kind = columnKind(column, options.kinds);
    for (const { margin } of fitMargins(column, kind, options)) {
      const { groups } = margin;
      const mixture = groups.kind === 'number' ? mixtureOf(column, groups, options) : undefined;
      const size = mixture ? 1 + mixture.weights.length : margin.edges.length - 1;
      spans.push({ margin, mixture, from: width, width: size });
      width += size;
    }
    options.progress?.((index + 1) / table.columns.length);
  });
  return { width, spans };
}

/**
 * The table that the encoding was fitted to, row by row `width` numbers. To which of several near modes a number
 * belongs is drawn. A rare combination that was left out is no category at all.
 */
export function encodeRows(
  { spans, width }: Encoding,
  table: EncodedTable,
  options: EncodingOptions,
  random: Random,
): Float32Array {
  const rows = new Float32Array(table.rowCount * width);
  const byName = new Map(spans.map((span) => [span.margin.name, span]));
  for (const column of table.columns) {
    options.checkCancelled?.();
    for (const { margin, groupOf, codes } of fitMargins(column, columnKind(column, options.kinds), options)) {
      const span = byName.get(margin.name);
      if (span?.mixture && margin.groups.kind === 'number') {
        encodeNumbers(
          rows,
          width,
          span.from,
          span.mixture,
          inside(column, margin.groups),
          random.fork(margin.name),
        );
      } else if (span) {
        codes.forEach((code, row) => {
          const group = groupOf[code]!;
          if (group !== -1) {
            rows[row * width + span.from + group] = 1;
          }
        });
      }
    }
  }
  return rows;
}

/** Reads rows back: the greatest place of a span says which category or mode. */
export function decodeRows({ spans, width }: Encoding, rows: Float32Array): EncodedTable {
  const rowCount = rows.length / width;
  const missing = new Map(spans.map((span) => [span.margin.name, span]));
  const columns = spans
    .filter(({ margin }) => !margin.name.endsWith(missingName('')))
    .map((span) => {
      const builder = new ColumnBuilder(span.margin.name, rowCount);
      const absent = missing.get(missingName(span.margin.name));
      for (let row = 0; row < rowCount; row += 1) {
        const isAbsent = absent && greatest(rows, row * width + absent.from, absent.width) === 1;
        builder.set(row, isAbsent ? null : decodeCell(rows, row * width, span));
      }
      return builder.finish();
    });
  return { rowCount, columns };
}

type NumberGroups = Extract<Groups, { kind: 'number' }>;

/** For each row its place, drawn in to the extremes that enough rows share; NaN where it has none. */
function inside(column: EncodedColumn, { low, high, style }: NumberGroups): Float64Array {
  const places = rowPlaces(numericColumn(column, style.kind));
  return places.map((place) => Math.min(Math.max(place, low[0]!), high.at(-1)!));
}

function mixtureOf(column: EncodedColumn, groups: NumberGroups, { checkCancelled }: Work): Mixture {
  const places = inside(column, groups).filter((place) => !Number.isNaN(place));
  return fitMixture(places, { components, leastWeight, ...(checkCancelled && { checkCancelled }) });
}

function encodeNumbers(
  rows: Float32Array,
  width: number,
  from: number,
  mixture: Mixture,
  places: Float64Array,
  random: Random,
): void {
  const probabilities = new Float64Array(mixture.weights.length);
  places.forEach((place, row) => {
    const chance = random.uniform();
    // A missing number is no distance from the first mode; the span beside it says that it is missing.
    let mode = 0;
    if (!Number.isNaN(place)) {
      modeProbabilities(mixture, place, probabilities);
      mode = drawMode(probabilities, chance);
      const distance = (place - mixture.means[mode]!) / (reach * mixture.deviations[mode]!);
      rows[row * width + from] = Math.min(Math.max(distance, -greatestDistance), greatestDistance);
    }
    rows[row * width + from + 1 + mode] = 1;
  });
}

/** Every mode keeps a small chance, so that a network sees each of them. */
function drawMode(probabilities: Float64Array, chance: number): number {
  const least = 1e-6;
  let left = chance * (1 + least * probabilities.length);
  const mode = probabilities.findIndex((probability) => {
    left -= probability + least;
    return left < 0;
  });
  return mode === -1 ? probabilities.length - 1 : mode;
}

function decodeCell(rows: Float32Array, offset: number, { margin, mixture, from, width }: Span) {
  const { groups } = margin;
  if (groups.kind === 'category') {
    return groups.cells[greatest(rows, offset + from, width)]!;
  }
  const mode = greatest(rows, offset + from + 1, width - 1);
  const place = rows[offset + from]! * reach * mixture!.deviations[mode]! + mixture!.means[mode]!;
  const within = Math.min(Math.max(place, groups.low[0]!), groups.high.at(-1)!);
  return writePlace(
    placeOfSteps(Math.round(within * stepsPerUnit(groups.style)), groups.style),
    groups.style,
  );
}

function greatest(rows: Float32Array, from: number, width: number): number {
  let best = 0;
  for (let index = 1; index < width; index += 1) {
    if (rows[from + index]! > rows[from + best]!) {
      best = index;
    }
  }
  return best;
}
