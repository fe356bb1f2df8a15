import type { PrivacyBudget } from '../../../protocol/privacy.ts';
import { dividedBy, type Fraction, fractionOfDecimal } from '../methods/differential/exactSamplers.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/**
 * What a release spends in all: the ε and δ of its noisy columns and counts, added up (basic composition). Of a column
 * each value spends its own, so the sum is that of a person with one row. Null where nothing is differentially private.
 */
export function budgetOf({ columns, counts }: Pick<Recipe, 'columns' | 'counts'>): PrivacyBudget | null {
  const parts: PrivacyBudget['parts'] = [
    ...Object.entries(columns).flatMap(([name, options]) =>
      options.method === 'differentialPrivacy'
        ? [{ kind: 'column' as const, name, epsilon: options.epsilon, delta: options.delta }]
        : [],
    ),
    ...Object.entries(counts ?? {}).map(([name, { epsilon, delta }]) => ({
      kind: 'counts' as const,
      name,
      epsilon,
      delta,
    })),
  ];
  if (parts.length === 0) {
    return null;
  }
  return {
    epsilon: sum(parts.map(({ epsilon }) => epsilon)),
    delta: sum(parts.map(({ delta }) => delta)),
    parts,
  };
}

/** What all releases of a recipe spend on the same people: that of `budget` and what the others had spent. */
export function spentSoFar(
  { releases = {}, release }: Pick<Recipe, 'releases' | 'release'>,
  budget: PrivacyBudget,
): { readonly releases: readonly string[]; readonly epsilon: number } {
  const others = Object.entries(releases).filter(([name, { epsilon }]) => name !== release && epsilon);
  return {
    releases: others.map(([name]) => name),
    epsilon: sum([(budget.ofRelease ?? budget).epsilon, ...others.map(([, { epsilon = 0 }]) => epsilon)]),
  };
}

/** Of decimals as people mean them: 0.1 and 0.2 are 0.3. */
export function sum(decimals: readonly number[]): number {
  const total = decimals.map(fractionOfDecimal).reduce<Fraction>(
    (a, b) => ({
      numerator: a.numerator * b.denominator + b.numerator * a.denominator,
      denominator: a.denominator * b.denominator,
    }),
    { numerator: 0n, denominator: 1n },
  );
  // Digits enough for every double, rounded once.
  const { numerator, denominator } = dividedBy(total, { numerator: 1n, denominator: 10n ** 40n });
  return Number(`${numerator / denominator}e-40`);
}
