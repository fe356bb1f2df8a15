import fs from 'node:fs';
import path from 'node:path';
import { type Alias, type Document, isAlias, isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
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
  const found = new Map<string, string>();
  collect(document, root, '', found, 0);
  return [...found].map(([key, value]) => ({ key, value }));
}

/** Deeper than this nobody nests; a file that refers to itself would never end. */
const deepest = 32;

function collect(
  document: Document,
  map: YAMLMap,
  prefix: string,
  found: Map<string, string>,
  depth: number,
): void {
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const node = resolved(document, value);
    const isMerge = name === '<<' && isMap(node);
    if (isMap(node) && node.items.length > 0 && depth < deepest) {
      collectNested(document, node, isMerge ? prefix : `${prefix}${name}.`, found, depth + 1, isMerge);
    } else {
      found.set(prefix + name, valueText(document, node));
    }
  }
}

/** Keys of the map itself win over those merged into it, wherever they stand. */
function collectNested(
  document: Document,
  map: YAMLMap,
  prefix: string,
  found: Map<string, string>,
  depth: number,
  isMerge: boolean,
): void {
  const nested = new Map<string, string>();
  collect(document, map, prefix, nested, depth);
  for (const [key, value] of nested) {
    if (!isMerge || !found.has(key)) {
      found.set(key, value);
    }
  }
}

function resolved(document: Document, node: unknown): unknown {
  return isAlias(node) ? (node as Alias).resolve(document) : node;
}

/** Numbers and switches as they are written in the file, lists as JSON. */
function valueText(document: Document, node: unknown): string {
  if (isScalar(node)) {
    if (node.value === null) {
      return 'null';
    }
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }
  if (node === null || node === undefined) {
    return 'null';
  }
  return JSON.stringify((node as { toJS(document: Document): unknown }).toJS(document));
}

/** The parser's message goes on with a picture of the place, which the editor shows better. */
function sentence(message: string): string {
  const words = message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
