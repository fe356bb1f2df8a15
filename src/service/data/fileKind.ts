import path from 'node:path';

/** What a table file is by its content, and by its name where the content does not tell. */
export type TableKind = 'csv' | 'tsv' | 'json' | 'jsonLines' | 'parquet' | 'arrow';

export type FoundKind = TableKind | { readonly notTable: string };

const byExtension: Readonly<Record<string, TableKind>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.json': 'json',
  '.jsonl': 'jsonLines',
  '.ndjson': 'jsonLines',
};

/** The first bytes of formats that are no table, and what a person calls them. */
const others: readonly (readonly [string, string])[] = [
  ['PK\u0003\u0004', 'it is a zip archive or a spreadsheet'],
  ['\u001f\u008b', 'it is compressed with gzip and has to be unpacked first'],
  ['(\u00b5/\u00fd', 'it is compressed with zstd and has to be unpacked first'],
  ['BZh', 'it is compressed with bzip2 and has to be unpacked first'],
  ['%PDF', 'it is a PDF document'],
  ['\u0089PNG', 'it is a picture'],
  ['\u00ff\u00d8\u00ff', 'it is a picture'],
  ['GIF8', 'it is a picture'],
  ['SQLite format 3', 'it is an SQLite database'],
  ['\u0089HDF', 'it is an HDF5 file'],
  ['\u0093NUMPY', 'it is a NumPy array'],
  ['\u0080\u0004', 'it is a Python pickle'],
  ['\u007fELF', 'it is a program'],
  ['\u00ff\u00ff\u00ff\u00ff', 'it is an Arrow stream: write it as an Arrow file (pyarrow: ipc.new_file)'],
  ['FEA1', 'it is a Feather file of version 1: write it as version 2'],
];

/** `head` are the first bytes of the file. */
export function fileKind(file: string, head: Buffer): FoundKind {
  const start = head.toString('latin1', 0, 16);
  if (start.startsWith('PAR1')) {
    return 'parquet';
  }
  if (start.startsWith('ARROW1')) {
    return 'arrow';
  }
  const other = others.find(([magic]) => start.startsWith(magic));
  if (other) {
    return { notTable: other[1] };
  }
  const extension = path.extname(file).toLowerCase();
  if (['.parquet', '.pq', '.arrow', '.feather', '.ipc'].includes(extension)) {
    return { notTable: `its content is not what its name ${path.basename(file)} says` };
  }
  const known = byExtension[extension];
  if (known === 'json' || known === 'jsonLines') {
    return known;
  }
  return known ?? (/^[\s\ufeff]*[[{]/.test(head.toString('utf8', 0, 64)) ? 'json' : 'csv');
}
