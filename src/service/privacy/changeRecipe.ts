import path from 'node:path';
import type { CountsChoice, RecipeChange, SensitiveCriterion } from '../../protocol/privacy.ts';
import { noSuchColumn } from './errors.ts';
import { columnOfChoice } from './methodOffers.ts';
import { datasetId, factsOf, keyedMethods, proposedRole } from './propose.ts';
import type { Role } from './recipe/columnSchema.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { type Changes, changedRecipeText, recipeTextWithColumn } from './recipe/writeRecipe.ts';
import { recipeRoles } from './roles.ts';
import type { Inspection } from './work/inspect.ts';
import type { HierarchyChange } from './writtenHierarchy.ts';

export interface RecipeToChange {
  /** As a person knows it. */
  readonly name: string;
  readonly text: string;
  readonly recipe: Recipe;
  readonly folder: string;
  readonly workspace: string;
}

/** The text of a recipe with one change made, comments kept. */
export function applyChange(
  { name, text, recipe, folder, workspace }: RecipeToChange,
  change: Exclude<RecipeChange, HierarchyChange>,
  inspection: Inspection,
): string {
  switch (change.kind) {
    case 'save':
      return text;
    case 'role':
      return withRole(name, text, recipe, change, inspection);
    case 'method': {
      const column = inspection.columns.find((each) => each.name === change.column);
      if (!column) {
        throw noSuchColumn(name, change.column);
      }
      const { role, type, detected, correctedFrom } = recipe.columns[change.column] ?? {};
      const common = { role, type, detected, correctedFrom };
      const present = Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined));
      const chosen = { ...present, ...columnOfChoice(change.method, factsOf(column.numbers)) };
      return withKey(recipeTextWithColumn(text, change.column, chosen), recipe, change.method.id);
    }
    case 'guarantee':
      return changedRecipeText(text, { guarantee: guaranteeChanges(recipe, change.guarantee) });
    case 'counts': {
      const { counts } = change;
      const changed = changedRecipeText(text, countsChanges(recipe, change.name, counts));
      return counts && recipe.key === undefined
        ? changedRecipeText(changed, { key: { id: datasetId(recipe.dataset) } })
        : changed;
    }
    case 'output':
      return changedRecipeText(text, {
        output: { path: relative(folder, path.resolve(workspace, change.path)) },
      });
    case 'key':
      return changedRecipeText(text, { key: { id: change.id, check: undefined } });
  }
}

function withRole(
  name: string,
  text: string,
  recipe: Recipe,
  { column, role: asked }: Extract<RecipeChange, { kind: 'role' }>,
  { columns }: Inspection,
): string {
  const found = columns.find((each) => each.name === column);
  if (!found) {
    throw noSuchColumn(name, column);
  }
  const role: Role = recipeRoles[asked];
  const present = recipe.columns[column] ?? { method: 'keep' };
  const proposed = proposedRole(found.finding);
  const correctedFrom = proposed === role ? undefined : proposed;
  // The guarantee decides about quasi-identifiers alone: what it was to generalise is then as it was.
  if (role !== 'quasiIdentifier' && isForGuarantee(present)) {
    const { type, detected } = present;
    const kept = { method: 'keep' as const, role, type, detected, correctedFrom };
    const chosen = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
    return recipeTextWithColumn(text, column, chosen as typeof kept);
  }
  // What tells together with others who somebody is must be open to the guarantee.
  const isOpen = role === 'quasiIdentifier' && present.method === 'keep';
  const method = isOpen ? 'generalise' : present.method;
  return changedRecipeText(text, { columns: { [column]: { method, role, correctedFrom } } });
}

/** How far it is generalised is left to the search. */
function isForGuarantee(column: Recipe['columns'][string]): boolean {
  const { method } = column;
  return (
    method === 'generalise' &&
    column.level === undefined &&
    column.bins === undefined &&
    column.to === undefined
  );
}

/** A first method that needs a key brings the key's name into the recipe. */
function withKey(text: string, recipe: Recipe, method: string): string {
  return recipe.key === undefined && keyedMethods.includes(method)
    ? changedRecipeText(text, { key: { id: datasetId(recipe.dataset) } })
    : text;
}

const diversityKinds = { distinctL: 'distinct', entropyL: 'entropy', recursiveCL: 'recursive' } as const;

/** Columns of which the same is asked stand together; a single demand stands by itself, as it always has. */
function oneOrMore(
  criteria: readonly SensitiveCriterion[],
  demandOf: (criterion: SensitiveCriterion) => object,
): object | undefined {
  const columnsOf = new Map<string, string[]>();
  for (const criterion of criteria) {
    const demand = JSON.stringify(demandOf(criterion));
    columnsOf.set(demand, [...(columnsOf.get(demand) ?? []), criterion.column]);
  }
  const written = [...columnsOf].map(([demand, columns]) => ({
    ...JSON.parse(demand),
    columns: [...new Set(columns)],
  }));
  return written.length > 1 ? written : written[0];
}

function guaranteeChanges(
  { guarantee }: Recipe,
  asked: Extract<RecipeChange, { kind: 'guarantee' }>['guarantee'],
): Changes | undefined {
  if (asked === null) {
    const hasHierarchies = Object.keys(guarantee?.hierarchies ?? {}).length > 0;
    return hasHierarchies
      ? { k: undefined, l: undefined, t: undefined, levels: undefined, found: undefined }
      : undefined;
  }
  const { k, sensitive, suppressionLimit, recoding } = asked;
  const diversity = sensitive.filter(({ criterion }) => criterion !== 'tCloseness');
  const closeness = sensitive.filter(({ criterion }) => criterion === 'tCloseness');
  return {
    k,
    l: oneOrMore(diversity, ({ criterion, l = 2, c }) => ({
      kind: diversityKinds[criterion as keyof typeof diversityKinds],
      l,
      ...(c !== undefined && { c }),
    })),
    t: oneOrMore(closeness, ({ t = 0.2, distance = 'equal' }) => ({
      t,
      ...(distance !== 'equal' && { distance }),
    })),
    suppressionLimit,
    search: recoding === 'local' ? 'mondrian' : 'optimal',
    levels: undefined,
    found: undefined,
  };
}

function countsChanges({ counts, subject }: Recipe, name: string, asked: CountsChoice | null): Changes {
  if (asked === null) {
    const others = Object.keys(counts ?? {}).filter((each) => each !== name);
    return others.length === 0 ? { counts: undefined } : { counts: { [name]: undefined } };
  }
  return {
    counts: {
      [name]: {
        by: Object.fromEntries(
          asked.by.map(({ column, categories, bins }) => [column, bins ? { bins } : { categories }]),
        ),
        epsilon: asked.epsilon,
        delta: asked.delta === 0 ? undefined : asked.delta,
        rowsPerPerson: asked.rowsPerPerson === 1 ? undefined : asked.rowsPerPerson,
        subject: asked.subject === null || asked.subject === subject ? undefined : asked.subject,
      },
    },
  };
}

/** As recipes write paths on every system. */
export function relative(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}
