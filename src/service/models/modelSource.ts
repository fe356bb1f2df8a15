import { isPlainPath } from '../experiments/artifactStorage.ts';
import { sourceNotPlain } from './errors.ts';

/** What the source of a model version names. */
export type ModelSource =
  | { readonly kind: 'loggedModel'; readonly modelId: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: number }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  /** A stage, or `latest`. */
  | { readonly kind: 'stage'; readonly name: string; readonly stage: string }
  | { readonly kind: 'run'; readonly runId: string }
  /** In the artifact folder of this tracking server. */
  | { readonly kind: 'ownArtifacts' }
  /** On the disk of whoever reads it. */
  | { readonly kind: 'local' }
  /** In a storage that is remembered and never opened by us. */
  | { readonly kind: 'foreign' }
  /** `models:` or `runs:` with something else behind. */
  | { readonly kind: 'malformed'; readonly names: 'model' | 'run' };

interface Address {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

/**
 * Reads a source, and refuses every path that could lead elsewhere than it says: parent folders, also encoded
 * once or more, backslashes, NUL, fragments and queries (CVE-2023-1177 and those that followed it).
 */
export function readModelSource(source: string): ModelSource {
  const { scheme, authority, path } = addressOf(source);
  if (scheme === '' || scheme === 'file') {
    return { kind: 'local' };
  }
  if (!isPlainPath(path.replace(/^\/+/, '')) || !/^[\w.:@[\]-]*$/.test(authority)) {
    throw sourceNotPlain(source);
  }
  switch (scheme) {
    case 'models':
      return authority === '' ? modelNamed(path) : { kind: 'malformed', names: 'model' };
    case 'runs':
      return authority === '' ? runNamed(path) : { kind: 'malformed', names: 'run' };
    case 'mlflow-artifacts':
      return authority === '' ? { kind: 'ownArtifacts' } : { kind: 'foreign' };
    default:
      return { kind: 'foreign' };
  }
}

/** Whether an address lies in the folder at another one, or is that folder. */
export function liesWithin(source: string, root: string): boolean {
  const inner = addressOf(source);
  const outer = addressOf(root);
  const innerParts = partsOf(inner);
  const outerParts = partsOf(outer);
  return (
    isPlainPath(inner.path.replace(/^\/+/, '')) &&
    inner.scheme === outer.scheme &&
    inner.authority.toLowerCase() === outer.authority.toLowerCase() &&
    outerParts.length > 0 &&
    outerParts.every((part, index) => innerParts[index] === part)
  );
}

/** A drive of Windows is a path and not a scheme. */
function addressOf(text: string): Address {
  const match = /^(?:([a-z][a-z0-9+.-]+):)?(?:\/\/([^/]*))?(.*)$/is.exec(text)!;
  return { scheme: (match[1] ?? '').toLowerCase(), authority: match[2] ?? '', path: match[3]! };
}

function partsOf({ path }: Address): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map(decodedWhole);
}

function decodedWhole(text: string): string {
  try {
    const next = decodeURIComponent(text);
    return next === text ? text : decodedWhole(next);
  } catch {
    return text;
  }
}

function modelNamed(path: string): ModelSource {
  const [first = '', second, ...more] = path.replace(/^\/+/, '').split('/');
  if (!path.startsWith('/') || first.trim() === '' || more.length > 0 || second?.trim() === '') {
    return { kind: 'malformed', names: 'model' };
  }
  if (second !== undefined) {
    return /^\d{1,15}$/.test(second)
      ? { kind: 'version', name: first, version: Number(second) }
      : { kind: 'stage', name: first, stage: second };
  }
  const at = first.lastIndexOf('@');
  return at > 0
    ? { kind: 'alias', name: first.slice(0, at), alias: first.slice(at + 1) }
    : { kind: 'loggedModel', modelId: first };
}

function runNamed(path: string): ModelSource {
  const [, runId, ...inside] = path.split('/');
  return path.startsWith('/') && runId && inside.join('') !== ''
    ? { kind: 'run', runId }
    : { kind: 'malformed', names: 'run' };
}
