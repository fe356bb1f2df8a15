import type { Cell, EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';
import {
  type ColumnKind,
  type ColumnKinds,
  columnKind,
  numericColumn,
  rowPlaces,
} from '../tables/columnKind.ts';
import { ColumnBuilder } from '../tables/encode.ts';
import {
  type NumberStyle,
  numberStyle,
  placeOfSteps,
  stepsPerUnit,
  writePlace,
} from '../tables/numberStyle.ts';
import { columnNamed } from '../tables/rows.ts';
import { type Checks, checkReal, makeChecks } from './checks.ts';
import { constraintsOverlap, noFrequentCombination, noSuchColumn, notOrdered } from './errors.ts';
import type { Constraint } from './synthesiser.ts';

/**
 * How a table was changed before a model learned it, so that what the model draws obeys the constraints when it is
 * changed back: combinations are one column, and the upper column of an inequality is its distance from the lower.
 */
export interface Reshaping {
  /** The columns of the real table, in order. */
  readonly names: readonly string[];
  /** Of the reshaped columns. */
  readonly kinds: ColumnKinds;
  readonly joints: readonly Joint[];
  readonly gaps: readonly Gap[];
  readonly checks: Checks;
}

export interface Joint {
  readonly name: string;
  readonly columns: readonly string[];
  /** For each text of the joint column the cells of `columns`. */
  readonly combinations: Readonly<Record<string, readonly Cell[]>>;
}

export interface Gap {
  readonly name: string;
  readonly low: string;
  readonly high: string;
  readonly strict: boolean;
  readonly lowKind: 'number' | 'datetime';
  readonly style: NumberStyle;
  /** The greatest upper value that enough rows reach. */
  readonly ceiling: number;
}

interface ReshapeOptions {
  readonly kinds: ColumnKinds;
  readonly rareBelow: number;
}

/** Throws when a constraint names no column, does not hold in the table, or meets another one. */
export function reshape(
  table: EncodedTable,
  constraints: readonly Constraint[],
  { kinds, rareBelow }: ReshapeOptions,
): Reshaping & { readonly table: EncodedTable } {
  for (const constraint of constraints) {
    requireColumns(table, constraint);
  }
  const allKinds = Object.fromEntries(
    table.columns.map((column) => [column.name, columnKind(column, kinds)]),
  );
  const checks = makeChecks(constraints, allKinds);
  checkReal(table, checks);
  refuseOverlap(constraints);
  const joined = constraints.flatMap((constraint) =>
    constraint.kind === 'fixedCombinations' ? [join(table, constraint.columns, rareBelow)] : [],
  );
  const measured = constraints.flatMap((constraint) =>
    constraint.kind === 'inequality' ? [measureGap(table, constraint, allKinds, rareBelow)] : [],
  );
  const replaced = new Map<string, EncodedColumn | undefined>([
    ...joined.flatMap(({ joint, column }) =>
      joint.columns.map((name, index) => [name, index === 0 ? column : undefined] as const),
    ),
    ...measured.map(({ gap, column }) => [gap.high, column] as const),
  ]);
  const columns = table.columns.flatMap((column) => {
    const other = replaced.has(column.name) ? replaced.get(column.name) : column;
    return other ? [other] : [];
  });
  return {
    names: table.columns.map(({ name }) => name),
    kinds: {
      ...allKinds,
      ...Object.fromEntries(joined.map(({ joint }) => [joint.name, 'category' as const])),
      ...Object.fromEntries(measured.map(({ gap }) => [gap.name, 'number' as const])),
    },
    joints: joined.map(({ joint }) => joint),
    gaps: inOrder(measured.map(({ gap }) => gap)),
    checks,
    table: { rowCount: table.rowCount, columns },
  };
}

/** Changes drawn rows back to the columns of the real table. */
export function restore({ names, joints, gaps }: Reshaping, drawn: EncodedTable): EncodedTable {
  const columns = new Map(drawn.columns.map((column) => [column.name, column]));
  for (const { name, columns: members, combinations } of joints) {
    const { values, codes } = columns.get(name)!;
    members.forEach((member, index) => {
      const builder = new ColumnBuilder(member, drawn.rowCount);
      const newCodes = values.map((value) => builder.codeOf(combinations[String(value)]![index]!));
      codes.forEach((code, row) => {
        builder.setCode(row, newCodes[code]!);
      });
      columns.set(member, builder.finish());
    });
  }
  for (const gap of gaps) {
    columns.set(gap.high, upperColumn(gap, columns.get(gap.low)!, columns.get(gap.name)!));
  }
  return { rowCount: drawn.rowCount, columns: names.map((name) => columns.get(name)!) };
}

function requireColumns(table: EncodedTable, constraint: Constraint): void {
  for (const column of columnsOf(constraint)) {
    if (!columnNamed(table, column)) {
      throw noSuchColumn(column, 'A constraint');
    }
  }
}

function columnsOf(constraint: Constraint): readonly string[] {
  switch (constraint.kind) {
    case 'range':
      return [constraint.column];
    case 'inequality':
      return [constraint.low, constraint.high];
    case 'unique':
    case 'fixedCombinations':
      return constraint.columns;
  }
}

/** A column can be replaced once, and what a combination holds cannot be measured from. */
function refuseOverlap(constraints: readonly Constraint[]): void {
  const joined = constraints.flatMap((each) => (each.kind === 'fixedCombinations' ? each.columns : []));
  const inequalities = constraints.filter((each) => each.kind === 'inequality');
  const replaced = [...joined, ...inequalities.map(({ high }) => high)];
  const twice =
    replaced.find((column, index) => replaced.indexOf(column) !== index) ??
    inequalities.find(({ low }) => joined.includes(low))?.low;
  if (twice !== undefined) {
    throw constraintsOverlap(twice);
  }
}

function join(table: EncodedTable, columns: readonly string[], rareBelow: number) {
  const members = columns.map((name) => columnNamed(table, name)!);
  const name = columns.join('\0');
  const builder = new ColumnBuilder(name, table.rowCount);
  const combinations: Record<string, readonly Cell[]> = {};
  const counts = new Map<string, number>();
  for (let row = 0; row < table.rowCount; row += 1) {
    const key = members.map(({ codes }) => codes[row]!).join(' ');
    combinations[key] ??= members.map(({ values, codes }) => values[codes[row]!]!);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    builder.set(row, key);
  }
  if (Math.max(...counts.values()) < rareBelow) {
    throw noFrequentCombination(columns, rareBelow);
  }
  // The model is kept and sent on: combinations of few persons are not part of it.
  for (const [key, count] of counts) {
    if (count < rareBelow) {
      delete combinations[key];
    }
  }
  return { joint: { name, columns, combinations }, column: builder.finish() };
}

function measureGap(
  table: EncodedTable,
  { low, high, strict = false }: Extract<Constraint, { kind: 'inequality' }>,
  kinds: Readonly<Record<string, ColumnKind>>,
  rareBelow: number,
) {
  const lowKind = orderedKind(low, kinds);
  const highKind = orderedKind(high, kinds);
  if (lowKind !== highKind) {
    throw notOrdered(high, `The inequality with "${low}"`);
  }
  const [lowColumn, highColumn] = [columnNamed(table, low)!, columnNamed(table, high)!];
  const [lowPlaces, highPlaces] = [
    rowPlaces(numericColumn(lowColumn, lowKind)),
    rowPlaces(numericColumn(highColumn, highKind)),
  ];
  const styles = [numberStyle(lowColumn, lowKind), numberStyle(highColumn, highKind)] as const;
  const steps = Math.max(...styles.map(stepsPerUnit));
  const builder = new ColumnBuilder(`${low}\0${high}`, table.rowCount);
  for (let row = 0; row < table.rowCount; row += 1) {
    const distance = highPlaces[row]! - lowPlaces[row]!;
    builder.set(row, Number.isNaN(distance) ? null : Math.round(distance * steps) / steps);
  }
  const sorted = highPlaces.filter((place) => !Number.isNaN(place)).sort();
  const ceiling = sorted[Math.max(0, sorted.length - rareBelow)] ?? Number.POSITIVE_INFINITY;
  const column = builder.finish();
  return { gap: { name: column.name, low, high, strict, lowKind, style: styles[1], ceiling }, column };
}

function orderedKind(column: string, kinds: Readonly<Record<string, ColumnKind>>): 'number' | 'datetime' {
  const kind = kinds[column]!;
  if (kind === 'category') {
    throw notOrdered(column, 'An inequality');
  }
  return kind;
}

/** Each gap after the one that makes its lower column. */
function inOrder(gaps: readonly Gap[]): Gap[] {
  const waiting = [...gaps];
  const ordered: Gap[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ low }) => !waiting.some(({ high }) => high === low));
    if (next === -1) {
      throw constraintsOverlap(waiting[0]!.low);
    }
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

function upperColumn(gap: Gap, low: EncodedColumn, distance: EncodedColumn): EncodedColumn {
  const lowPlaces = rowPlaces(numericColumn(low, gap.lowKind));
  const distances = rowPlaces(numericColumn(distance, 'number'));
  const steps = stepsPerUnit(gap.style);
  const builder = new ColumnBuilder(gap.high, lowPlaces.length);
  for (let row = 0; row < lowPlaces.length; row += 1) {
    const place = lowPlaces[row]!;
    if (Number.isNaN(place + distances[row]!)) {
      builder.set(row, null);
      continue;
    }
    let least = Math.ceil(place * steps - 1e-6);
    least += gap.strict && placeOfSteps(least, gap.style) <= place ? 1 : 0;
    const wanted = Math.round(Math.min(place + distances[row]!, gap.ceiling) * steps);
    builder.set(row, writePlace(placeOfSteps(Math.max(wanted, least), gap.style), gap.style));
  }
  return builder.finish();
}
