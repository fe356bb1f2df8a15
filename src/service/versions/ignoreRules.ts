import fs from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { toPosix } from './files.ts';

/** `.dvcignore` files from DVC's root down: git's pattern syntax, nearer files after farther ones. */
export class IgnoreRules {
  readonly #root: string;
  readonly #folders = new Map<string, Ignore | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  /** For what lies directly in a folder that is not ignored itself; undefined when no rule applies there. */
  inFolder(folder: string): ((name: string, isFolder: boolean) => boolean) | undefined {
    const applying = this.#ancestors(folder).flatMap((ancestor) => {
      const rules = this.#rules(ancestor);
      const prefix = ancestor === folder ? '' : `${toPosix(path.relative(ancestor, folder))}/`;
      return rules ? [{ rules, prefix }] : [];
    });
    if (applying.length === 0) {
      return undefined;
    }
    return (name, isFolder) =>
      applying.reduce((ignored, { rules, prefix }) => {
        const result = rules.test(`${prefix}${name}${isFolder ? '/' : ''}`);
        return result.ignored || (ignored && !result.unignored);
      }, false);
  }

  /** Also through a parent; for the target itself. */
  ignores(file: string, isFolder: boolean): boolean {
    const parts = path.relative(this.#root, file).split(path.sep);
    return parts.some((part, index) =>
      this.inFolder(path.join(this.#root, ...parts.slice(0, index)))?.(
        part,
        index < parts.length - 1 || isFolder,
      ),
    );
  }

  #ancestors(folder: string): string[] {
    const relative = path.relative(this.#root, folder);
    const parts = relative === '' ? [] : relative.split(path.sep);
    return [this.#root, ...parts.map((_, index) => path.join(this.#root, ...parts.slice(0, index + 1)))];
  }

  #rules(folder: string): Ignore | undefined {
    if (!this.#folders.has(folder)) {
      this.#folders.set(folder, readRules(path.join(folder, '.dvcignore')));
    }
    return this.#folders.get(folder);
  }
}

/** Undefined when there is nothing in it but comments, which is what `dvc init` writes. */
function readRules(file: string): Ignore | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  // DVC strips each line before it reads the pattern.
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return patterns.length > 0
    ? ignore({ allowRelativePaths: false, ignorecase: false }).add(patterns)
    : undefined;
}
