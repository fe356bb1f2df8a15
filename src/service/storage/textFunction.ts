import type {
  DuckDBBlobVector,
  DuckDBDataChunk,
  DuckDBType,
  DuckDBUHugeIntVector,
  DuckDBVector,
} from '@duckdb/node-api';

/**
 * A function over one text. Each text comes in pieces of its UTF-8, four words of a row each: how many bytes the piece
 * has, and up to 12 of them. So DuckDB holds short texts itself, which makes them readable without a call for each.
 */
export interface TextFunction {
  readonly name: string;
  /** How many pieces there are; what is longer is asked for by `long`. Null has no bytes in any piece. */
  readonly pieces: number;
  /** Where it answers with codes: how many characters each has. Up to 16 cost a fraction of what a text does. */
  readonly codeLength?: number;
  compute(texts: {
    readonly rowCount: number;
    readonly pieces: readonly Int32Array[];
    readonly long: (row: number) => string;
  }): ArrayLike<string | null> | TextCodes;
}

/** Texts of one length in ASCII. */
export interface TextCodes {
  /** One after the other. */
  readonly codes: Uint8Array;
  /** For each row whether it has one, 1 or 0; else it is null. */
  readonly found: Uint8Array;
}

/** As DuckDB has it. */
export interface TextScalar {
  readonly name: string;
  readonly parameterTypes: DuckDBType[];
  readonly returnType: DuckDBType;
  /** Answers for each row, or writes them itself. */
  readonly compute: (
    input: DuckDBDataChunk,
    output: DuckDBVector,
  ) => ArrayLike<string | null> | typeof alreadyWritten;
}

export const alreadyWritten: readonly never[] = [];

export async function scalarOnText({ name, pieces, codeLength, compute }: TextFunction): Promise<TextScalar> {
  const { BLOB, UHUGEINT, VARCHAR } = await import('@duckdb/node-api');
  const all = Array.from({ length: pieces }, (_, at) => at);
  const areNumbers = isNumber(codeLength);
  return {
    name,
    parameterTypes: [...all.map(() => BLOB), VARCHAR],
    returnType: areNumbers ? UHUGEINT : VARCHAR,
    compute: (input, output) => {
      const { rowCount } = input;
      const whole = input.getColumnVector(pieces);
      const found = compute({
        rowCount,
        pieces: all.map((at) => inlineWords(input.getColumnVector(at) as DuckDBBlobVector, rowCount)),
        long: (row) => whole.getItem(row) as string,
      });
      if (!('codes' in found)) {
        return found;
      }
      return areNumbers
        ? asNumbers(found, codeLength, output as DuckDBUHugeIntVector)
        : asTexts(found, codeLength!);
    },
  };
}

/** What SQL calls it of a text, which itself is SQL and never empty. */
export function callOnText({
  name,
  pieces,
  codeLength,
}: Pick<TextFunction, 'name' | 'pieces' | 'codeLength'>): (text: string) => string {
  return (text) => {
    const bytes = `encode(${text})`;
    const parts = Array.from(
      { length: pieces },
      (_, at) => `coalesce(${bytes}[${1 + at * inlineBytes}:${(at + 1) * inlineBytes}], ''::BLOB)`,
    );
    const rest = `CASE WHEN octet_length(${bytes}) > ${(pieces - 1) * inlineBytes} THEN ${text} END`;
    const called = `${name}(${[...parts, rest].join(', ')})`;
    if (!isNumber(codeLength)) {
      return called;
    }
    const written = `CAST(CAST(${called} AS BIT) AS BLOB)`;
    return codeLength === bytesOfNumber
      ? `decode(${written})`
      : `decode(${written}[${1 + bytesOfNumber - codeLength}:])`;
  };
}

function isNumber(codeLength: number | undefined): codeLength is number {
  return codeLength !== undefined && codeLength <= bytesOfNumber;
}

/** Of DuckDB's largest whole number, which becomes a text without a call for each. */
const bytesOfNumber = 16;

/** Codes as the bytes of numbers, the last character lowest. */
function asNumbers(
  { codes, found }: TextCodes,
  length: number,
  output: DuckDBUHugeIntVector,
): typeof alreadyWritten {
  // Its numbers one by one would be made of two halves each, which takes longer than all the rest.
  // biome-ignore lint/complexity/useLiteralKeys: what is private can only be read by a key.
  const { buffer, byteOffset } = output['dataView'];
  const bytes = new Uint8Array(buffer, byteOffset, found.length * bytesOfNumber).fill(0);
  for (let row = 0; row < found.length; row += 1) {
    if (found[row] === 0) {
      output.setItem(row, null);
      continue;
    }
    const last = (row + 1) * length - 1;
    for (let at = 0; at < length; at += 1) {
      bytes[row * bytesOfNumber + at] = codes[last - at]!;
    }
  }
  return alreadyWritten;
}

function asTexts({ codes, found }: TextCodes, length: number): (string | null)[] {
  // One text of all codes, so that there is one decoding and not one for each.
  const all = Buffer.from(codes.buffer, codes.byteOffset, codes.byteLength).toString('latin1');
  return Array.from(found, (isFound, row) =>
    isFound === 0 ? null : all.slice(row * length, (row + 1) * length),
  );
}

/** Of texts up to this length DuckDB holds the bytes beside the length: 16 bytes for each. */
const inlineBytes = 12;

/** The first text is a view of the bytes of all of them, behind its length. */
function inlineWords(vector: DuckDBBlobVector, rowCount: number): Int32Array {
  const first = vector.getItemBytes(0)!;
  return new Int32Array(first.buffer, first.byteOffset - 4, 4 * rowCount);
}
