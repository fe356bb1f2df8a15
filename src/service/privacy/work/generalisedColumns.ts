import type { Cell, EncodedColumn } from '../../data/encodedTable.ts';
import type { Generalisation } from '../guarantee/generalisation.ts';
import type { Label } from '../guarantee/hierarchy/hierarchy.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import type { Dimension } from './readTuples.ts';
import { call, cellOf } from './rowFunctions.ts';
import type { Source } from './source.ts';

export interface GeneralisedColumns {
  /** By the names of the columns. */
  readonly generalised: ReadonlyMap<string, SqlExpression>;
  /** Rows for which it is true are released; undefined when all are. */
  readonly released: SqlExpression | undefined;
}

/** Labels of the generalisation for the values of a row. */
export interface LookUp {
  /** Labels of a combination of values; undefined when its rows are suppressed. */
  readonly labels: (values: readonly Cell[]) => readonly Label[] | undefined;
  /** Of each column alone, where one generalisation counts for the whole of it. */
  readonly ofColumn: readonly ReadonlyMap<Cell, Label>[] | undefined;
}

export function lookUpOf(
  generalisation: Generalisation,
  quasi: readonly EncodedColumn[],
  width: number,
): LookUp {
  if (generalisation.kind === 'fullDomain') {
    const labelOfValue = generalisation.columns.map(
      ({ values, labels }) => new Map(values.map((value, index) => [value, labels[index]!])),
    );
    const lost = new Set(generalisation.suppressedClasses.map((labels) => JSON.stringify(labels)));
    return {
      ofColumn: labelOfValue,
      labels: (values) => {
        const labels = values.map((value, at) => labelOfValue[at]!.get(value) ?? null);
        return lost.size > 0 && lost.has(JSON.stringify(labels)) ? undefined : labels;
      },
    };
  }
  const { groups, tuples } = generalisation;
  if (!tuples || quasi.length !== width) {
    throw new Error('Equal rows were dealt to several groups');
  }
  const groupOf = new Map(tuples.map(({ values, group }) => [JSON.stringify(values), group]));
  return { ofColumn: undefined, labels: (values) => groups[groupOf.get(JSON.stringify(values))!] };
}

/** Columns of the output as functions over the row: in a stream, so that the rows stay in their order. */
export async function generalisedColumns(
  { table }: Source,
  dimensions: readonly Dimension[],
  lookUp: LookUp,
  isSuppressing: boolean,
): Promise<GeneralisedColumns> {
  const all = dimensions.map(({ argument }) => argument);
  // Combinations repeat within a batch and beyond it.
  const cached = cachedLookUp(lookUp.labels);
  const generalised = new Map<string, SqlExpression>();
  for (const [at, { name, hierarchy }] of dimensions.entries()) {
    if (hierarchy) {
      const own = lookUp.ofColumn?.[at];
      const expression = await call(table, {
        arguments: own ? [all[at]!] : all,
        result: 'VARCHAR',
        compute: own
          ? (_, [values]) => values!.map((value) => own.get(cellOf(value)) ?? null)
          : (rowCount, columns) =>
              Array.from({ length: rowCount }, (_, row) => cached(columns, row)?.[at] ?? null),
      });
      generalised.set(name, expression);
    }
  }
  const released = isSuppressing
    ? await call(table, {
        arguments: all,
        result: 'BOOLEAN',
        compute: (rowCount, columns) =>
          Array.from({ length: rowCount }, (_, row) => cached(columns, row) !== undefined),
      })
    : undefined;
  return { generalised, released };
}

function cachedLookUp(lookUp: LookUp['labels']) {
  const known = new Map<string, readonly Label[] | undefined>();
  return (columns: readonly (readonly (string | number | bigint | boolean | null)[])[], row: number) => {
    const key = columns.map((column) => `${typeof column[row]}${column[row]}`).join('\u0000');
    if (known.has(key)) {
      return known.get(key);
    }
    const labels = lookUp(columns.map((column) => cellOf(column[row]!)));
    if (known.size < 200_000) {
      known.set(key, labels);
    }
    return labels;
  };
}
