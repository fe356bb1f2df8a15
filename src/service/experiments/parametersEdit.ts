import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';

/**
 * The text of a params.yaml with other values, everything else as it was: comments, order, blank lines, quotes.
 * `changes` are dotted keys with values as a person types them: `0.1`, `true`, `[1, 2]`, `adam`.
 *
 * A value that replaces a text stays a text, so that a version "1" does not become the number 1.
 */
export function withValues(text: string, changes: Readonly<Record<string, string>>): string {
  let edited = text;
  for (const [key, value] of Object.entries(changes)) {
    edited = withValue(edited, key, value);
  }
  return edited;
}

function withValue(text: string, key: string, value: string): string {
  const document: Document = parseDocument(text, { merge: true });
  if (!isMap(document.contents)) {
    document.contents = new Document({}).contents;
  }
  const place = findPlace(document, document.contents as YAMLMap, key);
  const old = place.map.get(place.key, true);
  const node = newNode(value, isScalar(old) ? old : undefined);
  const inPlace = isScalar(old) && isScalar(node) ? replaced(text, old, node) : undefined;
  if (inPlace !== undefined) {
    return inPlace;
  }
  setNested(document, place.map, place.key, node);
  return document.toString({ lineWidth: 0 });
}

interface Place {
  readonly map: YAMLMap;
  /** A key of the map, or a dotted one for which there is no map yet. */
  readonly key: string;
}

/** Follows the dots as far as there are maps; a key that itself holds dots is found as it stands. */
function findPlace(document: Document, map: YAMLMap, key: string): Place {
  if (map.has(key)) {
    return { map, key };
  }
  for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
    const inner = ownMap(document, map, key.slice(0, dot));
    if (inner) {
      return findPlace(document, inner, key.slice(dot + 1));
    }
  }
  return { map, key };
}

/** A map that others refer to as well is copied first, so that only the asked key changes. */
function ownMap(document: Document, map: YAMLMap, key: string): YAMLMap | undefined {
  const value = map.get(key, true) as unknown;
  if (isAlias(value)) {
    const target = value.resolve(document);
    if (!isMap(target)) {
      return undefined;
    }
    const copy = document.createNode(target.toJS(document)) as unknown as YAMLMap;
    map.set(key, copy);
    return copy;
  }
  return isMap(value) ? value : undefined;
}

function setNested(document: Document, map: YAMLMap, key: string, node: unknown): void {
  const [first, ...rest] = map.has(key) ? [key] : key.split('.');
  let target = map;
  let name = first!;
  for (const next of rest) {
    const inner = document.createNode({}) as unknown as YAMLMap;
    target.set(name, inner);
    target = inner;
    name = next;
  }
  target.set(name, node);
}

function newNode(value: string, old: Scalar | undefined): unknown {
  const staysText = typeof old?.value === 'string';
  return (staysText ? undefined : nodeMeantBy(value)) ?? new Document(value).contents;
}

/** A number, a switch, nothing, or a list in brackets is meant as such; everything else is a text as it stands. */
function nodeMeantBy(value: string): unknown {
  const { contents, errors } = parseDocument(value);
  // With a comment behind it, `0.1 # note` was typed as these characters.
  if (errors.length > 0 || contents?.comment || contents?.commentBefore) {
    return undefined;
  }
  const isValue =
    isScalar(contents) && typeof contents.value !== 'string' && contents.source === value.trim();
  return isValue || (isCollection(contents) && contents.flow) ? contents : undefined;
}

/** Only the characters of a one-line value change. */
function replaced(text: string, old: Scalar, node: Scalar): string | undefined {
  if (!old.range || old.anchor || old.tag || old.type === 'BLOCK_FOLDED' || old.type === 'BLOCK_LITERAL') {
    return undefined;
  }
  const [start, end] = old.range;
  const written = scalarText(node, old);
  const plainBefore = start > 0 && text[start - 1] === ':' ? ' ' : '';
  return written.includes('\n') ? undefined : text.slice(0, start) + plainBefore + written + text.slice(end);
}

function scalarText(node: Scalar, old: Scalar): string {
  if (typeof node.value !== 'string') {
    return node.source ?? String(node.value);
  }
  const quoted = old.type === 'QUOTE_DOUBLE' || old.type === 'QUOTE_SINGLE' ? old.type : undefined;
  const document = new Document(node.value);
  if (quoted && isScalar(document.contents)) {
    document.contents.type = quoted;
  }
  return document.toString({ lineWidth: 0 }).replace(/\n$/, '');
}
