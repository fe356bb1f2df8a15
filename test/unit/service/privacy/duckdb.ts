import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { piecesOfText, type TextPieces } from '../../../../src/service/privacy/methods/hmacBatch.ts';
import type { SqlExpression, SqlValue } from '../../../../src/service/privacy/methods/sqlExpression.ts';
import type { TextCodes } from '../../../../src/service/storage/textFunction.ts';

/** A database in memory, so that the SQL of a method is compared with what DuckDB makes of it. */
export async function openDuckDb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** The values of `expression`, as text or null, over the rows of `table`. */
export async function evaluate(
  connection: DuckDBConnection,
  expression: SqlExpression,
  table: string,
): Promise<(string | null)[]> {
  const statement = await connection.prepare(`SELECT CAST(${expression.sql} AS VARCHAR) FROM ${table}`);
  for (const [index, value] of expression.values.entries()) {
    bind(statement, index + 1, value);
  }
  const reader = await statement.runAndReadAll();
  statement.destroySync();
  return reader.getRows().map(([value]) => (value === null ? null : String(value)));
}

function bind(
  statement: Awaited<ReturnType<DuckDBConnection['prepare']>>,
  at: number,
  value: SqlValue,
): void {
  if (value instanceof Uint8Array) {
    statement.bindBlob(at, value);
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    statement.bindBigInt(at, BigInt(value));
  } else if (typeof value === 'number') {
    statement.bindDouble(at, value);
  } else {
    statement.bindValue(at, value);
  }
}

/** Texts as DuckDB holds them: the length of each piece and its bytes; null has none. */
export function textPieces(texts: readonly (string | null)[]): TextPieces {
  const pieces = Array.from({ length: piecesOfText }, () => new Int32Array(4 * texts.length));
  for (const [row, text] of texts.entries()) {
    const bytes = Buffer.from(text ?? '');
    for (const [at, piece] of pieces.entries()) {
      const part = bytes.subarray(12 * at, 12 * (at + 1));
      piece[4 * row] = part.length;
      Buffer.from(piece.buffer).set(part, 16 * row + 4);
    }
  }
  return { rowCount: texts.length, pieces, long: (row) => texts[row]! };
}

/** As the output has them. */
export function codeTexts({ codes, found }: TextCodes, prefix = ''): (string | null)[] {
  const length = codes.length / found.length;
  const all = String.fromCharCode(...codes);
  return Array.from(found, (isFound, row) =>
    isFound ? prefix + all.slice(row * length, (row + 1) * length) : null,
  );
}
