import type { EncodedColumn, EncodedTable } from '../../../data/encodedTable.ts';
import type { Random } from '../../statistics/random.ts';
import type { Work } from '../../statistics/work.ts';
import { type ColumnKinds, columnKind, numericColumn, rowPlaces } from '../../tables/columnKind.ts';
import { ColumnBuilder } from '../../tables/encode.ts';
import {
  type FittedMargin,
  fitMargins,
  type Groups,
  type Margin,
  type MarginOptions,
} from '../copula/margin.ts';
import { type Limits, placeWriter, withMissing } from '../drawnColumns.ts';
import { tooWide } from '../errors.ts';
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

/** Rows as a network sees them, without the zeros. */
export interface EncodedRows {
  readonly rowCount: number;
  /** For each span the category or mode of each row; −1 where it has none. */
  readonly groups: readonly Int16Array[];
  /** For each span of numbers the distance of each row from its mode, in `reach` deviations. */
  readonly distances: readonly (Float32Array | undefined)[];
}

/** So many deviations from the mode are 1. */
export const reach = 4;
export const greatestDistance = 0.99;

const components = 10;
const leastWeight = 0.005;
const rowsBetweenChecks = 1 << 16;

export interface EncodingOptions extends MarginOptions, Work {
  readonly kinds?: ColumnKinds;
  /** Of these columns rare values are left out. */
  readonly dropRareOf?: readonly string[];
  /** A row that would be wider is refused. */
  readonly mostPlaces?: number;
}

/**
 * The encoding of a table and its rows in it. To which of several near modes a number belongs is drawn. A rare
 * combination that is left out is no category at all. Throws `privacy.tooWide`.
 */
export function encodeTable(
  table: EncodedTable,
  options: EncodingOptions,
  random: Random,
): { encoding: Encoding; rows: EncodedRows } {
  const spans: Span[] = [];
  const groups: Int16Array[] = [];
  const distances: (Float32Array | undefined)[] = [];
  let width = 0;
  table.columns.forEach((column, index) => {
    options.checkCancelled?.();
    const dropRare = options.dropRareOf?.includes(column.name) ?? false;
    for (const fitted of fitMargins(column, columnKind(column, options.kinds), { ...options, dropRare })) {
      const encoded = encodeMargin(column, fitted, options, random);
      spans.push({ margin: fitted.margin, mixture: encoded.mixture, from: width, width: encoded.width });
      groups.push(encoded.groups);
      distances.push(encoded.distances);
      width += encoded.width;
    }
    if (width > (options.mostPlaces ?? width)) {
      throw tooWide(options.mostPlaces!);
    }
    options.progress?.((index + 1) / table.columns.length);
  });
  return { encoding: { width, spans }, rows: { rowCount: table.rowCount, groups, distances } };
}

/**
 * Writes one row as a network sees it: ones and distances from `at` on, which must be zeros before. A missing number
 * is no distance from the first mode; the span beside it says that it is missing.
 */
export function writeRow(
  { spans }: Encoding,
  { groups, distances }: EncodedRows,
  row: number,
  into: Float32Array,
  at: number,
): void {
  for (let index = 0; index < spans.length; index += 1) {
    const { from } = spans[index]!;
    const group = groups[index]![row]!;
    const ofRows = distances[index];
    if (ofRows) {
      into[at + from] = ofRows[row]!;
      into[at + from + 1 + Math.max(group, 0)] = 1;
    } else if (group !== -1) {
      into[at + from + group] = 1;
    }
  }
}

/** Reads rows back, numbers within the limits of their span if there are some, and always within the real ones. */
export function decodeRows(
  { spans }: Encoding,
  { rowCount, groups, distances }: EncodedRows,
  limits: readonly (Limits | undefined)[] = [],
): EncodedTable {
  const columns = spans.map(({ margin, mixture }, index) => {
    const builder = new ColumnBuilder(margin.name, rowCount);
    const ofRows = groups[index]!;
    if (margin.groups.kind === 'category') {
      const codes = margin.groups.cells.map((cell) => builder.codeOf(cell));
      ofRows.forEach((group, row) => {
        builder.setCode(row, codes[Math.max(group, 0)]!);
      });
      return builder.finish();
    }
    const { low, high, style } = margin.groups;
    const writePlace = placeWriter(builder, style, limits[index]);
    ofRows.forEach((group, row) => {
      const mode = Math.max(group, 0);
      const place = distances[index]![row]! * reach * mixture!.deviations[mode]! + mixture!.means[mode]!;
      writePlace(row, Math.min(Math.max(place, low[0]!), high.at(-1)!));
    });
    return builder.finish();
  });
  return { rowCount, columns: withMissing(columns) };
}

type NumberGroups = Extract<Groups, { kind: 'number' }>;

/** For each row its place, drawn in to the extremes that enough rows share; NaN where it has none. */
function inside(column: EncodedColumn, { low, high, style }: NumberGroups): Float64Array {
  const places = rowPlaces(numericColumn(column, style.kind));
  return places.map((place) => Math.min(Math.max(place, low[0]!), high.at(-1)!));
}

function mixtureOf(places: Float64Array, { checkCancelled }: Work): Mixture {
  const present = places.filter((place) => !Number.isNaN(place));
  return fitMixture(present, { components, leastWeight, ...(checkCancelled && { checkCancelled }) });
}

function encodeMargin(
  column: EncodedColumn,
  { margin, groupOf, codes }: FittedMargin,
  options: EncodingOptions,
  random: Random,
) {
  if (margin.groups.kind === 'category') {
    const groups = Int16Array.from(codes, (code) => groupOf[code]!);
    return { width: margin.edges.length - 1, mixture: undefined, groups, distances: undefined };
  }
  const places = inside(column, margin.groups);
  const mixture = mixtureOf(places, options);
  const encoded = encodeNumbers(mixture, places, random.fork(margin.name), options);
  return { width: 1 + mixture.weights.length, mixture, ...encoded };
}

function encodeNumbers(mixture: Mixture, places: Float64Array, random: Random, work: Work) {
  const groups = new Int16Array(places.length).fill(-1);
  const distances = new Float32Array(places.length);
  const probabilities = new Float64Array(mixture.weights.length);
  places.forEach((place, row) => {
    if (row % rowsBetweenChecks === 0) {
      work.checkCancelled?.();
    }
    const chance = random.uniform();
    if (!Number.isNaN(place)) {
      modeProbabilities(mixture, place, probabilities);
      const mode = drawMode(probabilities, chance);
      const distance = (place - mixture.means[mode]!) / (reach * mixture.deviations[mode]!);
      groups[row] = mode;
      distances[row] = Math.min(Math.max(distance, -greatestDistance), greatestDistance);
    }
  });
  return { groups, distances };
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
