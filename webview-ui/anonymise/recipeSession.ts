import { type ErrorShape, errorShape } from '../../src/base/errors.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';
import {
  changeRecipe,
  openRecipe,
  previewRecipe,
  type RecipeChange,
  type RecipePreview,
  type RecipeState,
  recipeChangedCode,
} from '../../src/protocol/privacy.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import type { Host } from '../shared/host.ts';
import { chosenBy, withChange } from './recipeChanges.ts';

export interface RecipeSessionOptions {
  readonly host: Pick<Host, 'send'>;
  /** Of the table or of the recipe. */
  readonly path: string;
  changed(): void;
  /** A choice is often one of several: the preview waits until they rest. */
  readonly previewAfterMilliseconds?: number;
}

/** Rows that the preview shows. */
const previewRows = 10;

const changedMeanwhile =
  'The recipe was changed in its file at the same time, so your last choice was not made. ' +
  'Shown is what stands in the file; choose again where you want something else.';

/**
 * The page's end of a recipe: shows each choice at once, sends one after another, and previews what they add up to.
 * An answer is of the choices that were sent with it; what was chosen since stays on top of it.
 */
export class RecipeSession implements Disposable {
  readonly #options: RecipeSessionOptions;
  /** As the service last answered it. */
  #known: RecipeState | undefined;
  #wantsOpening = false;
  #underWay: RecipeChange | undefined;
  #waiting: RecipeChange[] = [];
  #working: Promise<void> | undefined;
  #heardVersion = 0;
  #preview: RecipePreview | undefined;
  #previewTimer: ReturnType<typeof setTimeout> | undefined;
  #previewing: AbortController | undefined;
  #disposed = false;
  /** Why the last choice or opening failed. */
  problem: ErrorShape | undefined;
  previewProblem: ErrorShape | undefined;
  /** How far the table is looked through, or the preview is made: one after the other. */
  progress: Progress | undefined;
  /** What happened to the recipe that the user did not do. */
  notice: string | undefined;

  constructor(options: RecipeSessionOptions) {
    this.#options = options;
  }

  /** With the choices that are on their way. */
  get recipe(): RecipeState | undefined {
    const onTheirWay = this.#underWay ? [this.#underWay, ...this.#waiting] : this.#waiting;
    return this.#known && onTheirWay.reduce(withChange, this.#known);
  }

  get preview(): RecipePreview | undefined {
    return this.#preview;
  }

  /** The preview is being made anew; what is shown is of earlier choices. */
  get isPreviewing(): boolean {
    return this.#previewTimer !== undefined || this.#previewing !== undefined || this.#isChoosing;
  }

  /** The file may be another one, or the service a new one. */
  reload(): void {
    this.#heardVersion = 0;
    this.#wantsOpening = true;
    this.#work();
  }

  /** News of a recipe. Our own changes are news as well, and known already. */
  heard(recipe: string, version: number): void {
    if (recipe === this.#known?.recipe) {
      this.#heardVersion = Math.max(this.#heardVersion, version);
      this.#work();
    }
  }

  choose(change: RecipeChange): void {
    this.problem = undefined;
    this.notice = undefined;
    // A newer choice about the same thing takes the place of one that was not sent yet.
    const target = chosenBy(change);
    this.#waiting = [...this.#waiting.filter((each) => chosenBy(each) !== target), change];
    this.#stopPreview();
    this.#work();
    this.#options.changed();
  }

  /** When every choice so far was answered: what the recipe is then. */
  async settled(): Promise<RecipeState | undefined> {
    while (this.#working) {
      await this.#working;
    }
    return this.#known;
  }

  dismissNotice(): void {
    this.notice = undefined;
    this.#options.changed();
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopPreview();
  }

  get #isChoosing(): boolean {
    return this.#underWay !== undefined || this.#waiting.length > 0;
  }

  #work(): void {
    this.#working ??= this.#workAll().finally(() => {
      this.#working = undefined;
      this.#options.changed();
    });
  }

  async #workAll(): Promise<void> {
    while (!this.#disposed) {
      const isOutdated = this.#known !== undefined && this.#heardVersion > this.#known.version;
      if (this.#waiting.length > 0 && this.#known && !this.#wantsOpening) {
        this.#underWay = this.#waiting.shift()!;
        await this.#send(this.#underWay, this.#known);
        this.#underWay = undefined;
      } else if (this.#wantsOpening || isOutdated) {
        this.#wantsOpening = false;
        await this.#open();
      } else {
        return;
      }
      this.#options.changed();
    }
  }

  async #open(): Promise<void> {
    try {
      const { host, path } = this.#options;
      this.#learn(await host.send(openRecipe, { path }, undefined, (progress) => this.#tell(progress)));
      this.problem = undefined;
    } catch (error) {
      this.problem = errorShape(error);
      this.#heardVersion = 0;
    }
    this.progress = undefined;
  }

  #tell(progress: Progress): void {
    this.progress = progress;
    this.#options.changed();
  }

  async #send(change: RecipeChange, state: RecipeState): Promise<void> {
    const { recipe, version } = state;
    try {
      this.#learn(await this.#options.host.send(changeRecipe, { recipe, version, change }));
    } catch (error) {
      const shape = errorShape(error);
      if (shape.code !== recipeChangedCode) {
        this.problem = shape;
        return;
      }
      await this.#open();
      const now = this.#known!;
      const isAboutTheSame = chosenBy(change, now) === chosenBy(change, state);
      if (isAboutTheSame && now.version !== version) {
        await this.#send(change, now);
      } else {
        this.notice = changedMeanwhile;
      }
    }
  }

  #learn(state: RecipeState): void {
    const before = this.#known;
    this.#known = state;
    // A service that counts anew has nothing newer than what it just said.
    this.#heardVersion = Math.min(this.#heardVersion, state.version);
    const isNew = before?.version !== state.version || before.key.state !== state.key.state;
    if (isNew || this.#preview === undefined) {
      this.#previewSoon();
    }
  }

  #previewSoon(): void {
    this.#stopPreview();
    this.#previewTimer = setTimeout(() => {
      this.#previewTimer = undefined;
      void this.#makePreview();
    }, this.#options.previewAfterMilliseconds ?? 250);
  }

  async #makePreview(): Promise<void> {
    const state = this.#known;
    // A choice that is on its way leads to a preview of its own.
    if (!state || this.#isChoosing || state.problems.length > 0 || isKeyWanted(state)) {
      this.#options.changed();
      return;
    }
    const attempt = new AbortController();
    this.#previewing = attempt;
    this.#options.changed();
    const question = { recipe: state.recipe, rows: previewRows };
    const tell = (progress: Progress) => this.#previewing === attempt && this.#tell(progress);
    const outcome = await this.#options.host.send(previewRecipe, question, attempt.signal, tell).then(
      (preview) => ({ preview }),
      (error: unknown) => ({ error: errorShape(error) }),
    );
    if (this.#previewing !== attempt) {
      return;
    }
    this.#previewing = undefined;
    this.progress = undefined;
    if ('preview' in outcome) {
      this.#preview = outcome.preview;
      this.previewProblem = undefined;
    } else {
      this.previewProblem = outcome.error;
    }
    this.#options.changed();
  }

  #stopPreview(): void {
    clearTimeout(this.#previewTimer);
    this.#previewTimer = undefined;
    this.#previewing?.abort();
    this.#previewing = undefined;
  }
}

export function isKeyWanted({ key }: RecipeState): boolean {
  return key.state === 'missing' || key.state === 'other';
}
