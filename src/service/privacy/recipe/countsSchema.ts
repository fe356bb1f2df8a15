import * as z from 'zod';

/** Below it the noise drowns every count; above the other nobody is protected any more. */
export const leastEpsilon = 0.000001;
export const mostEpsilon = 20;
/** A thousandth of all people may be told about then: nobody should want more. */
export const mostDelta = 0.001;

const dimensionSchema = z.strictObject({
  categories: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .optional()
    .describe(
      'Those that everybody knows, never taken from the data: that a value occurs at all may tell who is there. All others are counted together.',
    ),
  bins: z
    .array(z.number())
    .min(1)
    .optional()
    .describe('Edges of groups of numbers, in rising order and chosen without looking at the data.'),
});

/** A table of noisy counts: how many rows there are of each combination of categories, differentially private. */
export const countsSchema = z
  .strictObject({
    by: z
      .record(z.string(), dimensionSchema)
      .describe('The columns by which rows are counted, each with its categories or bins.'),
    epsilon: z
      .number()
      .min(leastEpsilon)
      .max(mostEpsilon)
      .describe('How much all these counts together may tell about one person: the smaller, the less.'),
    delta: z
      .number()
      .min(0)
      .max(mostDelta)
      .default(0)
      .describe('Above 0 the noise is Gaussian, and with this probability ε does not hold.'),
    rowsPerPerson: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('The most rows of one person that are counted.'),
    subject: z
      .string()
      .optional()
      .describe(
        'The column that says whom a row is about; the subject of the whole recipe without it. Rows without it are not counted. Where there is no such column, nobody may have more rows than rowsPerPerson.',
      ),
    random: z
      .enum(['key', 'fresh'])
      .default('key')
      .describe(
        'From the key, and the same each time, or from the operating system, and never the same again.',
      ),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('The CSV file of the counts, relative to this file; beside the output without it.'),
  })
  .describe('Noisy counts by the categories of some columns.');

export type Counts = z.output<typeof countsSchema>;
