import * as z from 'zod';
import { type MethodName, methodNames } from '../methods/descriptions.ts';
import { optionsOf } from './columnSchema.ts';
import { countsSchema } from './countsSchema.ts';
import { hierarchySchema } from './guaranteeSchema.ts';
import { recipeSchema } from './recipeSchema.ts';
import { conditionOptions, constraintSchema } from './synthesiseSchema.ts';

/** The names that a section of a recipe may hold, by its path; empty where any name may stand. */
export function knownOptions(path: readonly (string | number)[], data: unknown): readonly string[] {
  if (path[0] === 'columns' && path.length === 2) {
    const method = valueAt(data, [...path, 'method']);
    return methodNames.includes(method as MethodName) ? optionsOf(method as MethodName) : [];
  }
  if (path[0] === 'guarantee' && path[1] === 'hierarchies' && path.length === 3) {
    const kind = valueAt(data, [...path, 'kind']);
    const option = hierarchySchema.options.find(({ shape }) => shape.kind.value === kind);
    return option ? Object.keys(option.shape) : [];
  }
  const ofList = optionsOfEntry(path, data);
  if (ofList) {
    return ofList;
  }
  let schema: z.core.$ZodType | undefined = recipeSchema;
  // Several of a kind know the options of one.
  for (const key of path.filter((each) => typeof each !== 'number')) {
    schema = shapeOf(schema)?.[key];
  }
  return Object.keys(shapeOf(schema) ?? {});
}

/** Of one of the counts, constraints or conditions; undefined elsewhere. */
function optionsOfEntry(path: readonly (string | number)[], data: unknown): readonly string[] | undefined {
  if (path[0] === 'synthesise' && path.length === 3) {
    return path[1] === 'conditions' ? conditionOptions : constraintOptions(valueAt(data, [...path, 'kind']));
  }
  if (path[0] === 'counts' && path.length === 2) {
    return Object.keys(countsSchema.shape);
  }
  if (path[0] === 'counts' && path[2] === 'by' && path.length === 4) {
    return Object.keys(countsSchema.shape.by.valueType.shape);
  }
  return undefined;
}

function constraintOptions(kind: unknown): readonly string[] {
  const option = constraintSchema.options.find(({ shape }) => shape.kind.value === kind);
  return option ? Object.keys(option.shape) : ['kind'];
}

/** The members of an object, whatever is wrapped around it: of one or several, those of one. */
function shapeOf(schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> | undefined {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
      inner = inner.unwrap();
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.in;
    } else if (inner instanceof z.ZodUnion && !(inner instanceof z.ZodDiscriminatedUnion)) {
      inner = inner.options[0];
    } else {
      break;
    }
  }
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], data);
}
