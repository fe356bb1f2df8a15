import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { PrivacyReport } from '../../../protocol/privacy.ts';
import { readRecipe } from '../recipe/readRecipe.ts';
import { measureRelease } from '../report/measure.ts';
import type { JobContext } from './context.ts';
import { type RecipeJob, typesOf } from './preview.ts';
import { planRelease, verifyRelease, writeRelease } from './release.ts';
import { openSource } from './source.ts';
import { verifyDistinct } from './verifyDistinct.ts';

export interface ApplyJob extends RecipeJob {
  /** Absolute. */
  readonly target: string;
  /** As a person knows it. */
  readonly output: string;
  readonly overwrite: boolean;
}

export interface ApplyResult {
  readonly rows: number;
  readonly suppressedRows: number;
  readonly bytes: number;
  readonly report: PrivacyReport;
  /** For the recipe, which has none before it is first applied. */
  readonly checkValue: string | undefined;
  readonly inputRows: number;
  readonly inputSha256: string;
  /** DuckDB's types of the columns that the recipe names. */
  readonly types: Readonly<Record<string, string>>;
}

/** Writes the output, all or nothing: everything that can fail comes before it gets its name. */
export async function applyRelease(job: ApplyJob, context: JobContext): Promise<ApplyResult> {
  const { recipe: file, file: table, name, keys, target, output, overwrite } = job;
  const { recipe, hash } = readRecipe(file.text, file.name);
  const source = await openSource(table, name, typesOf(recipe.columns), context);
  try {
    const release = await planRelease(source, { recipe, folder: file.folder, keys }, context);
    const inputRows =
      release.guarantee?.rowCount ?? (await source.table.countRows({ signal: context.signal }));
    await verifyDistinct(release, recipe, inputRows, context);
    const inputSha256 = await sha256Of(table, context.signal);
    let report: PrivacyReport | undefined;
    context.report({ message: 'Writing the output' });
    const { rows, bytes } = await writeRelease(release, {
      target,
      overwrite,
      signal: context.signal,
      onProgress: (fraction) => context.report({ message: 'Writing the output', fraction }),
      verify: async (draft) => {
        await verifyRelease(draft, { ...release, recipe, output }, context);
        report = await measureRelease(
          {
            release,
            recipe,
            recipeHash: hash,
            input: { path: name, rows: inputRows, sha256: inputSha256 },
            output: {
              path: output,
              rows: inputRows - (release.guarantee?.suppressedRows ?? 0),
              sha256: await sha256Of(draft, context.signal),
            },
          },
          context,
        );
      },
    });
    return {
      rows,
      suppressedRows: release.guarantee?.suppressedRows ?? 0,
      bytes,
      report: report!,
      checkValue: release.plan.checkValue,
      inputRows,
      inputSha256,
      types: Object.fromEntries(
        source.columns
          .filter((column) => Object.hasOwn(recipe.columns, column.name))
          .map((column) => [column.name, column.type]),
      ),
    };
  } finally {
    source.table.dispose();
  }
}

async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
