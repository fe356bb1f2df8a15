import fs from 'node:fs';
import path from 'node:path';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import {
  applyRecipe,
  changeRecipe,
  forgetKey,
  handKey,
  openRecipe,
  previewRecipe,
  recipeChanged,
  restoreData,
} from '../../protocol/privacy.ts';
import { getPrivacyReport, type PrivacyReport } from '../../protocol/privacyReport.ts';
import {
  changeSynthesis,
  estimateSynthesis,
  followSynthesis,
  openSynthesis,
  previewSynthesis,
  startSynthesis,
} from '../../protocol/synthesis.ts';
import type { Router } from '../router.ts';
import type { VersionsOptions } from '../versions/versions.ts';
import type { Privacy, PrivacyOptions } from './privacy.ts';

/** Everything about privacy is loaded with the first request: most services never need it. */
export function registerPrivacy(router: Router, options: PrivacyOptions): Disposable {
  // Whatever is found there was left by a crash.
  const emptied = fs.promises.rm(options.scratch, { recursive: true, force: true }).catch(() => undefined);
  let loaded: Promise<Privacy> | undefined;
  let made: Privacy | undefined;
  const privacy = () => {
    loaded ??= Promise.all([import('./privacy.ts'), emptied]).then(([{ createPrivacy }]) => {
      made = createPrivacy(options);
      made.onDidChangeRecipe((news) => router.notify(recipeChanged, news));
      return made;
    });
    return loaded;
  };
  router.on(openRecipe, async (asked, context) => (await privacy()).openRecipe(asked, context));
  router.on(changeRecipe, async (asked, context) => (await privacy()).changeRecipe(asked, context));
  router.on(previewRecipe, async (asked, context) => (await privacy()).previewRecipe(asked, context));
  router.on(applyRecipe, async (asked, context) => (await privacy()).applyRecipe(asked, context));
  router.on(getPrivacyReport, async ({ recipe }) => (await privacy()).getReport(recipe));
  router.on(restoreData, async (asked, context) => (await privacy()).restoreData(asked, context));
  router.on(openSynthesis, async (asked, context) => (await privacy()).openSynthesis(asked, context));
  router.on(changeSynthesis, async (asked, context) => (await privacy()).changeSynthesis(asked, context));
  router.on(estimateSynthesis, async (asked, context) => (await privacy()).estimateSynthesis(asked, context));
  router.on(previewSynthesis, async (asked, context) => (await privacy()).previewSynthesis(asked, context));
  router.on(startSynthesis, async (asked, context) => (await privacy()).startSynthesis(asked, context));
  router.on(followSynthesis, async (asked, context) => (await privacy()).followSynthesis(asked, context));
  router.on(handKey, async (asked) => (await privacy()).handKey(asked));
  router.on(forgetKey, async ({ id }) => (await privacy()).forgetKey(id));
  return toDisposable(() => made?.dispose());
}

type Origin = ReturnType<NonNullable<VersionsOptions['originOf']>>;

/**
 * Where an anonymised table comes from, as the report beside it tells: of which content of which table, by which recipe.
 * It holds names and hashes alone, and counts for the content whose md5 it has.
 */
export function originOf(workspace: string, file: string): Origin {
  const stem = file.slice(0, file.length - path.extname(file).length);
  try {
    const report = JSON.parse(fs.readFileSync(`${stem}.privacy.json`, 'utf8')) as PrivacyReport;
    const { input, output, recipe, recipeHash, release, budget } = report;
    if (!recipe || !release || !input.md5 || !output.md5) {
      return undefined;
    }
    return {
      input: { file: path.resolve(workspace, input.path), md5: input.md5 },
      recipe: { file: path.resolve(workspace, recipe), sha256: recipeHash },
      release,
      ...(budget && { budget: { epsilon: budget.epsilon, delta: budget.delta } }),
      content: output.md5,
    };
  } catch {
    return undefined;
  }
}
