import type { ColumnType } from './methods/columnType.ts';
import { invalidOption, missingRowKey } from './methods/errors.ts';
import { rowUniforms } from './methods/keystream.ts';
import {
  type NoiseDirection,
  type NoiseOptions,
  needsFineNoise,
  noiseOnCell,
  rowKeyUniform,
} from './methods/noise.ts';
import { addNoiseToWords } from './methods/noiseOnWords.ts';
import type { PlanContext } from './planContext.ts';
import type { Batch, BatchColumn, TableColumn } from './planTypes.ts';
import type { ColumnWith } from './recipe/columnSchema.ts';
import { type Identity, identitiesOf, identityInOutput, identityOf } from './rowIdentity.ts';

/**
 * Noise on a column, or its way back. It comes from the row key where the recipe has one, else from the number of the
 * row; the two are not interchangeable.
 */
export function planNoise(
  context: PlanContext,
  column: TableColumn,
  type: ColumnType,
  options: ColumnWith<'noise'>,
  direction: NoiseDirection,
): BatchColumn {
  const { name } = column;
  const noise: NoiseOptions = { ...options, decimals: decimalsOf(name, type, options) };
  const onCell = noiseOnCell(noise, name, direction);
  const { rowKey } = context.recipe;
  const asked = [noise.distribution, noise.scale, noise.decimals];
  const subject = context.drawSubject(name, asked, rowKey === undefined);
  const key = context.subkey('noise', subject, name, options.method);
  const identities = rowKey?.map((part) => {
    context.column(part);
    return direction === 1 ? identityOf(context, part) : identityInOutput(context, part);
  });
  const uniformOf = rowKeyUniform(key);
  const uniforms = identities
    ? (batch: Batch, draw: 0 | 1) =>
        uniformsOfRowKeys((parts) => uniformOf(parts, draw), identities, batch, name)
    : (batch: Batch, draw: 0 | 1) => rowUniforms(key, batch.firstRow, batch.rowCount, draw);
  const isFine = needsFineNoise(noise);
  return {
    name,
    method: options.method,
    outputType: outputType(column, type, noise.decimals),
    stage: 'batch',
    inputs: [...new Set([name, ...(rowKey ?? [])])],
    transform: (batch) => {
      const draws = uniforms(batch, 0);
      const fine = isFine ? uniforms(batch, 1) : undefined;
      return batch
        .column(name)
        .map((value, index) => onCell(value, draws[index]!, batch.firstRow + index, fine?.[index]));
    },
    onWords:
      !identities && !isFine && fitsWords(column.type, noise.decimals)
        ? (units, firstRow) =>
            addNoiseToWords(units, rowUniforms(key, firstRow, units.length), noise, name, direction)
        : undefined,
    digits: { decimals: noise.decimals, style: 'fixed' },
  };
}

function uniformsOfRowKeys(
  uniformOf: (encodedRowKey: readonly string[]) => number,
  identities: readonly Identity[],
  batch: Batch,
  column: string,
): Float64Array {
  const encoded = identitiesOf(identities, batch, (row) => missingRowKey(column, row));
  return Float64Array.from(encoded, (parts) => uniformOf(parts));
}

function decimalsOf(name: string, type: ColumnType, { decimals }: ColumnWith<'noise'>): number {
  switch (type.kind) {
    case 'integer':
      if (decimals !== undefined && decimals > 0) {
        throw invalidOption(name, 'decimals', 'a column of whole numbers gets whole noise.');
      }
      return 0;
    case 'decimal':
      return decimals ?? type.scale;
    default:
      if (decimals === undefined) {
        throw invalidOption(
          name,
          'decimals',
          'floating-point numbers need it, since the noise is made of decimals to come off exactly.',
        );
      }
      return decimals;
  }
}

function outputType(column: TableColumn, type: ColumnType, decimals: number): string {
  if (type.kind === 'integer') {
    // Parquet has no HUGEINT: DuckDB would write doubles.
    return /HUGEINT|UBIGINT/i.test(column.type) ? 'DECIMAL(38,0)' : 'BIGINT';
  }
  return `DECIMAL(38,${decimals})`;
}

/** DuckDB holds BIGINT and decimals of 10 to 18 digits in 64 bits. */
function fitsWords(type: string, decimals: number): boolean {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/i.exec(type);
  return decimal
    ? Number(decimal[1]) >= 10 && Number(decimal[1]) <= 18 && Number(decimal[2]) === decimals
    : /^BIGINT$/i.test(type);
}
