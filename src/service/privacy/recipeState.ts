import path from 'node:path';
import { errorShape } from '../../base/errors.ts';
import { type KeyRing, makeMasterKey } from '../../keys/masterKey.ts';
import type { ColumnType as TableColumnType } from '../../protocol/data.ts';
import type {
  Guarantee,
  HierarchySketch,
  PrivacyBudget,
  RecipeColumn,
  RecipeKey,
  RecipeProblem,
  RecipeState,
  SensitiveCriterion,
} from '../../protocol/privacy.ts';
import { budgetOf } from './counts/budget.ts';
import { countsChoices } from './counts/countsFiles.ts';
import { budgetWith, spendingOf } from './counts/spending.ts';
import { suggestFrom } from './detect/findings.ts';
import { choiceOf, methodOffers } from './methodOffers.ts';
import { columnTypeOf } from './methods/columnType.ts';
import { planTransform } from './plan.ts';
import type { RecipeColumn as ColumnOptions } from './recipe/columnSchema.ts';
import type { HierarchyRecipe } from './recipe/guaranteeSchema.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { releasesOf } from './releases.ts';
import { protocolRoles } from './roles.ts';
import { levelsFromRecipe } from './work/hierarchies.ts';
import type { InspectedColumn, Inspection } from './work/inspect.ts';

export interface StateParts {
  readonly recipe: Recipe;
  readonly inspection: Inspection;
  readonly keys: KeyRing;
  /** Where paths in the recipe start. */
  readonly folder: string;
  /** Where the hierarchies stand in the text. */
  readonly hierarchyLines: ReadonlyMap<string, number>;
  /** Found when the text was read. */
  readonly textProblems: readonly RecipeProblem[];
  readonly identity: Pick<RecipeState, 'recipe' | 'saved' | 'version' | 'output'> & {
    readonly input: string;
  };
}

/** A recipe beside its table and keys, as pages and commands see it. */
export function recipeState(parts: StateParts): RecipeState {
  const { recipe, inspection, keys, identity, textProblems } = parts;
  const { input, ...rest } = identity;
  const { key, problem } = checkAgainst(recipe, inspection, keys);
  return {
    ...rest,
    input: {
      path: input,
      rows: inspection.rows,
      estimated: inspection.isEstimate,
      sampledRows: inspection.sampledRows,
      bytes: inspection.bytes,
    },
    columns: inspection.columns.map((column) => columnState(column, parts)),
    guarantee: guaranteeState(recipe),
    ...(recipe.guarantee?.levels && { keptLevels: recipe.guarantee.levels }),
    ...(recipe.guarantee?.found && { foundLevels: recipe.guarantee.found.levels }),
    counts: countsChoices(recipe),
    budget: budgetState(recipe, inspection),
    release: recipe.release,
    releases: releasesOf(recipe),
    notices: inspection.notices,
    key,
    problems: textProblems.length > 0 ? textProblems : problem ? [problem] : [],
  };
}

/** Of columns in the types that the recipe remembers, in which they are answered. */
function budgetState(recipe: Recipe, inspection: Inspection): PrivacyBudget | null {
  const columns = inspection.columns.map(({ name, type }) => ({
    name,
    type: recipe.columns[name]?.type ?? type,
  }));
  const budget = budgetOf(recipe);
  const spending = spendingOf(recipe, columns, recipe.key?.check);
  return budget && spending && budgetWith(budget, spending);
}

function columnState(column: InspectedColumn, parts: StateParts): RecipeColumn {
  const { recipe } = parts;
  const { name, type, finding } = column;
  const options: ColumnOptions = recipe.columns[name] ?? {
    method: recipe.otherColumns === 'drop' ? 'drop' : 'keep',
  };
  const isFound = finding.title !== undefined && finding.confidence > 0;
  return {
    name,
    type: tableType(type),
    role: protocolRoles[options.role ?? 'other'],
    confirmed: options.correctedFrom !== undefined,
    finding: isFound
      ? {
          title: finding.title,
          confidence: finding.confidence,
          evidence: finding.evidence,
          maskedSamples: finding.maskedSamples,
          specialCategory: finding.specialCategory,
        }
      : null,
    method: choiceOf(options),
    offered: methodOffers(type, proposedMethod(column, options)),
    hierarchy: hierarchySketch(column, options, parts),
  };
}

function proposedMethod({ finding }: InspectedColumn, options: ColumnOptions) {
  const { method } = finding;
  if (finding.confidence < suggestFrom) {
    return options.method;
  }
  return method === 'topCode' ? 'generalise' : method;
}

const names: Readonly<Record<ReturnType<typeof columnTypeOf>['kind'], TableColumnType>> = {
  text: 'text',
  integer: 'integer',
  double: 'number',
  decimal: 'decimal',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  other: 'nested',
};

function tableType(type: string): TableColumnType {
  return names[columnTypeOf(type).kind];
}

const shownLabels = 8;

/** From what a sample of the table shows; undefined labels are for the search to find. */
function hierarchySketch(
  { name, frequent }: InspectedColumn,
  options: ColumnOptions,
  { recipe, folder, hierarchyLines, identity }: StateParts,
): HierarchySketch | null {
  if (options.method !== 'generalise' || options.bins !== undefined || options.to !== undefined) {
    return null;
  }
  const key = options.hierarchy ?? name;
  const written = recipe.guarantee?.hierarchies[key] ?? { kind: 'automatic' as const };
  const origin = originOf(written, identity.recipe, hierarchyLines.get(key) ?? 1);
  const values = frequent.map(({ value }) => value);
  const codes = Int32Array.from(values, (_, code) => code);
  try {
    const rows = Float64Array.from(frequent, ({ count }) => count);
    const { levels } = levelsFromRecipe(written, { name, values, codes }, rows, folder);
    return {
      ...origin,
      levels: levels.map(({ labels }) => ({
        labels: labels.slice(0, shownLabels).map((label) => label ?? ''),
        count: labels.length,
      })),
    };
  } catch {
    // What is wrong with it is told where it is applied, to all values; until then it can be opened.
    return origin.place ? { ...origin, levels: [] } : null;
  }
}

function originOf(
  written: HierarchyRecipe,
  recipe: string,
  line: number,
): Pick<HierarchySketch, 'source' | 'place'> {
  switch (written.kind) {
    case 'automatic':
      return { source: 'automatic' };
    case 'file': {
      const beside = path.posix.join(path.posix.dirname(recipe), written.path);
      return { source: 'file', place: { path: beside, line: 1 } };
    }
    default:
      return { source: 'recipe', place: { path: recipe, line } };
  }
}

const criteria = { distinct: 'distinctL', entropy: 'entropyL', recursive: 'recursiveCL' } as const;

function guaranteeState({ guarantee, columns }: Recipe): Guarantee | null {
  if (!guarantee || (guarantee.k === undefined && !guarantee.l && !guarantee.t)) {
    return null;
  }
  const { k = 2, l = [], t = [], suppressionLimit, search } = guarantee;
  const all = Object.keys(columns).filter((name) => columns[name]!.role === 'sensitive');
  const sensitive: SensitiveCriterion[] = [
    ...l.flatMap((one) =>
      (one.columns ?? all).map((column) => ({
        column,
        criterion: criteria[one.kind],
        l: one.l,
        ...(one.c !== undefined && { c: one.c }),
      })),
    ),
    ...t.flatMap((one) =>
      (one.columns ?? all).map((column) => ({
        column,
        criterion: 'tCloseness' as const,
        t: one.t,
        distance: one.distance,
      })),
    ),
  ];
  return { k, sensitive, suppressionLimit, recoding: search === 'mondrian' ? 'local' : 'global' };
}

/** Plans the recipe for its table: with a key of no meaning where the right one is not here. */
function checkAgainst(
  recipe: Recipe,
  { columns }: Inspection,
  keys: KeyRing,
): { readonly key: RecipeKey; readonly problem: RecipeProblem | undefined } {
  const { key, ...others } = recipe;
  const held = key && keys.get(key.id);
  const withoutCheck: Recipe = key ? { ...others, key: { id: key.id } } : others;
  const id = key?.id ?? null;
  const wasUsed = key?.check !== undefined;
  const keyState = (isNeeded: boolean): RecipeKey => {
    if (!isNeeded) {
      return { id, state: 'notNeeded', wasUsed };
    }
    const isOther = held && wasUsed && held.checkValue !== key?.check;
    return { id, state: isOther ? 'other' : held ? 'ready' : 'missing', wasUsed };
  };
  try {
    const plan = planTransform({
      recipe: withoutCheck,
      columns,
      keys: { get: (asked) => held ?? makeMasterKey(asked) },
    });
    return { key: keyState(plan.checkValue !== undefined), problem: undefined };
  } catch (error) {
    const { message } = errorShape(error);
    const about = columns.find(({ name }) => message.includes(` ${name} `) || message.includes(` ${name}.`));
    return {
      key: keyState(key !== undefined),
      problem: { message, ...(about && { about: about.name }) },
    };
  }
}
