import * as z from 'zod';

const share = z.number().min(0).max(1);

/** How a hierarchy comes about; level 0 is the value itself, and the last level is `*`. */
export const hierarchySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file').describe('A CSV file of the form value;level 1;level 2;…, as ARX writes it.'),
    path: z.string().min(1),
    separator: z.string().length(1).default(';'),
  }),
  z.strictObject({
    kind: z.literal('intervals').describe('Numbers in bins, and each level in wider ones.'),
    edges: z.array(z.number()).min(1).describe('Of the first level, in rising order.'),
    fanOut: z.array(z.int().min(2)).default([]).describe('How many bins make one of the next level.'),
  }),
  z.strictObject({
    kind: z.literal('quantiles').describe('Numbers in bins of about as many rows.'),
    bins: z.array(z.int().min(2)).min(1).default([32, 16, 8, 4, 2]).describe('Bins of each level.'),
  }),
  z.strictObject({
    kind: z.literal('dates').describe('Days in wider and wider units.'),
    levels: z.array(z.enum(['day', 'week', 'month', 'quarter', 'year', 'decade'])).min(1),
  }),
  z.strictObject({
    kind: z.literal('redaction').describe('One character less on each level, as for postal codes.'),
    side: z.enum(['left', 'right']).default('right'),
    steps: z.array(z.int().min(1)).min(1).describe('How many characters are hidden on each level.'),
  }),
  z.strictObject({
    kind: z.literal('groups').describe('Groups of values by name.'),
    levels: z
      .array(z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()]))))
      .min(1)
      .describe('For each level the names of its groups with what they hold of the level below.'),
  }),
  z.strictObject({
    kind: z.literal('priority').describe('The first keep their names longest, the rest become other.'),
    order: z.array(z.string()).min(1).describe('Values from the most to the least important.'),
    kept: z.array(z.int().min(0)).describe('How many keep their names on each level, fewer and fewer.'),
  }),
  z.strictObject({
    kind: z.literal('automatic').describe('Made from the data.'),
  }),
]);

const columns = z.array(z.string()).optional().describe('All sensitive columns without it.');

const diversity = z.strictObject({
  kind: z.enum(['distinct', 'entropy', 'recursive']).default('distinct'),
  l: z.number().min(1).describe('Sensitive values in each group.'),
  c: z.number().positive().optional().describe('Of recursive (c, l)-diversity.'),
  columns,
});

const closeness = z.strictObject({
  t: share.describe('How far the sensitive values of a group may be from those of the table.'),
  distance: z
    .enum(['equal', 'ordered', 'hierarchical'])
    .default('equal')
    .describe('Between values: all alike, by their order, or by the hierarchy of the column.'),
  columns,
});

const levels = z.record(z.string(), z.int().min(0));

/** One for all, or several, each for columns of its own. */
function oneOrMore<Schema extends z.ZodType>(schema: Schema) {
  return z
    .union([schema, z.array(schema).min(1)])
    .transform((written): z.output<Schema>[] => (Array.isArray(written) ? written : [written]));
}

export const guaranteeSchema = z.strictObject({
  k: z.int().min(2).optional().describe('Each row is like at least k − 1 others in its quasi-identifiers.'),
  l: oneOrMore(diversity).optional().describe('In each group the sensitive values are diverse.'),
  t: oneOrMore(closeness)
    .optional()
    .describe('In each group the sensitive values are distributed as in the whole table.'),
  suppressionLimit: share
    .default(0)
    .describe('The share of rows that may be emptied to reach the guarantee.'),
  search: z
    .enum(['optimal', 'mondrian'])
    .default('optimal')
    .describe('Over whole columns, or group by group.'),
  hierarchies: z
    .record(z.string(), hierarchySchema)
    .default({})
    .describe('By the name that columns give them.'),
  levels: levels
    .optional()
    .describe('The level of each column, kept as it is: what is named here is not searched.'),
  searchSeconds: z
    .number()
    .positive()
    .optional()
    .describe(
      'After so long the best generalisation so far is taken, and the report says so; 600 without it.',
    ),
  found: z
    .strictObject({
      levels,
      optimal: z.boolean().describe('Proven to be the best; otherwise the best in the time that there was.'),
    })
    .optional()
    .describe(
      'Written when the recipe is applied: what the search chose. It is searched anew each time; copied to levels, it is kept.',
    ),
});

export type Guarantee = z.output<typeof guaranteeSchema>;
export type HierarchyRecipe = z.output<typeof hierarchySchema>;
