import { plural } from '../../src/base/format.ts';
import type {
  ColumnEvidence,
  MethodOffer,
  RecipeKey,
  RecipePreview,
  RecipeState,
  SensitiveCriterion,
} from '../../src/protocol/privacy.ts';
import type { Progress } from '../../src/protocol/rpc.ts';

/** The page's own sentences; what is said of the data and the methods comes from the service. */

export const reversibleWords: Readonly<Record<MethodOffer['reversible'], string>> = {
  no: 'Nobody can undo it.',
  keyHolder: 'Whoever has the key can undo it; nobody else can.',
  candidates: 'Whoever has the key can test who is meant; nobody else can.',
  unchanged: 'The values stay readable as they are.',
};

export const criteria: Readonly<
  Record<SensitiveCriterion['criterion'], { readonly title: string; readonly sentence: string }>
> = {
  distinctL: {
    title: 'Distinct ℓ-diversity',
    sentence: 'Every group has at least ℓ different values.',
  },
  entropyL: {
    title: 'Entropy ℓ-diversity',
    sentence: 'In every group the values are as mixed as ℓ equally frequent ones.',
  },
  recursiveCL: {
    title: 'Recursive (c, ℓ)-diversity',
    sentence: 'In no group is the most frequent value more than c times the rare ones together.',
  },
  tCloseness: {
    title: 't-closeness',
    sentence: 'In every group the values are spread as in the whole table, but for t.',
  },
};

export function confidenceWords(confidence: number): string {
  if (confidence >= 0.95) {
    return 'certain';
  }
  if (confidence >= 0.8) {
    return 'very likely';
  }
  return confidence >= 0.5 ? 'likely' : 'possible';
}

/** "E-mail addresses, very likely"; for the names of things on the page. */
export function findingWords({ title, confidence, specialCategory }: ColumnEvidence): string {
  const special = specialCategory ? ', special category of personal data' : '';
  return `${title}, ${confidenceWords(confidence)}${special}`;
}

export interface KeyHelp {
  readonly sentence: string;
  readonly action?: { readonly title: string; readonly kind: 'make' | 'choose' };
}

/** How it stands with the key, and the one thing that helps; undefined where no key is needed. */
export function keyHelp({ id, state, wasUsed }: RecipeKey): KeyHelp | undefined {
  switch (state) {
    case 'notNeeded':
      return undefined;
    case 'ready':
      return { sentence: `The key ${id} is ready.` };
    case 'other':
      return {
        sentence: `The key ${id} here is not the one that this recipe was applied with.`,
        action: { title: 'Choose Key…', kind: 'choose' },
      };
    case 'missing':
      return wasUsed && id !== null
        ? {
            sentence: `The key ${id}, with which this recipe was applied, is not known on this computer.`,
            action: { title: 'Choose Key…', kind: 'choose' },
          }
        : {
            sentence: 'These methods need a key that only you have.',
            action: { title: 'Make Key…', kind: 'make' },
          };
  }
}

/** "age and zip make 1,203 rows unique". */
export function driverWords({ columns, uniqueRows }: RecipePreview['drivers'][number]): string {
  const names =
    columns.length > 1 ? `${columns.slice(0, -1).join(', ')} and ${columns.at(-1)}` : (columns[0] ?? '');
  return `${names} ${columns.length > 1 ? 'make' : 'makes'} ${plural(uniqueRows, 'row')} unique`;
}

/** "Counting classes, 48 %". */
export function progressWords({ message, fraction }: Progress): string {
  return fraction === undefined ? message : `${message}, ${Math.floor(fraction * 100)} %`;
}

/** Why Anonymise cannot be pressed. */
export function notYet(recipe: RecipeState): string | undefined {
  if (recipe.problems.length > 0) {
    return 'The recipe has problems that must be solved first.';
  }
  return recipe.key.state === 'missing' || recipe.key.state === 'other'
    ? 'The key is needed first.'
    : undefined;
}
