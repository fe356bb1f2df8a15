import type { RecipePlace } from './recipePlace.ts';

/** What is used of the JSON Schema that recipes are checked with. */
export interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What may be written where the cursor is. */
export interface Proposal {
  readonly label: string;
  readonly description: string;
  readonly isName: boolean;
  readonly isRequired: boolean;
  /** A section of its own follows. */
  readonly isSection: boolean;
}

/** Names that the section may hold and does not yet, those that it must hold first; or the values of a name. */
export function proposalsAt(schema: Schema, place: RecipePlace): readonly Proposal[] {
  const sections = sectionsAt(schema, place);
  if (place.key !== undefined) {
    return valuesOf(sections.flatMap(({ properties }) => properties?.[place.key!] ?? []));
  }
  const names = new Map<string, Proposal>();
  for (const { properties = {}, required = [] } of sections) {
    for (const [label, each] of Object.entries(properties)) {
      if (!place.siblings.has(label) && !names.has(label)) {
        const isSection = alternatives(each).some(({ type }) => type === 'object');
        const isRequired = required.includes(label) && each.default === undefined;
        names.set(label, { label, description: describe(each), isName: true, isRequired, isSection });
      }
    }
  }
  return [...names.values()].sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

/** What is known of a name, or of a value of a name; undefined where nothing is. */
export function explanationAt(schema: Schema, place: RecipePlace, word: string): string | undefined {
  const sections = sectionsAt(schema, place);
  const named = (name: string) => sections.flatMap(({ properties }) => properties?.[name] ?? []);
  const value =
    place.key === undefined ? undefined : valuesOf(named(place.key)).find(({ label }) => label === word);
  const [first] = named(place.key === undefined ? word : place.key);
  const sentence = value?.description || (first && describe(first));
  return sentence === '' ? undefined : sentence;
}

/** The schemas that may hold for the section of a place: one where it says of which kind it is. */
function sectionsAt(schema: Schema, { path, siblings }: RecipePlace): readonly Schema[] {
  let sections: readonly Schema[] = [schema];
  for (const name of path) {
    sections = sections.flatMap((section) => {
      const next = alternatives(section).flatMap(
        ({ properties, additionalProperties }) =>
          properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : []),
      );
      return next;
    });
  }
  const open = sections.flatMap(alternatives);
  const chosen = open.filter(({ properties = {} }) =>
    Object.entries(properties).every(
      ([name, each]) => each.const === undefined || !siblings.has(name) || each.const === siblings.get(name),
    ),
  );
  return chosen.length > 0 ? chosen : open;
}

function alternatives(schema: Schema): readonly Schema[] {
  return schema.oneOf ?? schema.anyOf ?? [schema];
}

function valuesOf(schemas: readonly Schema[]): readonly Proposal[] {
  const values = new Map<string, string>();
  for (const schema of schemas.flatMap(alternatives)) {
    const boolean = schema.type === 'boolean' ? [true, false] : [];
    const fixed = schema.const === undefined ? [] : [schema.const];
    for (const value of [...(schema.enum ?? []), ...fixed, ...boolean]) {
      values.set(String(value), schema.const === undefined ? '' : (schema.description ?? ''));
    }
  }
  return [...values].map(([label, description]) => ({
    label,
    description,
    isName: false,
    isRequired: false,
    isSection: false,
  }));
}

function describe({ description = '', default: standard }: Schema): string {
  const isShown = standard !== undefined && (typeof standard !== 'object' || Array.isArray(standard));
  const text = Array.isArray(standard) ? standard.join(', ') : String(standard);
  return isShown && text !== '' ? `${description} Otherwise: ${text}.`.trim() : description;
}
