import * as z from 'zod';
import { columnSchema } from './columnSchema.ts';
import { countsSchema } from './countsSchema.ts';
import { guaranteeSchema } from './guaranteeSchema.ts';
import { synthesiseSchema } from './synthesiseSchema.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

const keySchema = z.strictObject({
  id: z.string().min(1).describe('The name of the key. The key itself never stands here.'),
  check: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits')
    .optional()
    .describe('Tells a wrong key; written when the recipe is first applied.'),
});

/** `NAME.anonymise.yaml`: what is done to a table, reviewable in git and without any secret. */
export const recipeSchema = z
  .strictObject({
    version: z.literal(1).describe('Of this form of file.'),
    algorithm: z
      .literal('anon/v1')
      .default('anon/v1')
      .describe('How keys become pseudonyms and noise; another version gives another output.'),
    dataset: z.string().min(1).describe('The id of the dataset; keys are derived from it.'),
    release: z
      .string()
      .min(1)
      .describe(
        'A new one for each release: with the same one, the same person gets the same noise and pseudonym.',
      ),
    key: keySchema.optional(),
    input: z.strictObject({
      path: z.string().min(1).describe('The table, relative to this file.'),
      sha256: sha256
        .optional()
        .describe('Of the table that it was made for; written when it is first applied.'),
      rows: z.int().min(0).optional(),
    }),
    output: z.strictObject({ path: z.string().min(1).describe('Relative to this file; never the input.') }),
    rowKey: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Columns that name a row, from which its noise comes; the number of the row without it.'),
    subject: z.string().optional().describe('The column that says whom a row is about.'),
    otherColumns: z
      .enum(['refuse', 'keep', 'drop'])
      .default('refuse')
      .describe('What becomes of columns of the table that are not named here.'),
    columns: z.record(z.string(), columnSchema).describe('By the name of the column.'),
    guarantee: guaranteeSchema.optional().describe('What must hold for the output as a whole.'),
    synthesise: synthesiseSchema
      .optional()
      .describe('How synthetic rows are drawn instead: direct identifiers are never learned.'),
    counts: z
      .record(
        z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,63}$/u, 'must be letters, digits and hyphens'),
        countsSchema,
      )
      .optional()
      .describe(
        'Differentially private counts, by name: each is a file of its own, and their ε add up. They are made from the input.',
      ),
    releases: z
      .record(
        z.string(),
        z.strictObject({
          sha256: sha256.describe('Of the table that it was made from.'),
          rows: z.int().min(0).optional(),
          key: keySchema.optional(),
          epsilon: z
            .number()
            .optional()
            .describe('What its noisy columns and counts have spent, with all that was asked before.'),
          delta: z.number().optional(),
          answers: z
            .array(z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits'))
            .optional()
            .describe(
              'What its noisy columns and counts have answered, each as a hash of what was asked: the very same again costs nothing more.',
            ),
          leftOut: z
            .string()
            .regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits')
            .optional()
            .describe(
              'Which rows the guarantee left out, as a hash with the key: noise by the number of the row is another one for other rows.',
            ),
          written: z
            .record(z.string(), z.string().regex(/^(fixed|shortest|(%[YmdHMSfg]|[-/.: TZ])+)$/))
            .optional()
            .describe(
              'How the values of columns that can be restored were written, so that they come back so: numbers with all decimals (fixed) or without zeros at the end (shortest), dates in a form.',
            ),
        }),
      )
      .optional()
      .describe(
        'What was made with this recipe: by release, from which table and with which key. Written when it is applied; a release is made from one table.',
      ),
  })
  .describe('How a table is anonymised.');

/** With its defaults filled in. */
export type Recipe = z.output<typeof recipeSchema>;

/** For completion and hover in the editor: JSON Schema, draft 7. */
export function recipeJsonSchema(): string {
  const schema = z.toJSONSchema(recipeSchema, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ title: 'Anonymisation recipe', ...schema }, null, 2)}\n`;
}
