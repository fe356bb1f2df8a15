import { formatNumber, groupDigits, plural } from '../../../base/format.ts';
import type { PrivacyBudget, WrittenCounts } from '../../../protocol/privacy.ts';
import { releaseSpentSentence } from '../../../protocol/sentences.ts';
import { spentSoFar } from '../counts/budget.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/** What ε promises, for people who never heard of it, and how good the counts are. */
export function differentialSentences(
  budget: PrivacyBudget | null,
  counts: readonly WrittenCounts[],
): string[] {
  if (!budget) {
    return [];
  }
  const { epsilon, delta, parts } = budget;
  const spent = parts.map(({ kind, name, epsilon: own }) => `${own} on the ${kind} ${name}`).join(', ');
  const total = parts.length === 1 ? `ε = ${spent}` : `ε = ${epsilon} in all (${spent})`;
  const rest = delta > 0 ? `; with a probability of ${delta} more may be told (δ)` : '';
  return [
    `Differential privacy spends ${total}: whatever somebody concludes from these noisy numbers about a person is at most ` +
      `${formatNumber(factor(epsilon))} times as likely as it would be without that person’s row${rest}.`,
    ...counts.map(
      ({ name, path, by, cells, halfWidth }) =>
        `${path} counts rows by ${by.map(({ column }) => column).join(', ')} (${name}, ${plural(cells, 'count')}) with noise: ` +
        `95 of 100 counts are off by at most ${groupDigits(halfWidth)}. Counts may be below 0; rounding them up would make sums too large.`,
    ),
  ];
}

/** What the promise leaves out. */
export function differentialLimits(
  recipe: Recipe,
  budget: PrivacyBudget | null,
  counts: readonly WrittenCounts[],
): string[] {
  if (!budget) {
    return [];
  }
  const { key, columns, counts: asked = {} } = recipe;
  const spent = spentSoFar(recipe, budget);
  const earlier =
    spent.releases.length === 0
      ? ''
      : ` With ${spent.releases.join(', ')} it is ε = ${spent.epsilon} so far.`;
  const before = releaseSpentSentence(budget, recipe.release);
  const whole = before === undefined ? '' : ` ${before}`;
  const names = budget.parts.map(({ name }) => name).join(', ');
  const sentences = [
    `Differential privacy holds for ${names} alone, not for the other columns of the output. Every further release about the same people spends its own ε, and they add up.${whole}${earlier}`,
  ];
  const onTrust = counts.filter(({ subject }) => subject === null);
  if (onTrust.length > 0) {
    const [{ rowsPerPerson }] = onTrust as [WrittenCounts];
    const most = onTrust.every((each) => each.rowsPerPerson === rowsPerPerson)
      ? plural(rowsPerPerson, 'row')
      : 'the stated number of rows';
    sentences.push(
      `That nobody has more than ${most} is taken on trust in ${onTrust.map(({ name }) => name).join(', ')}: no column says whom a row is about.`,
    );
  }
  const bounded = counts.filter(({ subject }) => subject !== null);
  if (bounded.length > 0) {
    const told = bounded.map(({ name, subject }) => `${subject} in ${name}`).join(', ');
    sentences.push(`Rows that do not say whom they are about are not counted (without ${told}).`);
  }
  const isKeyed =
    Object.values(asked).some(({ random }) => random === 'key') ||
    Object.values(columns).some(
      (column) => column.method === 'differentialPrivacy' && column.random === 'key',
    );
  if (isKeyed) {
    sentences.push(
      `The noise comes from the key ${key?.id ?? ''}, so differential privacy does not hold against whoever has it.`,
    );
  }
  return sentences;
}

/** e^ε for people: from thousands on only its size matters. */
function factor(epsilon: number): number {
  return Number(Math.exp(epsilon).toPrecision(3));
}
