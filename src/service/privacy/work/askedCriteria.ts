import { nothingSensitive, sensitiveIsGrouped } from '../errors.ts';
import type { Criterion } from '../guarantee/criteria.ts';
import type { Guarantee } from '../recipe/guaranteeSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { Dimension } from './readTuples.ts';

/** What a recipe asks of every class; `all` are the sensitive columns. */
export function criteriaOf(guarantee: Guarantee | undefined, all: readonly string[]): Criterion[] {
  const { k, l = [], t = [] } = guarantee ?? {};
  return [
    ...(k === undefined ? [] : [{ kind: 'kAnonymity', k } as const]),
    ...l.flatMap((one) => (one.columns ?? all).map((sensitive) => diversityOf(one, sensitive))),
    ...t.flatMap(({ columns, t: most, distance }) =>
      (columns ?? all).map((sensitive) => ({ kind: 'closeness', sensitive, t: most, distance }) as const),
    ),
  ];
}

/** Columns of which something is asked. */
export function sensitiveColumns(recipe: Recipe, guarantee: Guarantee | undefined): readonly string[] {
  const named = [...(guarantee?.l ?? []), ...(guarantee?.t ?? [])].flatMap(
    ({ columns }) => columns ?? columnsWithRole(recipe, 'sensitive'),
  );
  return [...new Set(named)];
}

/** The report says that sensitive values are diverse only where they were looked at. */
export function refuseUnchecked(
  guarantee: Guarantee | undefined,
  sensitive: readonly string[],
  dimensions: readonly Dimension[],
): void {
  const isAsked = (guarantee?.l?.length ?? 0) > 0 || (guarantee?.t?.length ?? 0) > 0;
  if (isAsked && sensitive.length === 0) {
    throw nothingSensitive();
  }
  const generalised = sensitive.find((name) => dimensions.some((dimension) => dimension.name === name));
  if (generalised !== undefined) {
    throw sensitiveIsGrouped(generalised);
  }
}

function diversityOf({ kind, l, c = 1 }: NonNullable<Guarantee['l']>[number], sensitive: string): Criterion {
  if (kind === 'recursive') {
    return { kind: 'recursiveDiversity', sensitive, c, l };
  }
  return { kind: kind === 'entropy' ? 'entropyDiversity' : 'distinctDiversity', sensitive, l };
}

function columnsWithRole(recipe: Recipe, role: string): readonly string[] {
  return Object.keys(recipe.columns).filter((name) => recipe.columns[name]!.role === role);
}
