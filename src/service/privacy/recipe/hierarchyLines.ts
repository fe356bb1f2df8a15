import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** For each hierarchy that stands in a recipe the line of its name, from 1. */
export function hierarchyLines(text: string): ReadonlyMap<string, number> {
  const lines = new LineCounter();
  const section = parseDocument(text, { lineCounter: lines }).getIn(['guarantee', 'hierarchies'], true);
  return new Map(
    (isMap(section) ? section.items : []).flatMap(({ key }) =>
      isScalar(key) && key.range ? [[String(key.value), lines.linePos(key.range[0]).line] as const] : [],
    ),
  );
}
