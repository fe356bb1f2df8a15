import { groupDigits, plural } from '../../base/format.ts';
import type { DataNotice, DataProfile } from '../../protocol/data.ts';
import type { Progress } from '../../protocol/rpc.ts';
import { profileColumns } from './columnProfiles.ts';
import { type ColumnSample, sampleCopy } from './columnSample.ts';
import { describeWideTable, fewRows } from './columnsInMemory.ts';
import { countDuplicates } from './duplicates.ts';
import { relateColumns, relateToTarget } from './relations.ts';
import type { Table, WorkOptions } from './table.ts';
import { makeWorkingCopy, type WorkingCopy } from './workingCopy.ts';

export interface ProfileWork {
  readonly signal?: AbortSignal | undefined;
  readonly report?: ((progress: Progress) => void) | undefined;
  /** Is in the sample, whatever its kind. */
  readonly target?: string | undefined;
  readonly basis: 'sample' | 'whole';
}

/** What the steps take of the whole, from measurements on a million rows of fifty columns. */
const parts = { copy: 0.45, columns: 0.4, duplicates: 0.1 };

/**
 * Everything that is told of a table. With the sample over which columns
 * were compared: any target can be compared with it later.
 */
export async function profileTable(
  table: Table,
  of: Pick<DataProfile, 'path' | 'version'>,
  { signal, report, target, basis }: ProfileWork,
): Promise<{ readonly profile: DataProfile; readonly sample: ColumnSample }> {
  const step = (message: (fraction: number) => string, from: number, share: number): WorkOptions => ({
    signal,
    onProgress: (fraction) => report?.({ message: message(fraction), fraction: from + fraction * share }),
  });
  const copy = await makeWorkingCopy(
    table,
    step(() => 'reading values', 0, parts.copy),
  );
  const count = table.columns.length;
  const described = (fraction: number, from: number, to: number) =>
    `${groupDigits(Math.round(from + fraction * (to - from)))} of ${plural(count, 'column')}`;
  const inCopy = copy.columns.length;
  const copied = await profileColumns(
    table,
    copy,
    step((fraction) => described(fraction, 0, inCopy), parts.copy, (parts.columns * inCopy) / count),
  );
  const wide = await describeWideTable(
    table,
    copy,
    step(
      (fraction) => described(fraction, inCopy, count),
      parts.copy + (parts.columns * inCopy) / count,
      (parts.columns * (count - inCopy)) / count,
    ),
  );
  const columns = [...copied, ...wide];
  const duplicateRows = await countDuplicates(
    table,
    copy,
    step(() => 'looking for duplicate rows', parts.copy + parts.columns, parts.duplicates),
  );
  report?.({ message: 'comparing columns', fraction: parts.copy + parts.columns + parts.duplicates });
  const sample = await sampleCopy(table, copy, columns, { signal, target });
  const { associations, hints } = await relateColumns(sample, signal);
  const profile: DataProfile = {
    ...of,
    kind: table.kind,
    bytes: table.bytes,
    basis: { kind: basis, rows: copy.rowCount },
    columnCount: table.columns.length,
    duplicateRows,
    columns,
    ...(columns.length < count && {
      undescribed: table.columns.slice(columns.length).map(({ name, type }) => ({ name, type })),
    }),
    associations,
    hints,
    notices: [...table.notices, ...noticesOf(table, copy, columns)],
  };
  return { profile, sample };
}

/** The same table with what gives a target away. */
export async function withTarget(
  profile: DataProfile,
  sample: ColumnSample,
  target: string | undefined,
  signal: AbortSignal | undefined,
): Promise<DataProfile> {
  if (profile.basis.kind === 'whole' && profile.undescribed?.some(({ name }) => name === target)) {
    const message = `What gives “${target}” away was not looked for: it is none of the columns that are described.`;
    return { ...profile, hints: [], notices: [...profile.notices, { code: 'someColumns', message }] };
  }
  return target === undefined
    ? profile
    : { ...profile, ...(await relateToTarget(sample, profile, target, signal)) };
}

function noticesOf(
  table: Table,
  { rowCount }: WorkingCopy,
  profiles: DataProfile['columns'],
): readonly DataNotice[] {
  const notices: DataNotice[] = [];
  if (rowCount === 0) {
    notices.push({ code: 'noRows', message: `${table.name} has a header and no rows.` });
  }
  for (const { name, missing } of profiles) {
    if (rowCount > 0 && missing === rowCount) {
      notices.push({ code: 'allMissing', message: `Column “${name}” has no value in any row.` });
    }
  }
  for (const { name, text } of table.columns) {
    const markers = text?.column.markers.filter((marker) => marker !== '') ?? [];
    if (markers.length > 0) {
      const words = markers.map((marker) => `“${marker}”`).join(', ');
      notices.push({ code: 'missingMarkers', message: `In column “${name}” ${words} counts as missing.` });
    }
  }
  if (profiles.length < table.columns.length && !table.isPartial) {
    const message =
      `The first ${groupDigits(profiles.length)} of ${plural(table.columns.length, 'column')} are described: ` +
      `in a table of more than ${groupDigits(fewRows)} rows no more than that.`;
    notices.push({ code: 'someColumns', message });
  }
  return notices;
}
