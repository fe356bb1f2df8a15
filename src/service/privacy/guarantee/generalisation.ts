import type { Cell, EncodedColumn } from '../../data/encodedTable.ts';
import { type Label, suppressed } from './hierarchy/hierarchy.ts';
import type { MondrianResult } from './mondrian.ts';
import { NodeChecker } from './nodeCheck.ts';
import type { SearchResult, SearchTask } from './search.ts';
import { distinctTuples } from './tuples.ts';

/** What replaces the quasi-identifiers of suppressed rows. */
export type SuppressedAs = typeof suppressed | null;

/** Every value of a column becomes the same label wherever it stands; rows of suppressed classes lose all of them. */
export interface FullDomainGeneralisation {
  readonly kind: 'fullDomain';
  readonly columns: readonly ColumnMapping[];
  /** The classes to suppress, as the labels of the columns in their order. */
  readonly suppressedClasses: readonly (readonly Label[])[];
  readonly suppressedAs: SuppressedAs;
}

export interface ColumnMapping {
  readonly column: string;
  /** Distinct values and what each becomes. */
  readonly values: readonly Cell[];
  readonly labels: readonly Label[];
}

/** Each combination of values becomes the labels of its group. */
export interface LocalGeneralisation {
  readonly kind: 'local';
  readonly columns: readonly string[];
  /** For each group the labels of the columns. */
  readonly groups: readonly (readonly Label[])[];
  /** For each row of the table its group. */
  readonly groupOfRow: Int32Array;
  /**
   * The distinct combinations of values and the group of each, for a join; undefined where equal rows were
   * dealt to several groups, so that the row alone decides.
   */
  readonly tuples: readonly TupleMapping[] | undefined;
}

export interface TupleMapping {
  readonly values: readonly Cell[];
  readonly group: number;
}

export type Generalisation = FullDomainGeneralisation | LocalGeneralisation;

/** What a search has found, as data that can be joined with the rows. */
export function fullDomainGeneralisation(
  task: SearchTask,
  { levels }: SearchResult,
  suppressedAs: SuppressedAs = suppressed,
): FullDomainGeneralisation {
  const { quasiIdentifiers, criteria, sensitive = [], suppressionLimit = 0, weights } = task;
  const columns = quasiIdentifiers.map(({ column, levels: tables }, index): ColumnMapping => {
    const { labels, labelOfCode } = tables[levels[index]!]!;
    return {
      column: column.name,
      values: column.values,
      labels: Array.from(labelOfCode, (label) => labels[label]!),
    };
  });
  const checker = new NodeChecker(quasiIdentifiers, criteria, sensitive, suppressionLimit, weights);
  const { suppressed: marks, classOfTuple } = checker.check(levels, true);
  const seen = new Set<number>();
  const suppressedClasses: Label[][] = [];
  classOfTuple!.subarray(0, checker.tuples.count).forEach((index, tuple) => {
    if (marks[index] === 1 && !seen.has(index)) {
      seen.add(index);
      suppressedClasses.push(
        columns.map(({ labels }, column) => labels[checker.tuples.codes[column]![tuple]!]!),
      );
    }
  });
  return { kind: 'fullDomain', columns, suppressedClasses, suppressedAs };
}

/** What Mondrian has found, as data that can be joined with the rows. `columns` are those of the task, in its order. */
export function localGeneralisation(
  columns: readonly EncodedColumn[],
  { dimensions, rows, starts, lows, highs }: MondrianResult,
): LocalGeneralisation {
  const groupCount = starts.length - 1;
  const groupOfRow = new Int32Array(rows.length);
  const groups = Array.from({ length: groupCount }, (_, group) => {
    for (let place = starts[group]!; place < starts[group + 1]!; place += 1) {
      groupOfRow[rows[place]!] = group;
    }
    return dimensions.map(({ label }, dimension) => {
      const at = group * dimensions.length + dimension;
      return label(lows[at]!, highs[at]!);
    });
  });
  const { count, codes, tupleOfRow } = distinctTuples(columns, rows.length);
  const groupOfTuple = new Int32Array(count).fill(-1);
  const isFunction = groupOfRow.every((group, row) => {
    const tuple = tupleOfRow[row]!;
    const known = groupOfTuple[tuple]!;
    groupOfTuple[tuple] = group;
    return known === -1 || known === group;
  });
  const tuples = Array.from(
    groupOfTuple,
    (group, tuple): TupleMapping => ({
      values: columns.map(({ values }, column) => values[codes[column]![tuple]!]!),
      group,
    }),
  );
  return {
    kind: 'local',
    columns: columns.map(({ name }) => name),
    groups,
    groupOfRow,
    tuples: isFunction ? tuples : undefined,
  };
}

/** The quasi-identifiers as a release has them; `columns` are the original ones, in the order of the generalisation. */
export function generalise(
  columns: readonly EncodedColumn[],
  generalisation: Generalisation,
): EncodedColumn[] {
  return generalisation.kind === 'local'
    ? generalisation.columns.map((name, column) =>
        encodeLabels(
          name,
          generalisation.groups.map((labels) => labels[column]!),
          generalisation.groupOfRow,
        ),
      )
    : generaliseFullDomain(columns, generalisation);
}

function generaliseFullDomain(
  columns: readonly EncodedColumn[],
  { columns: mappings, suppressedClasses, suppressedAs }: FullDomainGeneralisation,
): EncodedColumn[] {
  const generalised = columns.map(({ name, codes }, index) =>
    encodeLabels(name, mappings[index]!.labels, codes),
  );
  if (suppressedClasses.length === 0) {
    return generalised;
  }
  const keyOf = (labels: readonly unknown[]) => JSON.stringify(labels);
  const lost = new Set(suppressedClasses.map(keyOf));
  const { count, codes, tupleOfRow } = distinctTuples(generalised, columns[0]!.codes.length);
  const isLost = Array.from({ length: count }, (_, tuple) =>
    lost.has(keyOf(generalised.map(({ values }, column) => values[codes[column]![tuple]!]))),
  );
  return generalised.map(({ name, values, codes: rowCodes }) => {
    const known = values.indexOf(suppressedAs);
    const code = known >= 0 ? known : values.length;
    return {
      name,
      values: known >= 0 ? values : [...values, suppressedAs],
      codes: rowCodes.map((own, row) => (isLost[tupleOfRow[row]!] ? code : own)),
    };
  });
}

function encodeLabels(name: string, labels: readonly Label[], codes: Int32Array): EncodedColumn {
  const indexOf = new Map<Label, number>();
  const newCode = Int32Array.from(labels, (label) => {
    const index = indexOf.get(label) ?? indexOf.size;
    indexOf.set(label, index);
    return index;
  });
  return { name, values: [...indexOf.keys()], codes: codes.map((code) => newCode[code]!) };
}
