import * as z from 'zod';
import { synthesisMethods } from '../synthesise/synthesiser.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const column = z.string().min(1).describe('The name of a column.');
const columns = z.array(z.string().min(1)).min(1).describe('Names of columns.');

export const constraintSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('range').describe('Numbers or dates within limits; rows without a value obey.'),
    column,
    minimum: scalar.optional(),
    maximum: scalar.optional(),
  }),
  z.strictObject({
    kind: z.literal('unique').describe('No two rows are equal in these columns.'),
    columns,
  }),
  z.strictObject({
    kind: z.literal('fixedCombinations').describe('Only combinations that the real table has.'),
    columns,
  }),
  z.strictObject({
    kind: z.literal('inequality').describe('One column is never above the other.'),
    low: column,
    high: column,
    strict: z.boolean().optional().describe('Never equal either.'),
  }),
]);

const condition = z.strictObject({
  column,
  value: scalar.nullable().optional().describe('The value that every row has; null for none.'),
  minimum: scalar.optional(),
  maximum: scalar.optional(),
});
export const conditionOptions: readonly string[] = Object.keys(condition.shape);

const conditionSchema = condition
  .refine(
    ({ value, minimum, maximum }) =>
      (value === undefined) !== (minimum === undefined && maximum === undefined),
    {
      message: 'needs either a value or a minimum, a maximum or both',
    },
  )
  .describe('What the drawn rows have in common.');

/** How synthetic rows are drawn; everything in it has a default. */
export const synthesiseSchema = z.strictObject({
  method: z
    .enum(synthesisMethods)
    .default('copula')
    .describe(
      'copula: seconds, and the place to begin. tvae and ctgan: neural networks, which take minutes to hours.',
    ),
  rows: z.int().min(1).max(5_000_000).optional().describe('As many as the table has without it.'),
  seed: z
    .union([z.int(), z.string().min(1)])
    .optional()
    .describe(
      'The same seed, table and recipe give the same rows, for whoever knows it. Without it, they come from the key; where there is no key, from chance.',
    ),
  target: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The column that models will be trained to predict; what the others say about it is kept first.',
    ),
  epochs: z.int().min(1).max(10_000).optional().describe('How often tvae and ctgan see the table.'),
  rareBelow: z
    .int()
    .min(2)
    .default(5)
    .describe(
      'Values that fewer rows have are merged with others before anything is learned, extremes included.',
    ),
  output: z
    .string()
    .min(1)
    .optional()
    .describe('Relative to this file; NAME.synthetic beside the table without it.'),
  constraints: z.array(constraintSchema).default([]).describe('What every drawn row must obey.'),
  conditions: z.array(conditionSchema).default([]).describe('All of them hold for every drawn row.'),
});

export type SynthesiseRecipe = z.output<typeof synthesiseSchema>;
