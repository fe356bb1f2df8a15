import { DuckdbError } from '../storage/duckdb.ts';
import {
  damagedTable,
  lineTooLong,
  malformedJson,
  mixedLineEnds,
  notEnoughRoom,
  raggedRow,
  unreadableTable,
  unterminatedQuote,
  valueDoesNotFit,
  wrongEncoding,
} from './errors.ts';

/**
 * What DuckDB says when it cannot read a file, as an error that a person understands. Its messages are the only place
 * where it names the row; anything that is not recognised stays as it is and is logged as unexpected.
 */
export function readFailure(error: unknown, data: string): unknown {
  if (!(error instanceof DuckdbError)) {
    return error;
  }
  const { message } = error;
  const row = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const [, expected, found] = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message) ?? [];
  if (expected !== undefined) {
    return raggedRow(data, row, Number(expected), Number(found));
  }
  const recognised: readonly (readonly [RegExp, () => Error])[] = [
    [/unterminated quote/i, () => unterminatedQuote(data, row)],
    [/Invalid unicode/i, () => wrongEncoding(data, row, 'UTF-8')],
    [/Maximum line size/i, () => lineTooLong(data, row)],
    [/state machine reached an invalid state/i, () => mixedLineEnds(data, undefined)],
    [/Malformed JSON|JSON transform|array in JSON/i, () => jsonFailure(data, message)],
    [/^(Conversion|Out of Range) Error/, () => valueDoesNotFit(data)],
    [/^Out of Memory Error/, () => notEnoughRoom(data, 'memory', error)],
    [/No space left|max_temp_directory_size/i, () => notEnoughRoom(data, 'disk', error)],
    [
      /No magic bytes|parquet|Thrift|TProtocol|Snappy|decompress/i,
      () => damagedTable(data, firstLine(message)),
    ],
    [/^IO Error/, () => unreadableTable(data, firstLine(message))],
  ];
  return recognised.find(([pattern]) => pattern.test(message))?.[1]() ?? error;
}

function jsonFailure(data: string, message: string): Error {
  // DuckDB counts from 1 and is one ahead of itself.
  const row = /in (?:line|record\/value) (\d+)/.exec(message)?.[1];
  const reason = /: ([^:"]+?)\.?\s*$/.exec(firstLine(message))?.[1];
  return malformedJson(
    data,
    row === undefined ? undefined : Math.max(1, Number(row) - 1),
    reason ?? 'it is cut off',
  );
}

function firstLine(message: string): string {
  return message
    .split('\n')[0]!
    .replace(/^[A-Z]\w*( \w+)* Error: /, '')
    .replace(/\.$/, '');
}
