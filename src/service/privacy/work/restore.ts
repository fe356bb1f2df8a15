import type { RestoredData } from '../../../protocol/privacy.ts';
import { rowsMayHaveMoved } from '../errors.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import { planRestore } from '../planRestore.ts';
import { readRecipe } from '../recipe/readRecipe.ts';
import { recipeOfRelease } from '../releases.ts';
import { hashesOf } from './apply.ts';
import type { JobContext } from './context.ts';
import { outputColumns } from './outputColumns.ts';
import type { RecipeJob } from './preview.ts';
import { keyRing, writeRelease } from './release.ts';
import { keptColumn, openSource } from './source.ts';

export interface RestoreJob extends RecipeJob {
  /** Absolute. */
  readonly target: string;
  readonly output: string;
  /** Of the input. */
  readonly release: string;
  /** Of the input when it was written, where its report is beside it. */
  readonly sha256?: string | undefined;
}

export type RestoreResult = RestoredData;

/** The key holder's way back, from the anonymised table alone. */
export async function restoreRelease(
  { recipe: file, file: table, name, keys, target, output, release, sha256 }: RestoreJob,
  context: JobContext,
): Promise<RestoreResult> {
  const recipe = recipeOfRelease(readRecipe(file.text, file.name).recipe, release);
  const source = await openSource(table, name, {}, context);
  try {
    const plan = planRestore({ recipe, columns: source.columns, keys: keyRing(keys) });
    if (plan.needsRowOrder && sha256 !== undefined) {
      const found = await hashesOf(table, context.signal);
      if (found.sha256 !== sha256) {
        throw rowsMayHaveMoved(name);
      }
    }
    const back = await outputColumns(source, plan.columns, new Map(), context);
    const columns = source.columns.map(({ name: column }) => {
      const restored = back.find((each) => each.name === column);
      const kept = columnSql(keptColumn(source, column));
      return restored ?? { name: column, expression: kept, value: kept };
    });
    const { rows } = await writeRelease(
      { source, where: undefined, columns },
      {
        target,
        targetName: output,
        signal: context.signal,
        onProgress: (fraction) => context.report({ message: 'Writing the restored table', fraction }),
      },
    );
    return {
      output,
      rows,
      restored: plan.columns.map((column) => column.name),
      ...(source.table.dialect && plan.rewritten.length > 0 && { rewritten: plan.rewritten }),
      notRestored: plan.notRestored.map(({ name: column, reason }) => ({ column, why: reason })),
    };
  } finally {
    source.table.dispose();
  }
}
