import * as z from 'zod';
import { checkNames } from '../methods/checkDigits.ts';
import { type MethodName, methodDescriptions } from '../methods/descriptions.ts';
import { type AlphabetName, alphabets } from '../methods/formatPreserving.ts';
import { dateUnits } from '../methods/generalise.ts';
import { noiseDistributions } from '../methods/noise.ts';
import { normaliserNames } from '../methods/normalisers.ts';
import { longestPseudonym, shortestPseudonym } from '../methods/pseudonym.ts';
import { leastEpsilon, mostDelta, mostEpsilon } from './countsSchema.ts';

export const roles = ['directIdentifier', 'quasiIdentifier', 'sensitive', 'other'] as const;
export type Role = (typeof roles)[number];

const common = {
  role: z
    .enum(roles)
    .optional()
    .describe(
      'What the column can tell: who somebody is, alone or together with others, or something about them.',
    ),
  type: z
    .string()
    .optional()
    .describe('The type that the column had when the recipe was first applied, by which it is restored.'),
  detected: z.string().optional().describe('The kind of personal data that was found in the column.'),
  correctedFrom: z
    .enum(roles)
    .optional()
    .describe(
      'The role that detection had proposed, where a person decided otherwise; it is not proposed again.',
    ),
};

/** A column with its method; a misspelt option is an error. */
function method<Name extends MethodName, Options extends z.ZodRawShape>(name: Name, options: Options) {
  const { sentence, limit } = methodDescriptions[name];
  return z
    .strictObject({ method: z.literal(name).describe(`${sentence} ${limit}`), ...common, ...options })
    .describe(sentence);
}

const wholeNumber = z.int().min(0);
const finite = z.number();

export const columnSchema = z.discriminatedUnion('method', [
  method('keep', {}),
  method('drop', {}),
  method('suppress', {
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Only cells with these values; all without it.'),
    by: z.string().optional().describe('Written in their place; empty without it.'),
  }),
  method('pseudonym', {
    domain: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Columns and files with the same domain get the same pseudonyms, so that they can be joined.',
      ),
    length: z
      .int()
      .min(shortestPseudonym)
      .max(longestPseudonym)
      .default(16)
      .describe('Characters of the code.'),
    prefix: z.string().max(64).default('').describe('Written before the code, such as cust_.'),
    normalise: z
      .array(z.enum(normaliserNames))
      .default([])
      .describe('What makes writings of one value equal before the code is computed.'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .describe('Two letters: the country of phone numbers without a country code.'),
  }),
  method('formatPreserving', {
    alphabet: z
      .enum(Object.keys(alphabets) as [AlphabetName, ...AlphabetName[]])
      .default('digits')
      .describe('The characters that are encrypted.'),
    keep: wholeNumber.default(0).describe('Characters at the beginning that stay as they are.'),
    check: z.enum(checkNames).optional().describe('How the check digits are computed.'),
  }),
  method('noise', {
    distribution: z.enum(noiseDistributions).default('laplace').describe('How the amounts are distributed.'),
    scale: z
      .number()
      .positive()
      .describe('b of Laplace, σ of Gauss, or the greatest amount of integer noise.'),
    decimals: z
      .int()
      .min(0)
      .max(30)
      .optional()
      .describe(
        'Decimals of the column; the noise is made of them. Needed for floating-point numbers alone.',
      ),
    round: z.boolean().default(false).describe('Rounds what has more decimals, which cannot be undone.'),
  }),
  method('dateShift', {
    days: z.int().min(1).max(36_500).describe('The most that a date moves, either way.'),
    subject: z
      .string()
      .optional()
      .describe('The column that says whose date it is; the subject of the whole recipe without it.'),
    wholeWeeks: z.boolean().default(false).describe('Keeps the day of the week.'),
  }),
  method('generalise', {
    bins: z.array(finite).min(1).optional().describe('Edges of groups of numbers, in rising order.'),
    to: z.enum(dateUnits).optional().describe('The unit of dates.'),
    hierarchy: z
      .string()
      .optional()
      .describe('A hierarchy of the section guarantee; made from the data where nothing is given.'),
    level: z.int().min(1).optional().describe('Its level; chosen by the search for k-anonymity without it.'),
  }),
  method('coding', {
    bottom: finite.optional().describe('Numbers below it are replaced.'),
    bottomBy: finite.optional().describe('By this one; by the limit without it.'),
    top: finite.optional().describe('Numbers above it are replaced.'),
    topBy: finite.optional().describe('By this one, such as the mean of the tail; by the limit without it.'),
  }),
  method('mask', {
    keepFirst: wholeNumber.default(0).describe('Characters that stay at the beginning.'),
    keepLast: wholeNumber.default(0).describe('Characters that stay at the end.'),
    sign: z.string().length(1).default('*').describe('Written for each other character.'),
    keepSeparators: z.boolean().default(false).describe('Leaves what is neither letter nor digit.'),
  }),
  method('redact', {
    kinds: z
      .array(z.string())
      .optional()
      .describe('What is looked for; everything that is known without it.'),
    coded: z.boolean().default(false).describe('Writes a code that is the same for the same value.'),
  }),
  method('rankSwap', {
    percent: z
      .number()
      .positive()
      .max(100)
      .default(5)
      .describe('How far apart in rank exchanged rows may be.'),
  }),
  method('microaggregation', {
    k: z.int().min(2).default(3).describe('Rows in a group at least.'),
    group: z.string().default('all').describe('Columns of the same group are grouped together.'),
    decimals: z.int().min(0).max(30).default(0).describe('Of the means.'),
  }),
  method('differentialPrivacy', {
    epsilon: z
      .number()
      .min(leastEpsilon)
      .max(mostEpsilon)
      .describe('How much may be told about one value: the smaller, the less.'),
    delta: z.number().min(0).max(mostDelta).default(0).describe('Above 0 the noise is Gaussian.'),
    lower: finite.describe('A bound chosen without looking at the data.'),
    upper: finite.describe('A bound chosen without looking at the data.'),
    decimals: z.int().min(0).max(15).default(0).describe('Of the output.'),
    random: z
      .enum(['key', 'fresh'])
      .default('key')
      .describe(
        'From the key, and the same each time, or from the operating system, and never the same again.',
      ),
  }),
]);

/** A column of a recipe, with its defaults filled in. */
export type RecipeColumn = z.output<typeof columnSchema>;
export type ColumnWith<Name extends MethodName> = Extract<RecipeColumn, { method: Name }>;

/** The options that a method knows, for the sentence that names the nearest. */
export function optionsOf(name: MethodName): readonly string[] {
  const found = columnSchema.options.find((option) => option.shape.method.value === name);
  return found ? Object.keys(found.shape) : [];
}
