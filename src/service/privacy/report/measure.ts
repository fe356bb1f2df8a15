import type { ColumnRole, WrittenCounts } from '../../../protocol/privacy.ts';
import type { PrivacyReport } from '../../../protocol/privacyReport.ts';
import { budgetOf } from '../counts/budget.ts';
import { budgetWith, type Spending } from '../counts/spending.ts';
import { methodDescriptions } from '../methods/descriptions.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { protocolRoles } from '../roles.ts';
import { Random } from '../statistics/random.ts';
import { columnNamed } from '../tables/rows.ts';
import type { JobContext } from '../work/context.ts';
import { type Pairs, samplePairs } from '../work/pairs.ts';
import type { Release } from '../work/release.ts';
import { attackFigures, attackNote } from './attackFigures.ts';
import { differentialLimits, differentialSentences } from './differentialWords.ts';
import { riskFigures, riskNote } from './riskFigures.ts';
import { utilityFigures, utilityNote } from './utilityFigures.ts';
import { notGuaranteed, summarise, threeQuestions } from './words.ts';

export interface Measured {
  readonly release: Release;
  readonly recipe: Recipe;
  readonly recipeHash: string;
  readonly spending: Spending | null;
  readonly counts: readonly WrittenCounts[];
  readonly input: PrivacyReport['input'];
  readonly output: PrivacyReport['output'];
}

const sampledRows = 10_000;

/** Figures before and after, side by side: the same measure, on the input and on what is written. */
export async function measureRelease(
  { release, recipe, recipeHash, spending, counts, input, output }: Measured,
  context: JobContext,
): Promise<PrivacyReport> {
  context.report({ message: 'Measuring risk and use' });
  const pairs = await samplePairs(release, sampledRows, context);
  const risk = riskFigures(release, context);
  const random = new Random(Buffer.from(recipeHash, 'hex'));
  context.report({ message: 'Attacking the output' });
  const attacks = attackFigures(pairs, recipe, release, random.fork('attacks'), context);
  context.report({ message: 'Measuring what the output is good for' });
  const utility = utilityFigures(pairs, recipe, release, random.fork('utility'), context);
  const asked = budgetOf(recipe);
  const budget = asked && spending ? budgetWith(asked, spending) : asked;
  const columns = release.source.columns.map(({ name }) => {
    const { role = 'other', method } = recipe.columns[name] ?? {
      method: recipe.otherColumns === 'drop' ? 'drop' : 'keep',
    };
    const { title, sentence, limit } = methodDescriptions[method];
    const detail = groupsLeft(name, pairs, release);
    return {
      name,
      role: protocolRoles[role] satisfies ColumnRole,
      method: title,
      sentence,
      limit,
      ...(detail !== undefined && { detail }),
    };
  });
  return {
    time: Date.now(),
    input,
    output,
    recipeHash,
    release: recipe.release,
    budget,
    counts,
    summary: [
      ...summarise(release, recipe, { input, output, risk }),
      ...differentialSentences(budget, counts),
    ],
    notGuaranteed: [
      ...differentialLimits(recipe, budget, counts),
      ...notGuaranteed(release, recipe, attacks, keptAlmostUnique(pairs, recipe, release)),
    ],
    questions: threeQuestions(attacks),
    measuredOn: {
      ...(risk.length > 0 && { risk: riskNote(release) }),
      ...(attacks.length > 0 && { attacks: attackNote(pairs.before.rowCount, output.rows) }),
      ...(utility.length > 0 && { utility: utilityNote(pairs.before.rowCount, output.rows) }),
    },
    columns,
    risk,
    attacks,
    utility,
  };
}

/** Columns in which most rows have a value of their own, and have it still: they find a row whatever its group is. */
function keptAlmostUnique({ after }: Pairs, recipe: Recipe, { guarantee }: Release): string[] {
  const isKept = (name: string) => {
    const { role = 'other', method } = recipe.columns[name] ?? { method: 'keep' };
    return method === 'keep' && role !== 'directIdentifier' && !guarantee?.dimensions.includes(name);
  };
  return after.columns
    .filter(({ name, values }) => isKept(name) && values.length > after.rowCount / 2 && values.length > 10)
    .map(({ name }) => name);
}

const mostGroupsNamed = 4;

/** What a generalised column still tells: its most frequent groups, which the output shows anyway. */
function groupsLeft(name: string, { before, after }: Pairs, release: Release): string | undefined {
  const method = release.plan.columns.find((each) => each.name === name)?.method;
  const column = method === 'generalise' ? columnNamed(after, name) : undefined;
  if (!column) {
    return undefined;
  }
  const original = new Set(columnNamed(before, name)?.values.map(String));
  if (column.values.every((value) => original.has(String(value)))) {
    return 'Its values stayed as they are: the groups are large enough without it.';
  }
  const counts = new Map<number, number>();
  for (const code of column.codes) {
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const groups = [...counts]
    .filter(([code]) => column.values[code] !== null)
    .sort((one, other) => other[1] - one[1])
    .map(([code]) => `“${column.values[code]}”`);
  if (groups.length === 1) {
    return `Nothing is left of it: every row has ${groups[0]}.`;
  }
  const more = groups.length > mostGroupsNamed ? ' …' : '';
  return `Left of it: ${groups.slice(0, mostGroupsNamed).join(', ')}${more}`;
}
