import fs from 'node:fs';
import path from 'node:path';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { WorkbenchError } from '../../base/errors.ts';
import type { Parameter } from '../../protocol/experiments.ts';
import { parametersInvalid } from './launchErrors.ts';

export const parametersFileName = 'params.yaml';

/** A `params.yaml` as it was read. */
export interface ParametersFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the workspace folder, with `/`. */
  readonly name: string;
  readonly text: string;
  /** Nested keys are joined by dots. */
  readonly parameters: readonly Parameter[];
}

/** The nearest one from `folder` up to the workspace folder; throws the named error when it does not parse. */
export function findParametersFile(workspace: string, folder: string): ParametersFile | undefined {
  for (const candidate of foldersUp(workspace, folder)) {
    const file = path.join(candidate, parametersFileName);
    if (fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
      const text = fs.readFileSync(file, 'utf8');
      const name = path.relative(workspace, file).split(path.sep).join('/');
      return { path: file, name, text, parameters: readParameters(text, name) };
    }
  }
  return undefined;
}

/** From `folder` up to `workspace`, both included; `folder` lies within it. */
export function foldersUp(workspace: string, folder: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== workspace && at !== path.dirname(at); at = path.dirname(at)) {
    folders.push(path.dirname(at));
  }
  return folders;
}

/** `name` is only for the error. */
export function readParameters(text: string, name: string): Parameter[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, lineCounter: lines });
  const problem = document.errors[0];
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw parametersInvalid(name, line, col, sentence(problem.message));
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    return [];
  }
  if (!isMap(root)) {
    throw parametersInvalid(name, 1, 1, 'it must hold names with values, such as `epochs: 20`.');
  }
  return new Flattener(document, name, lines).flatten(root);
}

/** Deeper than this nobody nests; a file that refers to itself would never end. */
const deepest = 32;

/** Follows maps, aliases and merge keys to the values at their ends. */
class Flattener {
  readonly #document: Document;
  readonly #name: string;
  readonly #lines: LineCounter;

  constructor(document: Document, name: string, lines: LineCounter) {
    this.#document = document;
    this.#name = name;
    this.#lines = lines;
  }

  flatten(root: YAMLMap): Parameter[] {
    const found = new Map<string, string>();
    this.#collect(root, '', found, 0);
    return [...found].map(([key, value]) => ({ key, value }));
  }

  #collect(map: YAMLMap, prefix: string, found: Map<string, string>, depth: number): void {
    if (depth > deepest) {
      throw this.#invalid(map, 'it is nested too deeply, or refers to itself.');
    }
    const merged = new Map<string, string>();
    for (const { key, value } of map.items) {
      const node = this.#resolved(value);
      if (isMergeKey(key)) {
        for (const source of isSeq(node) ? node.items : [node]) {
          this.#collectMerged(source, prefix, merged, depth);
        }
      } else if (isMap(node) && node.items.length > 0) {
        this.#collect(node, `${prefix}${keyText(key)}.`, found, depth + 1);
      } else {
        found.set(prefix + keyText(key), this.#valueText(node));
      }
    }
    addMissing(found, merged);
  }

  /** Keys of the map itself win over those merged into it, and the first merged map over the next. */
  #collectMerged(source: unknown, prefix: string, merged: Map<string, string>, depth: number): void {
    const map = this.#resolved(source);
    if (isMap(map)) {
      const own = new Map<string, string>();
      this.#collect(map, prefix, own, depth + 1);
      addMissing(merged, own);
    }
  }

  #resolved(node: unknown): unknown {
    if (!isAlias(node)) {
      return node;
    }
    const target = node.resolve(this.#document);
    if (target === undefined) {
      throw this.#invalid(node, `*${node.source} refers to nothing before it.`);
    }
    return target;
  }

  /** Numbers and switches as they are written in the file, lists as JSON. */
  #valueText(node: unknown): string {
    if (isScalar(node) && node.value !== null) {
      return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    }
    if (!isCollection(node)) {
      return 'null';
    }
    try {
      return JSON.stringify(node.toJS(this.#document));
    } catch {
      throw this.#invalid(node, 'it refers to itself, or to too much else.');
    }
  }

  #invalid(node: { range?: readonly number[] | null }, reason: string): WorkbenchError {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return parametersInvalid(this.#name, line, col, reason);
  }
}

function addMissing(found: Map<string, string>, others: Map<string, string>): void {
  for (const [key, value] of others) {
    if (!found.has(key)) {
      found.set(key, value);
    }
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

/** The parser's message goes on with a picture of the place, which the editor shows better. */
function sentence(message: string): string {
  const words = message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
