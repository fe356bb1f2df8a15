import type { Cell, EncodedColumn } from '../../data/encodedTable.ts';
import { formatInstant, type InstantStyle, instantStep, parseInstant } from './instants.ts';

/** How the numbers or instants of a column are written, so that made-up ones look like them. */
export type NumberStyle =
  | { readonly kind: 'number'; readonly decimals: number; readonly text: boolean }
  | { readonly kind: 'datetime'; readonly instant: InstantStyle };

/** The finest of the styles that the column's values have. */
export function numberStyle(
  { values }: Pick<EncodedColumn, 'values'>,
  kind: 'number' | 'datetime',
): NumberStyle {
  const present = values.filter((value) => value !== null);
  if (kind === 'datetime') {
    return {
      kind,
      instant: present.map((value) => parseInstant(String(value))).reduce(finest, undefined) ?? dayStyle,
    };
  }
  const decimals = present.reduce<number>((most, value) => Math.max(most, decimalsOf(String(value))), 0);
  const greatest = present.reduce<number>((most, value) => Math.max(most, Math.abs(Number(value))), 1);
  // Beyond 2^53 the last digits of a double say nothing.
  const exact = Math.max(0, Math.floor(Math.log10(Number.MAX_SAFE_INTEGER / greatest)));
  return {
    kind,
    decimals: Math.min(decimals, exact),
    text: present.length > 0 && present.every((value) => typeof value === 'string'),
  };
}

/** How many smallest steps of the style there are in one unit of its number line. */
export function stepsPerUnit(style: NumberStyle): number {
  return style.kind === 'number' ? 10 ** style.decimals : 1 / instantStep(style.instant.precision);
}

/** The place on the number line of a whole number of steps. */
export function placeOfSteps(steps: number, style: NumberStyle): number {
  return style.kind === 'number'
    ? steps / 10 ** style.decimals
    : steps * instantStep(style.instant.precision);
}

/** The cell for a place that lies on a whole step. */
export function writePlace(place: number, style: NumberStyle): Cell {
  if (style.kind === 'datetime') {
    return formatInstant(place, style.instant);
  }
  if (!style.text) {
    return place;
  }
  return Math.abs(place) > Number.MAX_SAFE_INTEGER
    ? BigInt(Math.round(place)).toString()
    : place.toFixed(style.decimals);
}

const dayStyle: InstantStyle = { precision: 'day', separator: 'T', zone: '' };

function finest(
  style: InstantStyle | undefined,
  instant: { readonly style: InstantStyle } | undefined,
): InstantStyle | undefined {
  if (!instant) {
    return style;
  }
  const finer = !style || instantStep(instant.style.precision) < instantStep(style.precision);
  return finer ? instant.style : style;
}

function decimalsOf(text: string): number {
  const match = /^-?\d*\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  return match ? Math.max(0, match[1]!.length - Number(match[2] ?? 0)) : 0;
}
