import { nearestWord } from '../../base/nearestWord.ts';
import type { KeyPurpose } from '../../keys/derive.ts';
import { noSuchKey, wrongKey } from '../../keys/errors.ts';
import type { KeyRing, MasterKey } from '../../keys/masterKey.ts';
import { type ColumnType, columnTypeOf } from './methods/columnType.ts';
import type { TextFinder } from './methods/redact.ts';
import { keyNotNamed, missingColumn } from './planErrors.ts';
import type { TableColumn } from './planTypes.ts';
import type { RecipeColumn } from './recipe/columnSchema.ts';
import type { Recipe } from './recipe/recipeSchema.ts';

/** What finds personal data in text; `kinds` are those of the recipe, all when undefined. */
export type FindersOf = (kinds: readonly string[] | undefined) => readonly TextFinder[];

export interface PlanOptions {
  readonly recipe: Recipe;
  /** In the order of the table. */
  readonly columns: readonly TableColumn[];
  readonly keys: KeyRing;
  readonly findersOf?: FindersOf;
  /** Which rows are left out, as `leftOutMark` has it; undefined where none are. */
  readonly leftOut?: string | undefined;
}

/** A recipe beside its table and keys: what every column's plan asks for. */
export class PlanContext {
  readonly recipe: Recipe;
  readonly findersOf: FindersOf;
  /** Of the table, in its order. */
  readonly columns: readonly TableColumn[];
  readonly #columns: ReadonlyMap<string, TableColumn>;
  readonly #keys: KeyRing;
  readonly #leftOut: string | undefined;
  #key: MasterKey | undefined;

  constructor({ recipe, columns, keys, findersOf = () => [], leftOut }: PlanOptions) {
    this.recipe = recipe;
    this.findersOf = findersOf;
    this.columns = columns;
    this.#columns = new Map(columns.map((column) => [column.name, column]));
    this.#keys = keys;
    this.#leftOut = leftOut;
  }

  /** Throws `missingColumn`. */
  column(name: string): TableColumn {
    const column = this.#columns.get(name);
    if (!column) {
      throw missingColumn(name, nearestWord(name, [...this.#columns.keys()]));
    }
    return column;
  }

  typeOf(name: string): ColumnType {
    return columnTypeOf(this.column(name).type);
  }

  /** The recipe's word on a column; those that it does not name are kept. */
  optionsOf(name: string): RecipeColumn {
    return Object.hasOwn(this.recipe.columns, name) ? this.recipe.columns[name]! : { method: 'keep' };
  }

  /** Asked for the first time it makes sure that the key is the right one. `column` and `method` are for the error. */
  subkey(purpose: KeyPurpose, subject: string, column: string, method: string): Buffer {
    const { key, dataset, release } = this.recipe;
    if (!key) {
      throw keyNotNamed(column, method);
    }
    if (!this.#key) {
      const found = this.#keys.get(key.id);
      if (!found) {
        throw noSuchKey(key.id);
      }
      if (key.check !== undefined && key.check !== found.checkValue) {
        throw wrongKey(key.id);
      }
      this.#key = found;
    }
    return this.#key.subkey({ purpose, dataset, release, subject });
  }

  /**
   * The subject of a subkey whose draws are added to values or exchange them: the column and all that was asked of it. The
   * same draws at another scale, or row by row on other rows, would tell by the difference of two outputs what is below
   * them. `isByRow`: a row's number says which draw it gets.
   */
  drawSubject(column: string, settings: readonly (string | number)[], isByRow: boolean): string {
    return JSON.stringify([column, settings, (isByRow && this.#leftOut) || null]);
  }

  /** Undefined as long as no subkey was asked for. */
  get checkValue(): string | undefined {
    return this.#key?.checkValue;
  }
}
