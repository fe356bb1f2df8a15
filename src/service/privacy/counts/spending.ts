import type { PrivacyBudget } from '../../../protocol/privacy.ts';
import type { TableColumn } from '../planTypes.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { budgetOf, sum } from './budget.ts';
import { columnQuestion, countsQuestion } from './questions.ts';

/** What a release has spent, as its recipe remembers it. */
export interface Spending {
  readonly epsilon: number;
  readonly delta: number;
  /** What was answered with the key, each as a hash of its question: the very same again is the same answer. */
  readonly answers: readonly string[];
}

/**
 * What the release comes to when the recipe is applied under its name: what it has spent before, and the ε and δ of every
 * answer that it has not given yet, added up (basic composition). Noise that is fresh each time is a new answer each
 * time. `check` is the check value of the key in use. Null where nothing is differentially private.
 */
export function spendingOf(
  recipe: Recipe,
  columns: readonly TableColumn[],
  check: string | undefined,
): Spending | null {
  const budget = budgetOf(recipe);
  if (!budget) {
    return null;
  }
  const made = recipe.releases?.[recipe.release];
  const isSameKey = made?.key !== undefined && made.key.id === recipe.key?.id && made.key.check === check;
  const known = new Set(isSameKey ? made.answers : []);
  const asked = budget.parts.map((part) => ({ ...part, answer: answerOf(recipe, columns, part) }));
  const added = asked.filter(({ answer }) => answer === undefined || !known.has(answer));
  return {
    epsilon: sum([made?.epsilon ?? 0, ...added.map(({ epsilon }) => epsilon)]),
    delta: sum([made?.delta ?? 0, ...added.map(({ delta }) => delta)]),
    answers: [...known, ...added.flatMap(({ answer }) => answer ?? [])],
  };
}

/** With what the whole release comes to, where that is more. */
export function budgetWith(budget: PrivacyBudget, { epsilon, delta }: Spending): PrivacyBudget {
  return epsilon === budget.epsilon && delta === budget.delta
    ? budget
    : { ...budget, ofRelease: { epsilon, delta } };
}

/** Undefined where the noise is another one each time. */
function answerOf(
  recipe: Recipe,
  columns: readonly TableColumn[],
  { kind, name }: PrivacyBudget['parts'][number],
): string | undefined {
  if (kind === 'counts') {
    const counts = recipe.counts![name]!;
    return counts.random === 'key' ? cut(countsQuestion(name, counts, recipe, columns)) : undefined;
  }
  const options = recipe.columns[name];
  const column = columns.find((each) => each.name === name);
  return column && options?.method === 'differentialPrivacy' && options.random === 'key'
    ? cut(columnQuestion(column, options))
    : undefined;
}

/** Long enough to tell the questions of one recipe apart. */
function cut(hash: string): string {
  return hash.slice(0, 16);
}
