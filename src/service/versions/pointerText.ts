import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';

/** What a version is, as a pointer's entry names it. */
export interface Content {
  /** md5, with `.dir` for a folder. */
  readonly hash: string;
  readonly bytes: number;
  /** Only for folders. */
  readonly files?: number;
  readonly executable?: boolean;
  /** A version that DVC 2 made: its entry has no `hash`. */
  readonly legacy?: boolean;
}

/** The text of a new pointer: byte for byte what `dvc add` writes, except that long names are not folded. */
export function newPointer(name: string, content: Content): string {
  const lines = [...entries(content), ['path', scalar(name)]].map(([key, value]) => `${key}: ${value}`);
  return `outs:\n- ${lines.join('\n  ')}\n`;
}

/**
 * The same text with one output's content changed and everything else as it was: comments, order of keys,
 * flow style, line ends, `desc`, `meta`, `remote`.
 *
 * New keys go to the end of the entry, as DVC puts them.
 */
export function editPointer(text: string, outputPath: string, content: Content): string {
  const edits: Edit[] = [];
  const output = findOutput(text, outputPath);
  const wanted = new Map(entries(content));
  const surplus = ['nfiles', 'isexec', 'hash'].filter((key) => !wanted.has(key) && output.has(key));
  if (surplus.length > 0) {
    return editPointer(withoutKeys(text, outputPath, surplus), outputPath, content);
  }
  for (const pair of output.items as Pair<Scalar, Scalar>[]) {
    const key = String(pair.key.value);
    const value = wanted.get(key);
    if (value !== undefined) {
      wanted.delete(key);
      edits.push(...replaceValue(pair, value));
    }
  }
  if (wanted.size > 0) {
    edits.push(appendKeys(text, output, [...wanted]));
  }
  return applyEdits(text, edits);
}

/** A YAML scalar that DVC's own reader takes for this string, quoted as DVC quotes it. */
export function scalar(value: string): string {
  if (/[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u.test(value)) {
    return `"${Array.from(value, escaped).join('')}"`;
  }
  return isPlain(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function entries({ hash, bytes, files, executable, legacy }: Content): [string, string][] {
  const all: [string, string | undefined][] = [
    ['md5', scalar(hash)],
    ['size', String(bytes)],
    ['nfiles', files === undefined ? undefined : String(files)],
    ['isexec', executable ? 'true' : undefined],
    ['hash', legacy ? undefined : 'md5'],
  ];
  return all.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

function findOutput(text: string, outputPath: string): YAMLMap {
  const outputs = parseDocument(text, { version: '1.2' }).get('outs');
  const found = isSeq(outputs)
    ? outputs.items.find((item) => isMap(item) && item.get('path') === outputPath)
    : undefined;
  if (!isMap(found)) {
    throw new Error(`The pointer has no output ${outputPath}`);
  }
  return found;
}

function replaceValue({ key, value }: Pair<Scalar, Scalar>, wanted: string): Edit[] {
  if (value?.range && isScalar(value) && (value.source ?? '') !== '') {
    const [start, end] = value.range;
    const same = String(value.value) === wanted.replaceAll("'", '');
    return same ? [] : [{ start, end, text: wanted }];
  }
  const end = key.range?.[1] ?? 0;
  return [{ start: end, end: end + 1, text: `: ${wanted}` }];
}

function appendKeys(text: string, output: YAMLMap, keys: readonly [string, string][]): Edit {
  const pairs = output.items as Pair<Scalar, Scalar>[];
  const last = pairs.at(-1);
  const end = (last?.value?.range ?? last?.key.range)?.[1] ?? 0;
  const parts = keys.map(([key, value]) => `${key}: ${value}`);
  if (output.flow) {
    return { start: end, end, text: parts.map((part) => `, ${part}`).join('') };
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const first = pairs[0]?.key.range?.[0] ?? 0;
  const indent = ' '.repeat(first - (text.lastIndexOf('\n', first - 1) + 1));
  const newline = text.indexOf('\n', end);
  const body = parts.map((part) => `${indent}${part}${lineEnd}`).join('');
  return newline === -1
    ? { start: text.length, end: text.length, text: lineEnd + body }
    : { start: newline + 1, end: newline + 1, text: body };
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((current, edit) => current.slice(0, edit.start) + edit.text + current.slice(edit.end), text);
}

/** Rare (a file became a folder, or lost its execute bit), so the library may lay the text out anew. */
function withoutKeys(text: string, outputPath: string, keys: readonly string[]): string {
  const document = parseDocument(text, { version: '1.2' });
  const outputs = document.get('outs');
  const output = isSeq(outputs)
    ? outputs.items.find((item) => isMap(item) && item.get('path') === outputPath)
    : undefined;
  for (const key of keys) {
    (output as YAMLMap).delete(key);
  }
  return document.toString({ lineWidth: 0, indentSeq: false });
}

const notStrings = [
  /^(true|True|TRUE|false|False|FALSE|~|null|Null|NULL|<<|=|)$/,
  /^[-+]?(0b[01_]+|0o?[0-7_]+|[0-9][0-9_]*|0x[0-9a-fA-F_]+)$/,
  /^[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?$/,
  /^[-+]?\.[0-9_]+([eE][-+]?[0-9]+)?$/,
  /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/,
  /^\d{4}-\d\d?-\d\d?$/,
  /^\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?([ \t]*(Z|[-+]\d\d?(:\d\d)?))?$/,
];

function isPlain(value: string): boolean {
  return (
    !notStrings.some((pattern) => pattern.test(value)) &&
    !/^[ #,[\]{}&*!|>'"%@`]/.test(value) &&
    !/^[-?]( |$)/.test(value) &&
    !/:( |$)| #| $/.test(value) &&
    !/^(---|\.\.\.)/.test(value)
  );
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(character: string): string {
  const short = shortEscapes[character];
  if (short) {
    return short;
  }
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
    return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return /[\p{Cs}\ufeff\ufffe\uffff]/u.test(character)
    ? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
    : character;
}
