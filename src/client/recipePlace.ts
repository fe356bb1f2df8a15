/*
 * Where a cursor stands in a recipe, from the text around it alone: what is typed is hardly ever valid YAML at that
 * moment. Block style by its indentation, and flow style (`{ … }`) within one line.
 */

export interface RecipePlace {
  /** Names of the sections around the cursor, from the outside. */
  readonly path: readonly string[];
  /** The name whose value the cursor is in; undefined where a name is to be written. */
  readonly key: string | undefined;
  /** What is there of the word before the cursor. */
  readonly typed: string;
  /** What else stands in the same section. */
  readonly siblings: ReadonlyMap<string, string>;
}

/** The mark of an item of a list counts as indentation: its first name stands where the others do. */
const margin = /^\s*(?:- +)?/;
const entry = /^(\s*(?:- +)?)("[^"]*"|'[^']*'|[^\s#:{[][^:#{[]*?)\s*:(?:\s+(.*)|)$/;

export function placeAt(lines: readonly string[], line: number, column: number): RecipePlace | undefined {
  const text = lines[line] ?? '';
  const before = text.slice(0, column);
  if (/(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) {
    return undefined;
  }
  const found = entry.exec(before);
  const indent = margin.exec(before)![0].length;
  const outside = sectionsAround(lines, line, indent);
  if (found) {
    const key = unquoted(found[2]!);
    const value = found[3] ?? '';
    return value.startsWith('{')
      ? placeInFlow([...outside, key], value, text.slice(column))
      : { path: outside, key, typed: value, siblings: siblingsOf(lines, line, indent) };
  }
  return {
    path: outside,
    key: undefined,
    typed: before.slice(indent),
    siblings: siblingsOf(lines, line, indent),
  };
}

/** The lines above that are less and less indented. */
function sectionsAround(lines: readonly string[], line: number, indent: number): string[] {
  const path: string[] = [];
  let least = indent;
  for (let at = line - 1; at >= 0 && least > 0; at -= 1) {
    const found = entry.exec(lines[at]!);
    if (found && found[1]!.length < least) {
      least = found[1]!.length;
      path.unshift(unquoted(found[2]!));
    }
  }
  return path;
}

/** Names with their values on the lines around that are as far indented, up to one that is less. */
function siblingsOf(lines: readonly string[], line: number, indent: number): ReadonlyMap<string, string> {
  const siblings = new Map<string, string>();
  const [first, end] = itemAround(lines, line, indent);
  for (const step of [-1, 1]) {
    for (let at = line + step; at >= first && at < end; at += step) {
      const text = lines[at]!;
      const own = margin.exec(text)![0].length;
      if (text.trim() === '' || text.trimStart().startsWith('#') || own > indent) {
        continue;
      }
      if (own < indent) {
        break;
      }
      const found = entry.exec(text);
      if (found) {
        siblings.set(unquoted(found[2]!), unquoted((found[3] ?? '').replace(/\s+#.*$/, '')));
      }
    }
  }
  return siblings;
}

/** The lines of the item of a list that names as far indented belong to; all of them outside of lists. */
function itemAround(
  lines: readonly string[],
  line: number,
  indent: number,
): readonly [first: number, end: number] {
  const isMark = (text: string) => /^\s*- /.test(text) && margin.exec(text)![0].length === indent;
  const first = lines.slice(0, line + 1).findLastIndex(isMark);
  const next = lines.slice(line + 1).findIndex(isMark);
  return [Math.max(0, first), next < 0 ? lines.length : line + 1 + next];
}

interface FlowSection {
  readonly path: readonly string[];
  readonly names: Map<string, string>;
}

/** `flow` is the text from `{` to the cursor, `rest` what follows it. */
function placeInFlow(path: readonly string[], flow: string, rest: string): RecipePlace | undefined {
  const sections: FlowSection[] = [];
  let key: string | undefined;
  let word = '';
  const end = () => {
    if (key !== undefined) {
      sections.at(-1)?.names.set(key, unquoted(word.trim()));
    }
    key = undefined;
    word = '';
  };
  const signs: Readonly<Record<string, () => void>> = {
    '{': () => {
      const outer = sections.at(-1)?.path ?? path;
      sections.push({ path: key === undefined ? outer : [...outer, key], names: new Map() });
      key = undefined;
      word = '';
    },
    '}': () => {
      end();
      sections.pop();
    },
    ',': end,
    ':': () => {
      key ??= unquoted(word.trim());
      word = '';
    },
  };
  // Lists are values as a whole: what is in them is no name.
  for (const sign of flow.replace(/\[[^\]]*\]/g, '')) {
    const act = signs[sign];
    if (act) {
      act();
    } else {
      word += sign;
    }
  }
  const section = sections.at(-1);
  if (!section) {
    return undefined;
  }
  for (const [, name, value] of rest.matchAll(/([\w-]+)\s*:\s*([^,{}[\]]*)/g)) {
    section.names.set(name!, unquoted(value!.trim()));
  }
  return { path: section.path, key, typed: word.trimStart(), siblings: section.names };
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(".*"|'.*')$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}
