import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { cancelled } from '../../../base/errors.ts';
import type { GeneralisationSearch } from '../../../protocol/privacy.ts';
import type { PrivacyReport } from '../../../protocol/privacyReport.ts';
import { fileStamp } from '../../data/rowCopy.ts';
import { countsChoices } from '../counts/countsFiles.ts';
import { type Spending, spendingOf } from '../counts/spending.ts';
import { planTransform } from '../plan.ts';
import { readRecipe } from '../recipe/readRecipe.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { refuseReuse, type Sibling } from '../releases.ts';
import { measureRelease } from '../report/measure.ts';
import type { JobContext } from './context.ts';
import { type CountedTable, countTables } from './counts.ts';
import { type RecipeJob, typesOf } from './preview.ts';
import { keyRing, planRelease, verifyRelease, writeRelease } from './release.ts';
import { applySearchSeconds } from './searchOutcome.ts';
import { openSource } from './source.ts';
import { verifyDistinct } from './verifyDistinct.ts';
import { writtenStyles } from './writtenStyles.ts';

export interface ApplyJob extends RecipeJob {
  /** Absolute. */
  readonly target: string;
  /** As a person knows it. */
  readonly output: string;
  readonly overwrite: boolean;
  /** Where its tables of counts are written, as a person knows it, by their names. */
  readonly countsPaths: Readonly<Record<string, string>>;
  readonly release: string;
  /** Recipes beside this one: they may have used the same noise. */
  readonly siblings: readonly Sibling[];
}

export interface ApplyResult {
  readonly rows: number;
  readonly suppressedRows: number;
  readonly bytes: number;
  readonly report: PrivacyReport;
  readonly counts: readonly CountedTable[];
  /** What the release comes to; null where nothing is differentially private. */
  readonly spending: Spending | null;
  /** For the recipe, which has none before it is first applied. */
  readonly checkValue: string | undefined;
  readonly leftOut: string | undefined;
  readonly inputRows: number;
  readonly inputSha256: string;
  readonly written: Readonly<Record<string, string>>;
  /** What the search chose, for the recipe; undefined where nothing was searched. */
  readonly found:
    | { readonly levels: Readonly<Record<string, number>>; readonly search: GeneralisationSearch }
    | undefined;
  /** DuckDB's types of the columns that the recipe names. */
  readonly types: Readonly<Record<string, string>>;
}

/** Writes the output, all or nothing: everything that can fail comes before it gets its name. */
export async function applyRelease(job: ApplyJob, context: JobContext): Promise<ApplyResult> {
  const { recipe: file, file: table, name, keys, target, output, overwrite, countsPaths } = job;
  const { recipe: written, hash } = readRecipe(file.text, file.name);
  const recipe: Recipe = { ...written, release: job.release };
  // It is read for its hashes while it is read into columns.
  const hashing = hashesOfInput(table, context);
  hashing.catch(() => undefined);
  const source = await openSource(table, name, typesOf(recipe.columns), context);
  try {
    // What is wrong with the recipe is told before its table is read.
    planTransform({ recipe, columns: source.columns, keys: keyRing(keys) });
    const hashes = await hashing;
    const inputSha256 = hashes.sha256;
    refuseReuse({
      recipe,
      recipeName: file.name,
      input: name,
      sha256: inputSha256,
      siblings: job.siblings,
    });
    const release = await planRelease(
      source,
      {
        recipe,
        folder: file.folder,
        keys,
        searchSeconds: recipe.guarantee?.searchSeconds ?? applySearchSeconds,
      },
      context,
    );
    const inputRows =
      release.guarantee?.rowCount ?? (await source.table.countRows({ signal: context.signal }));
    await verifyDistinct(release, recipe, inputRows, context);
    const counts = await countTables(source, release.plan.counts, context);
    const spending = spendingOf(recipe, source.columns, release.plan.checkValue);
    const written = await writtenStyles(release.source, release.plan.columns, context);
    let report: PrivacyReport | undefined;
    context.report({ message: 'Writing the output' });
    const { rows, bytes } = await writeRelease(release, {
      target,
      targetName: output,
      overwrite,
      signal: context.signal,
      onProgress: (fraction) => context.report({ message: 'Writing the output', fraction }),
      verify: async (draft) => {
        const [outputHashes] = await Promise.all([
          hashesOf(draft, context.signal),
          verifyRelease(draft, { ...release, recipe, output }, context),
        ]);
        report = await measureRelease(
          {
            release,
            recipe,
            recipeHash: hash,
            spending,
            counts: countsChoices(recipe).map((choice, at) => {
              const { cells, halfWidth } = counts[at]!;
              return { ...choice, path: countsPaths[choice.name]!, cells, halfWidth };
            }),
            input: { path: name, rows: inputRows, ...hashes },
            output: {
              path: output,
              rows: inputRows - (release.guarantee?.suppressedRows ?? 0),
              ...outputHashes,
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
      counts,
      spending,
      checkValue: release.plan.checkValue,
      leftOut: release.leftOut,
      inputRows,
      inputSha256,
      written,
      found: release.guarantee?.search && {
        levels: release.guarantee.levels,
        search: release.guarantee.search,
      },
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

/** They are kept beside the copy of the rows, which is of the same state of the file. */
export async function hashesOfInput(
  file: string,
  { copyFolder, signal }: Pick<JobContext, 'copyFolder' | 'signal'>,
): Promise<Hashes> {
  const kept = path.join(copyFolder, 'hashes.json');
  const stamp = fileStamp(file);
  if (fs.existsSync(kept)) {
    const known = JSON.parse(fs.readFileSync(kept, 'utf8')) as Hashes & { readonly stamp: string };
    if (known.stamp === stamp) {
      return known;
    }
  }
  const hashes = await hashesOf(file, signal);
  fs.mkdirSync(copyFolder, { recursive: true, mode: 0o700 });
  fs.writeFileSync(kept, JSON.stringify({ ...hashes, stamp }));
  return hashes;
}

interface Hashes {
  readonly sha256: string;
  /** By which versions know a file. */
  readonly md5: string;
}

/**
 * Both in one reading, through one buffer: a stream's would be as many as the file is long, until somebody collects
 * them.
 */
export async function hashesOf(file: string, signal: AbortSignal): Promise<Hashes> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  const buffer = Buffer.alloc(1 << 20);
  const handle = await fs.promises.open(file, 'r');
  try {
    for (;;) {
      if (signal.aborted) {
        throw cancelled();
      }
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) {
        return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
      }
      sha256.update(buffer.subarray(0, bytesRead));
      md5.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
