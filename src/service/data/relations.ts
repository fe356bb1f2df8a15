import { setImmediate as nextTurn } from 'node:timers/promises';
import { cancelled } from '../../base/errors.ts';
import type { Association, Associations, ColumnProfile, LeakageHint } from '../../protocol/data.ts';
import { associate, type ComparedColumn } from './associations.ts';
import { numberSql } from './columnProfiles.ts';
import { binCodes, type Codes, determination } from './determination.ts';
import type { Cell } from './encodedTable.ts';
import { ColumnEncoder } from './encodeTuples.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

/** Columns are compared over so many rows at most: the error of a correlation is then below 0.01. */
const mostRows = 50_000;
/** For a first look fewer have to do. */
const mostFirstRows = 3_000;
const mostCompared = 60;
const mostLevels = 50;
const leastStrength = 0.1;

/** From here on a hint is given: hardly any doubt about the other column is left. */
const leastDetermination = 0.95;
const leastCorrelation = 0.99;

interface FetchedColumn {
  readonly name: string;
  readonly compared: ComparedColumn | undefined;
  readonly codes: Codes;
  readonly numbers: Float64Array | undefined;
}

/** Associations of all pairs of columns that can be compared, and what gives the target away. */
export async function relateColumns(
  table: Table,
  copy: WorkingCopy,
  profiles: readonly ColumnProfile[],
  { target, signal }: WorkOptions & { readonly target?: string | undefined },
): Promise<{ readonly associations: Associations; readonly hints: readonly LeakageHint[] }> {
  const columns = await fetchColumns(table, copy, chosenPlaces(profiles, target), profiles, signal);
  const compared = columns.flatMap((column) => column.compared ?? []).slice(0, mostCompared);
  const pairs: Association[] = [];
  let turn = performance.now();
  for (const [at, a] of compared.entries()) {
    for (const b of compared.slice(at + 1)) {
      const { measure, strength } = associate(a, b);
      if (strength !== undefined && Math.abs(strength) >= leastStrength) {
        pairs.push({ a: a.name, b: b.name, measure, strength });
      }
      // Others wait for the same process.
      if (performance.now() - turn > 20) {
        await nextTurn();
        turn = performance.now();
        refuseWhenCancelled(signal);
      }
    }
  }
  pairs.sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength));
  const hints = target === undefined ? redundancies(columns, pairs) : giveaways(columns, target);
  const rows = columns[0]?.codes.codes.length ?? 0;
  return { associations: { rows, columns: compared.map(({ name }) => name), pairs }, hints };
}

/** Constants, keys of text, documents and nested values have nothing to compare. */
function chosenPlaces(profiles: readonly ColumnProfile[], target: string | undefined): readonly number[] {
  const places = [...profiles.keys()].filter((at) => {
    const { name, type, distinct, missing } = profiles[at]!;
    const isConstant = distinct + (missing > 0 ? 1 : 0) < 2;
    return name === target || (!isConstant && type !== 'nested' && type !== 'binary' && type !== 'time');
  });
  const chosen = places.slice(0, mostCompared * 2);
  const targetPlace = profiles.findIndex(({ name }) => name === target);
  return targetPlace < 0 || chosen.includes(targetPlace) ? chosen : [...chosen, targetPlace];
}

async function fetchColumns(
  table: Table,
  { relation, rowCount, columns }: WorkingCopy,
  places: readonly number[],
  profiles: readonly ColumnProfile[],
  signal: AbortSignal | undefined,
): Promise<readonly FetchedColumn[]> {
  if (places.length === 0) {
    return [];
  }
  const values = places.map((at) => {
    const { type, sql } = columns[at]!;
    return numberSql(type, sql) ?? `CAST(${sql} AS VARCHAR)`;
  });
  const most = table.isPartial ? mostFirstRows : mostRows;
  const lots = rowCount > most ? ` USING SAMPLE reservoir(${most} ROWS) REPEATABLE (1)` : '';
  const encoders = places.map(() => new ColumnEncoder());
  for await (const chunk of table.chunks(`SELECT ${values.join(', ')} FROM ${relation}${lots}`, { signal })) {
    for (const [at, encoder] of encoders.entries()) {
      encoder.add(chunk.columns[at]!);
    }
  }
  return encoders.map((encoder, index) => {
    const { name, type } = profiles[places[index]!]!;
    const { values: distinct, codes } = encoder.finish(name);
    const own: Codes = { codes, levels: Math.max(1, distinct.length) };
    if (numberSql(type, '') !== undefined) {
      const numbers = Float64Array.from(codes, (code) =>
        distinct[code] === null ? Number.NaN : Number(distinct[code]),
      );
      return { name, codes: own, numbers, compared: { name, kind: 'numeric', values: numbers } };
    }
    return { name, codes: own, numbers: undefined, compared: categorical(name, distinct, codes) };
  });
}

function categorical(name: string, distinct: readonly Cell[], codes: Int32Array): ComparedColumn | undefined {
  if (distinct.length > mostLevels) {
    return undefined;
  }
  const missing = distinct.indexOf(null);
  return {
    name,
    kind: 'categorical',
    levels: distinct.length,
    codes: missing < 0 ? codes : codes.map((code) => (code === missing ? -1 : code)),
  };
}

function giveaways(columns: readonly FetchedColumn[], target: string): readonly LeakageHint[] {
  const known = columns.find(({ name }) => name === target);
  if (!known) {
    return [];
  }
  const hints = columns.flatMap((column): LeakageHint[] => {
    const hint = column === known ? undefined : giveaway(column, known);
    return hint ? [{ ...hint, column: column.name, other: target }] : [];
  });
  return hints.sort((a, b) => b.strength - a.strength);
}

function giveaway(
  column: FetchedColumn,
  target: FetchedColumn,
): Pick<LeakageHint, 'kind' | 'strength'> | undefined {
  if (column.numbers && target.numbers) {
    const { strength = 0 } = associate(column.compared!, target.compared!);
    if (Math.abs(strength) >= leastCorrelation) {
      return { kind: 'nearlyTarget', strength: Math.abs(strength) };
    }
  }
  const wanted = target.numbers && target.codes.levels > 20 ? binCodes(target.numbers, 10) : target.codes;
  const direct = determination(column.codes, wanted);
  const binned =
    column.numbers && column.codes.levels > 50
      ? determination(binCodes(column.numbers, 50), wanted)
      : undefined;
  const strength = Math.max(direct ?? 0, binned ?? 0);
  if (strength < leastDetermination) {
    return undefined;
  }
  const back = (direct ?? 0) >= leastDetermination ? (determination(wanted, column.codes) ?? 0) : 0;
  return { kind: back >= leastDetermination ? 'nearlyTarget' : 'determinesTarget', strength };
}

/** Two columns that say the same. */
function redundancies(
  columns: readonly FetchedColumn[],
  pairs: readonly Association[],
): readonly LeakageHint[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return pairs
    .filter(({ measure, strength }) => measure !== 'correlationRatio' && Math.abs(strength) >= 0.999)
    .flatMap(({ a, b, measure, strength }): LeakageHint[] => {
      const [one, other] = [byName.get(a)!.codes, byName.get(b)!.codes];
      const isSame =
        measure === 'pearson' || (determination(one, other) === 1 && determination(other, one) === 1);
      return isSame ? [{ kind: 'redundant', column: b, other: a, strength: Math.abs(strength) }] : [];
    });
}

function refuseWhenCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw cancelled();
  }
}
