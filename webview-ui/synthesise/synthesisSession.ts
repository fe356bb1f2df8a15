import { type ErrorShape, errorShape, hasCode } from '../../src/base/errors.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';
import { recipeChangedCode } from '../../src/protocol/privacy.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import {
  changeSynthesis,
  estimateSynthesis,
  openSynthesis,
  previewSynthesis,
  type SynthesisChoices,
  type SynthesisEstimate,
  type SynthesisPreview,
  type SynthesisState,
} from '../../src/protocol/synthesis.ts';
import type { Host } from '../shared/host.ts';
import { Resource } from '../shared/resource.ts';

const previewRows = 8;

const changedMeanwhile =
  'The recipe was changed in its file at the same time, so your last choice was not made. Choose again where you want something else.';

/** The page's end of what a recipe says of synthetic rows: shows each choice at once, and sends one after another. */
export class SynthesisSession implements Disposable {
  readonly #host: Pick<Host, 'send'>;
  readonly #path: string;
  readonly #changed: () => void;
  #known: SynthesisState | undefined;
  #waiting: SynthesisChoices | undefined;
  #working: Promise<void> | undefined;
  #drawing = 0;
  readonly #estimate: Resource<SynthesisEstimate>;
  readonly #preview: Resource<SynthesisPreview>;
  problem: ErrorShape | undefined;
  notice: string | undefined;
  progress: Progress | undefined;

  constructor(host: Pick<Host, 'send'>, path: string, changed: () => void) {
    this.#host = host;
    this.#path = path;
    this.#changed = changed;
    const recipe = () => this.#known?.recipe ?? '';
    this.#estimate = new Resource(
      (signal) => host.send(estimateSynthesis, { recipe: recipe() }, signal),
      changed,
    );
    this.#preview = new Resource((signal) => this.#draw(recipe(), signal), changed);
  }

  /** With the choice that is on its way. */
  get state(): SynthesisState | undefined {
    return this.#known && this.#waiting ? { ...this.#known, choices: this.#waiting } : this.#known;
  }

  get estimate(): SynthesisEstimate | undefined {
    return this.#estimate.value;
  }

  get preview(): SynthesisPreview | undefined {
    return this.#preview.value;
  }

  /** Why nothing can be drawn with these choices. */
  get previewProblem(): ErrorShape | undefined {
    return this.#preview.error ?? this.#estimate.error;
  }

  get isPreviewing(): boolean {
    return this.#working !== undefined || this.#drawing > 0;
  }

  reload(): void {
    this.#work(() => this.#open());
  }

  /** Our own changes are news as well, and known already. */
  heard(recipe: string, version: number): void {
    if (this.#known && recipe === this.#known.recipe && version > this.#known.version && !this.#working) {
      this.reload();
    }
  }

  choose(change: Partial<SynthesisChoices>): void {
    const { state } = this;
    if (state) {
      this.notice = undefined;
      this.#waiting = { ...state.choices, ...change };
      this.#work(() => this.#send());
      this.#changed();
    }
  }

  /** When every choice so far was answered. */
  async settled(): Promise<SynthesisState | undefined> {
    while (this.#working) {
      await this.#working;
    }
    return this.#known;
  }

  dispose(): void {
    this.#estimate.dispose();
    this.#preview.dispose();
  }

  #work(task: () => Promise<void>): void {
    const before = this.#working ?? Promise.resolve();
    const mine: Promise<void> = before.then(task).finally(() => {
      if (this.#working === mine) {
        this.#working = undefined;
      }
      this.#changed();
    });
    this.#working = mine;
  }

  async #open(): Promise<void> {
    try {
      this.#known = await this.#host.send(openSynthesis, { path: this.#path }, undefined, (progress) => {
        this.progress = progress;
        this.#changed();
      });
      this.problem = undefined;
      this.#follow();
    } catch (error) {
      this.problem = errorShape(error);
    } finally {
      this.progress = undefined;
    }
  }

  async #send(): Promise<void> {
    const choices = this.#waiting;
    if (!choices || !this.#known) {
      return;
    }
    const { recipe, version } = this.#known;
    try {
      this.#known = await this.#host.send(changeSynthesis, { recipe, version, choices });
      this.problem = undefined;
    } catch (error) {
      if (!hasCode(error, recipeChangedCode)) {
        this.problem = errorShape(error);
      } else {
        this.notice = changedMeanwhile;
        await this.#open();
      }
    }
    if (this.#waiting === choices) {
      this.#waiting = undefined;
      this.#follow();
    }
  }

  async #draw(recipe: string, signal: AbortSignal): Promise<SynthesisPreview> {
    this.#drawing += 1;
    try {
      return await this.#host.send(previewSynthesis, { recipe, rows: previewRows }, signal);
    } finally {
      this.#drawing -= 1;
      this.#changed();
    }
  }

  #follow(): void {
    if (this.#known?.problems.length === 0) {
      this.#estimate.restart();
      this.#preview.restart();
    }
  }
}
