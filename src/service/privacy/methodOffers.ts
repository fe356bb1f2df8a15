import * as z from 'zod';
import type { MethodChoice, MethodOffer, MethodOption, OptionValue } from '../../protocol/privacy.ts';
import { columnTypeOf } from './methods/columnType.ts';
import { type MethodName, methodDescriptions, methodNames } from './methods/descriptions.ts';
import { methodFits } from './planColumn.ts';
import { columnSchema, type RecipeColumn } from './recipe/columnSchema.ts';
import type { RecipeInput } from './recipe/writeRecipe.ts';

type ColumnInput = RecipeInput['columns'][string];

/** The methods that are possible for a column of DuckDB's type, `proposed` first, with what a page asks for each. */
export function methodOffers(databaseType: string, proposed: MethodName): readonly MethodOffer[] {
  const { kind } = columnTypeOf(databaseType);
  return [proposed, ...methodNames.filter((name) => name !== proposed)]
    .filter((name) => methodFits(name, kind))
    .map((name) => ({
      id: name,
      ...methodDescriptions[name],
      needsKey: keyed.has(name),
      options: optionsOf(name),
    }));
}

const keyed: ReadonlySet<MethodName> = new Set([
  'pseudonym',
  'formatPreserving',
  'noise',
  'dateShift',
  'rankSwap',
  'differentialPrivacy',
]);

/** The options of a column as a page holds them: lists as text with commas. */
export function choiceOf(column: RecipeColumn): MethodChoice {
  const names = new Set(optionsOf(column.method).map(({ name }) => name));
  const options = Object.entries(column).flatMap(([name, value]): [string, OptionValue][] => {
    if (!names.has(name) || value === undefined) {
      return [];
    }
    return [[name, Array.isArray(value) ? value.join(', ') : (value as OptionValue)]];
  });
  return { id: column.method, options: Object.fromEntries(options) };
}

/** What is known of a column, from which an option that has no default is filled in. */
export interface ColumnFacts {
  readonly standardDeviation?: number | undefined;
  /** The number that 98 of 100 lie below. */
  readonly percentile98?: number | undefined;
  readonly decimals?: number | undefined;
}

/**
 * A choice as it stands in a recipe. Options that the method must have and the choice lacks come from what is known of
 * the column, but for the bounds of differential privacy, which nobody may take from the data: then the recipe says
 * that they are missing. What is not understood stays as it was written, for the recipe's own check to name.
 */
export function columnOfChoice(choice: MethodChoice, facts: ColumnFacts = {}): ColumnInput {
  const method = choice.id as MethodName;
  const chosen = Object.entries(choice.options)
    // An empty field means that nothing was chosen.
    .filter(([, value]) => value !== '')
    .map(([name, value]): [string, unknown] => [name, inRecipe(name, value)]);
  return { method, ...standardOptions(method, facts, choice), ...Object.fromEntries(chosen) } as ColumnInput;
}

function standardOptions(method: MethodName, facts: ColumnFacts, choice: MethodChoice): object {
  const { standardDeviation, percentile98, decimals } = facts;
  switch (method) {
    case 'noise':
      return {
        scale: rounded(standardDeviation === undefined ? 1 : standardDeviation / 10, decimals ?? 0),
        ...(decimals === undefined || decimals === 0 ? {} : { decimals }),
      };
    case 'dateShift':
      return { days: 365 };
    case 'differentialPrivacy':
      return { epsilon: 1 };
    case 'coding':
      return percentile98 === undefined || 'bottom' in choice.options ? {} : { top: percentile98 };
    default:
      return {};
  }
}

/** One last place at least, and two significant digits: a scale is for people to read. */
function rounded(value: number, decimals: number): number {
  return Math.max(Number(value.toPrecision(2)), Number(`1e-${decimals}`));
}

/** Options that hold a list in the recipe. */
const lists: ReadonlySet<string> = new Set(['values', 'normalise', 'bins', 'kinds']);

function inRecipe(name: string, value: OptionValue): unknown {
  if (!lists.has(name)) {
    return value;
  }
  const parts = String(value)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return name === 'bins' ? parts.map((part) => (Number.isNaN(Number(part)) ? part : Number(part))) : parts;
}

/** What stands beside each option in a recipe but belongs to the column, not to the method. */
const ofColumn: ReadonlySet<string> = new Set(['method', 'role', 'type', 'detected', 'correctedFrom']);

const optionsByMethod = new Map<MethodName, readonly MethodOption[]>();

function optionsOf(method: MethodName): readonly MethodOption[] {
  const known = optionsByMethod.get(method);
  if (known) {
    return known;
  }
  const schema = columnSchema.options.find(({ shape }) => shape.method.value === method);
  const { properties = {} } = schema ? z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) : {};
  const options = Object.entries(properties)
    .filter(([name]) => !ofColumn.has(name))
    .map(([name, property]) => optionOf(name, property as Property));
  optionsByMethod.set(method, options);
  return options;
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

function optionOf(name: string, property: Property): MethodOption {
  const { description, maximum, minimum = property.exclusiveMinimum } = property;
  const standard = Array.isArray(property.default) ? property.default.join(', ') : property.default;
  return {
    name,
    title: spaced(name),
    kind: kindOf(property),
    standard: (standard as OptionValue | undefined) ?? null,
    ...(property.enum && { choices: property.enum.map((value) => ({ value, title: spaced(value) })) }),
    ...(minimum !== undefined &&
      Number.isSafeInteger(minimum) &&
      minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
    ...(description !== undefined && { hint: description }),
  };
}

function kindOf(property: Property): MethodOption['kind'] {
  if (property.enum) {
    return 'choice';
  }
  const kinds: Readonly<Record<string, MethodOption['kind']>> = {
    integer: 'integer',
    number: 'number',
    boolean: 'switch',
  };
  return kinds[property.type ?? ''] ?? 'text';
}

/** `keepFirst` as people write it: Keep first. */
function spaced(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
