import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorShape } from '../../src/base/errors.ts';
import { formatShare } from '../../src/base/format.ts';
import { type PanelTarget, panelApplying, panelOpen } from '../../src/protocol/panels.ts';
import type { Guarantee, MethodChoice, RecipePreview, RecipeState } from '../../src/protocol/privacy.ts';
import { recipeChanged } from '../../src/protocol/privacy.ts';
import { announce } from '../shared/announce.ts';
import { emptyNotice, errorNotice } from '../shared/notices.ts';
import { PanelPage } from '../shared/panelPage.ts';
import { Application } from './application.ts';
import './columnList.ts';
import type { RoleChoice } from './columnList.ts';
import './countsForm.ts';
import type { CountsChange } from './countsForm.ts';
import { dialsView } from './dials.ts';
import './guaranteeForm.ts';
import { headerView } from './headerView.ts';
import { methodView } from './methodView.ts';
import { previewTable } from './previewTable.ts';
import { isKeyWanted, RecipeSession } from './recipeSession.ts';
import { progressWords } from './words.ts';

/** Columns with what was found, what is done to each, real rows before and after, and what it does to risk and use. */
export class AnonymisePage extends PanelPage {
  protected readonly panel = 'anonymise';
  #session: RecipeSession | undefined;
  #application!: Application;
  #heard: RecipePreview | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#application = new Application(this.host, () => this.requestUpdate());
    this.subscriptions.add(
      this.host.on(recipeChanged, ({ recipe, version }) => this.#session?.heard(recipe, version)),
    );
  }

  protected override fetch(): void {
    this.#session ??= this.subscriptions.add(
      new RecipeSession({ host: this.host, path: this.#path, changed: () => this.#changed() }),
    );
    this.#session.reload();
  }

  protected override started(): void {
    void this.#rejoin();
  }

  protected override get failure(): ErrorShape | undefined {
    return this.#session?.problem;
  }

  protected override render(): TemplateResult {
    return html`${this.notices()} ${this.#notice()} ${this.#content()}`;
  }

  get #path(): string {
    return this.subject && 'data' in this.subject ? this.subject.data : '';
  }

  #content(): TemplateResult | typeof nothing {
    const recipe = this.#session?.recipe;
    if (recipe) {
      return this.#page(recipe);
    }
    if (this.failure || this.problem) {
      return nothing;
    }
    const progress = this.#session?.progress;
    return emptyNotice(
      `Looking for personal data in the table…${progress ? ` ${progressWords(progress)}` : ''}`,
    );
  }

  /** The file was changed by others at the same time. */
  #notice(): TemplateResult | typeof nothing {
    const session = this.#session;
    return session?.notice
      ? html`<div class="notice warning" role="status">
          <span class="codicon codicon-info" aria-hidden="true"></span>
          <span class="grow">${session.notice}</span>
          <button class="icon-button" aria-label="Close" title="Close" @click=${() => session.dismissNotice()}>
            <span class="codicon codicon-close" aria-hidden="true"></span>
          </button>
        </div>`
      : nothing;
  }

  #page(recipe: RecipeState): TemplateResult {
    const session = this.#session!;
    const chosen = this.#chosen(recipe);
    return html`
      ${headerView(recipe, this.#application, {
        anonymise: (replace) => void this.#anonymise(replace),
        cancel: () => this.#application.cancel(),
        openRecipe: (line, column) => void this.#openRecipe(line, column),
        chooseColumn: (name) => this.#chooseColumn(name),
        key: (action) => void this.#helpWithKey({ kind: 'key', action, recipe: recipe.recipe }),
        openPlace: (place) => this.open({ kind: 'place', place }),
        openReport: () => this.open({ kind: 'report', recipe: recipe.recipe }),
        versionOutput: (path) => this.open({ kind: 'version', path }),
      })}
      <div class="anonymise-columns">
        ${session.preview ? html`<div class="pane effect">${dialsView(session.preview, session.isPreviewing)}</div>` : nothing}
        <div
          class="pane found"
          @choose-column=${({ detail }: CustomEvent<string>) => this.#chooseColumn(detail)}
          @choose-role=${({ detail }: CustomEvent<RoleChoice>) => {
            this.#chooseColumn(detail.column);
            this.#choose({ kind: 'role', ...detail });
          }}
          @not-personal=${({ detail: column }: CustomEvent<string>) => {
            this.#choose({ kind: 'role', column, role: 'other' });
            this.#choose({ kind: 'method', column, method: { id: 'keep', options: {} } });
          }}
        >
          <workbench-column-list .columns=${recipe.columns} .chosen=${chosen?.name ?? ''}></workbench-column-list>
        </div>
        <div class="pane work">
          ${
            chosen
              ? methodView(
                  chosen,
                  (method: MethodChoice) => this.#choose({ kind: 'method', column: chosen.name, method }),
                  (as) => void this.#editHierarchy(chosen.name, as),
                )
              : nothing
          }
          ${this.#preview(recipe, session, chosen?.name ?? '')}
        </div>
        <div
          class="pane demand"
          @choose-guarantee=${({ detail }: CustomEvent<Guarantee | null>) =>
            this.#choose({ kind: 'guarantee', guarantee: detail })}
          @choose-levels=${({ detail }: CustomEvent<Readonly<Record<string, number>> | null>) =>
            this.#choose({ kind: 'levels', levels: detail })}
        >
          <workbench-guarantee-form
            .guarantee=${recipe.guarantee}
            .columns=${recipe.columns}
            .kept=${recipe.keptLevels}
            .search=${session.preview?.search}
            .levels=${session.preview?.levels}
          ></workbench-guarantee-form>
          <workbench-counts-form
            .counts=${recipe.counts}
            .budget=${recipe.budget}
            .release=${recipe.release}
            .columns=${recipe.columns}
            @choose-counts=${({ detail }: CustomEvent<CountsChange>) => this.#choose({ kind: 'counts', ...detail })}
          ></workbench-counts-form>
        </div>
      </div>
    `;
  }

  #preview(recipe: RecipeState, session: RecipeSession, chosen: string): TemplateResult | typeof nothing {
    const { preview, previewProblem } = session;
    const problem =
      previewProblem && !this.offline ? errorNotice(previewProblem, () => session.reload()) : nothing;
    if (preview) {
      const inOutput = new Set(preview.columns);
      const dropped = recipe.columns.map(({ name }) => name).filter((name) => !inOutput.has(name));
      const chooseColumn = (name: string) => this.#chooseColumn(name);
      const isOutdated = session.isPreviewing || previewProblem !== undefined;
      const progress = session.progress && progressWords(session.progress);
      return html`${problem}${previewTable({ preview, dropped, chosen, isOutdated, progress, chooseColumn })}`;
    }
    if (problem !== nothing) {
      return problem;
    }
    if (recipe.problems.length > 0) {
      return emptyNotice('Rows before and after appear here once the recipe has no problems.');
    }
    return emptyNotice(
      isKeyWanted(recipe)
        ? 'Rows before and after appear here once the key is known.'
        : `Trying the recipe on the table… ${session.progress ? progressWords(session.progress) : ''}`,
    );
  }

  /** The column that the user looks at; at first the one that gives most away. */
  #chosen({ columns }: RecipeState): RecipeState['columns'][number] | undefined {
    const kept = this.view.get('column', '');
    return (
      columns.find(({ name }) => name === kept) ??
      columns.find(({ role }) => role === 'direct') ??
      columns.find(({ role }) => role === 'quasi') ??
      columns[0]
    );
  }

  #chooseColumn(name: string): void {
    this.keep('column', name);
  }

  #choose(change: Parameters<RecipeSession['choose']>[0]): void {
    this.#application.forget();
    this.#session!.choose(change);
  }

  async #openRecipe(line?: number, column?: number): Promise<void> {
    const session = this.#session!;
    if (!session.recipe?.saved) {
      session.choose({ kind: 'save' });
    }
    const recipe = await session.settled();
    if (recipe?.saved) {
      const place = line === undefined ? {} : { line, ...(column !== undefined && { column }) };
      this.open({ kind: 'recipe', path: recipe.recipe, ...place } satisfies PanelTarget);
    }
  }

  /** Written down first where it was made from the values; opened beside the page, which follows what is saved there. */
  async #editHierarchy(name: string, as: 'rule' | 'table'): Promise<void> {
    const session = this.#session!;
    const place = (recipe: RecipeState | undefined) =>
      recipe?.columns.find((column) => column.name === name)?.hierarchy;
    const known = place(await session.settled());
    const isThere = known?.place !== undefined && (as === 'rule' || known.source === 'file');
    if (!isThere) {
      this.#choose({ kind: 'hierarchy', column: name, as });
    }
    const found = place(await session.settled());
    if (found?.place && session.problem === undefined) {
      this.open({ kind: 'recipe', ...found.place } satisfies PanelTarget);
    }
  }

  async #helpWithKey(target: PanelTarget): Promise<void> {
    await this.host.send(panelOpen, target);
    this.#session!.reload();
  }

  async #anonymise(replace: boolean): Promise<void> {
    // What was chosen a moment ago is part of it.
    const recipe = await this.#session!.settled();
    if (!recipe || this.#application.isUnderWay) {
      return;
    }
    announce('Anonymising.');
    const asked = { recipe: recipe.recipe, ...(replace && { replace }) };
    const result = await this.#application.start(asked);
    announce(result ? `${result.output} is written.` : 'Nothing was written.');
  }

  /** The page was hidden meanwhile: the client went on, and tells how far it is. */
  async #rejoin(): Promise<void> {
    const applying = await this.host.send(panelApplying, null);
    if (applying !== null && !this.#application.isUnderWay) {
      await this.#application.start(applying);
    }
  }

  /** What a choice has done is seen on the dials; who does not see them hears it. */
  #tellEffect(): void {
    const preview = this.#session?.preview;
    if (preview && this.#heard && preview !== this.#heard) {
      announce(`Risk ${formatShare(preview.risk.after, 1)}, use ${formatShare(preview.use.after, 1)}.`);
    }
    this.#heard = preview;
  }

  #changed(): void {
    const recipe = this.#session?.recipe;
    this.#tellEffect();
    if (recipe) {
      this.setTitle(`Anonymise ${recipe.input.path.split('/').at(-1)}`);
    }
    this.requestUpdate();
  }
}
