import { WorkbenchError } from '../../src/base/errors.ts';
import type { DataValue } from '../../src/protocol/data.ts';
import { panelApplying } from '../../src/protocol/panels.ts';
import {
  type AppliedRecipe,
  type ApplyRecipe,
  applyRecipe,
  type ChangeRecipe,
  changeRecipe,
  openRecipe,
  previewRecipe,
  type RecipeChange,
  type RecipePreview,
  type RecipeState,
  recipeChangedCode,
} from '../../src/protocol/privacy.ts';
import { getPrivacyReport, type KeptReport } from '../../src/protocol/privacyReport.ts';
import { withChange } from '../anonymise/recipeChanges.ts';

export interface FakeRecipeParts {
  readonly state: RecipeState;
  readonly rows: readonly (readonly DataValue[])[];
  readonly report: KeptReport;
}

/** A search that was not over in time. */
const search = {
  optimal: false,
  seconds: 2,
  tried: 12_480,
  generalisations: 340_200,
  sentence:
    'This is the best generalisation found in 2 s, not proven to be the best: 12,480 of 340,200 were tried.',
};

/** A recipe with a table of some rows, in memory: enough of the methods to see that a preview follows the choices. */
export class FakeRecipe {
  state: RecipeState;
  /** What the client is applying since before the page was there. */
  applying: ApplyRecipe | null = null;
  readonly #rows: FakeRecipeParts['rows'];
  readonly #report: KeptReport;
  readonly answers: Readonly<Record<string, (parameters: never) => unknown>> = {
    [openRecipe.method]: () => this.state,
    [changeRecipe.method]: (asked: ChangeRecipe) => this.#change(asked),
    [previewRecipe.method]: () => this.#preview(),
    [applyRecipe.method]: () => this.#applied(),
    [getPrivacyReport.method]: () => this.#report,
    [panelApplying.method]: () => this.applying,
  };

  constructor({ state, rows, report }: FakeRecipeParts) {
    this.state = state;
    this.#rows = rows;
    this.#report = report;
  }

  /** As when somebody edits the file, or a key comes. */
  edit(change: Partial<RecipeState>): void {
    this.state = { ...this.state, ...change, version: this.state.version + 1 };
  }

  #change({ version, change }: ChangeRecipe): RecipeState {
    if (version !== this.state.version) {
      throw new WorkbenchError(recipeChangedCode, 'The recipe was changed meanwhile. Nothing was written.');
    }
    this.edit({ ...this.#changed(change), saved: true });
    return this.state;
  }

  #changed(change: RecipeChange): Partial<RecipeState> {
    switch (change.kind) {
      case 'role':
        return { columns: this.#withColumn(change.column, { role: change.role, confirmed: true }) };
      case 'method':
        return { columns: this.#withColumn(change.column, { method: change.method }) };
      case 'guarantee':
        return { guarantee: change.guarantee };
      case 'counts':
        return { counts: withChange(this.state, change).counts ?? [] };
      case 'hierarchy':
        return { columns: this.#withHierarchy(change.column) };
      case 'levels': {
        const { keptLevels } = withChange(this.state, change);
        return { keptLevels } as Partial<RecipeState>;
      }
      case 'output':
        return { output: change.path };
      case 'key':
        return { key: { id: change.id, state: 'ready', wasUsed: false } };
      case 'save':
        return {};
    }
  }

  #withHierarchy(name: string): RecipeState['columns'] {
    const { hierarchy } = this.state.columns.find((column) => column.name === name)!;
    const place = { path: this.state.recipe, line: 12 };
    return this.#withColumn(name, { hierarchy: hierarchy && { ...hierarchy, source: 'recipe', place } });
  }

  #withColumn(name: string, change: Partial<RecipeState['columns'][number]>): RecipeState['columns'] {
    return this.state.columns.map((column) => (column.name === name ? { ...column, ...change } : column));
  }

  #preview(): RecipePreview {
    const { columns, guarantee, version } = this.state;
    const kept = columns.flatMap((column, index) => (column.method.id === 'drop' ? [] : [{ column, index }]));
    const open = kept.filter(({ column }) => column.method.id === 'keep' && column.role !== 'other').length;
    const direct = kept.filter(
      ({ column }) => column.method.id === 'keep' && column.role === 'direct',
    ).length;
    const risk = direct > 0 ? 1 : Math.min(0.9, open * 0.12 + (guarantee ? 1 / guarantee.k / 4 : 0.2));
    const changed = columns.filter(({ method }) => method.id !== 'keep').length;
    const use = Math.max(0.2, 1 - changed * 0.06 - (guarantee ? guarantee.k / 100 : 0));
    return {
      version,
      columns: kept.map(({ column }) => column.name),
      rows: this.#rows.map((row, number) => ({
        before: kept.map(({ index }) => row[index] ?? null),
        after:
          guarantee && number === 6
            ? null
            : kept.map(({ column, index }) => transformed(column.method, row[index] ?? null)),
      })),
      risk: {
        before: 1,
        after: risk,
        sentence:
          direct > 0
            ? 'Everybody who sees this table knows who is in it.'
            : 'Who knows the quasi-identifiers of somebody finds them among at least as many others.',
      },
      use: { before: 1, after: use, sentence: 'Models learn nearly what they learn of the original table.' },
      drivers: guarantee
        ? []
        : [
            { columns: ['birth_date', 'postcode', 'sex'], uniqueRows: 10_482 },
            { columns: ['birth_date', 'postcode'], uniqueRows: 8120 },
            { columns: ['birth_date'], uniqueRows: 312 },
          ],
      suppressedRows: guarantee ? 84 : 0,
      ...(guarantee?.recoding === 'global' &&
        !this.state.keptLevels && { search, levels: { birth_date: 2, postcode: 1 } }),
    };
  }

  #applied(): AppliedRecipe {
    const { output, input } = this.state;
    return {
      output,
      rows: input.rows - 84,
      suppressedRows: 84,
      bytes: 1_204_331,
      report: { html: `${output}.report.html`, json: `${output}.report.json` },
      milliseconds: 3120,
    };
  }
}

function transformed({ id, options }: { id: string; options: object }, value: DataValue): DataValue {
  const text = String(value);
  switch (id) {
    case 'pseudonym':
      return `${'prefix' in options ? options.prefix : ''}${[...text].map((letter) => 'kq7vh2n0dm4c'[letter.charCodeAt(0) % 12]).join('')}`.slice(
        0,
        16,
      );
    case 'mask':
      return `${text.slice(0, 2)}${'*'.repeat(Math.max(0, text.length - 2))}`;
    case 'generalise':
      return text.includes('-') ? text.slice(0, 4) : `${text.slice(0, 2)}***`;
    case 'noise':
      return typeof value === 'number' ? Math.round((value + Math.sin(value) * 4) * 10) / 10 : value;
    case 'suppress':
      return null;
    default:
      return value;
  }
}
