import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatDuration, plural } from '../../src/base/format.ts';
import type { RecipeState } from '../../src/protocol/privacy.ts';
import { inspectedSentence } from '../../src/protocol/sentences.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { Application } from './application.ts';
import { keyHelp, notYet } from './words.ts';

export interface HeaderActions {
  anonymise(replace: boolean): void;
  cancel(): void;
  openRecipe(line?: number, column?: number): void;
  chooseColumn(name: string): void;
  key(kind: 'make' | 'choose'): void;
  openPlace(place: string): void;
  openReport(): void;
  versionOutput(path: string): void;
}

/** What is anonymised into what, the one button, and what stands in its way. */
export function headerView(
  recipe: RecipeState,
  application: Application,
  actions: HeaderActions,
): TemplateResult {
  const { input, output, saved } = recipe;
  const obstacle = notYet(recipe);
  return html`
    <header class="anonymise-header">
      <div class="grow">
        <h1>Anonymise ${input.path}</h1>
        <p class="secondary">
          ${inspectedSentence(input)}, ${formatBytes(input.bytes)} → <span title=${output}>${output}</span>${
            saved ? '' : ' · proposed, not saved yet'
          }
        </p>
      </div>
      <vscode-button secondary icon="go-to-file" @click=${() => actions.openRecipe()}>Open Recipe</vscode-button>
      ${
        application.isUnderWay
          ? html`<vscode-button secondary @click=${actions.cancel}>Cancel</vscode-button>`
          : html`<vscode-button
              icon="shield"
              class="anonymise"
              ?disabled=${obstacle !== undefined}
              aria-disabled=${String(obstacle !== undefined)}
              title=${obstacle ?? `Write ${output}`}
              @click=${() => actions.anonymise(false)}
              >Anonymise</vscode-button
            >`
      }
    </header>
    ${application.isUnderWay ? progressView(application) : nothing} ${outcomeView(application, actions)}
    ${noticesView(recipe)} ${problemsView(recipe, actions)} ${keyView(recipe, actions)}
  `;
}

function progressView({ progress }: Application): TemplateResult {
  const fraction = progress?.fraction;
  return html`<div class="notice progress">
    <span id="apply-progress">${progress?.message ?? ''}</span>
    <progress class="grow" aria-labelledby="apply-progress" max="1" value=${fraction ?? nothing}></progress>
    ${fraction === undefined ? nothing : html`<span class="number">${Math.floor(fraction * 100)} %</span>`}
  </div>`;
}

function outcomeView(
  { result, problem }: Application,
  actions: HeaderActions,
): TemplateResult | typeof nothing {
  if (problem) {
    const replace = problem.actions?.find(({ kind }) => kind === 'overwrite');
    const place = problem.actions?.find(({ kind, subject }) => kind === 'openFile' && subject);
    return html`<div class="notice error" role="alert">
      <span class="codicon codicon-error" aria-hidden="true"></span>
      <span class="grow">${problem.message}</span>
      ${replace ? html`<vscode-button secondary @click=${() => actions.anonymise(true)}>${replace.title}</vscode-button>` : nothing}
      ${place ? html`<vscode-button secondary @click=${() => actions.openPlace(place.subject!)}>${place.title}</vscode-button>` : nothing}
    </div>`;
  }
  if (!result) {
    return nothing;
  }
  const { output, rows, suppressedRows, bytes, counts = [], search, milliseconds } = result;
  const counted = counts.length > 0 ? ` With it: ${counts.map(({ path }) => path).join(', ')}.` : '';
  const left = suppressedRows > 0 ? `, ${plural(suppressedRows, 'row')} left out` : '';
  return html`<div class="notice done">
    <span class="codicon codicon-pass" aria-hidden="true"></span>
    <span class="grow">
      ${output} is written: ${plural(rows, 'row')}${left}, ${formatBytes(bytes)}, in ${formatDuration(milliseconds)}.${counted}
      ${search && !search.optimal ? search.sentence : nothing}
    </span>
    <vscode-button secondary @click=${actions.openReport}>Open Report</vscode-button>
    <vscode-button secondary @click=${() => actions.versionOutput(output)}>Version This Output</vscode-button>
  </div>`;
}

function noticesView({ notices = [] }: RecipeState): TemplateResult[] {
  return notices.map(
    (sentence) => html`<div class="notice" role="status">
      <span class="codicon codicon-info" aria-hidden="true"></span>
      <span class="grow">${sentence}</span>
    </div>`,
  );
}

function problemsView(recipe: RecipeState, actions: HeaderActions): TemplateResult | typeof nothing {
  if (recipe.problems.length === 0) {
    return nothing;
  }
  return html`<div class="notice warning problems" role="status">
    <span class="codicon codicon-warning" aria-hidden="true"></span>
    <div class="grow">
      <p>The recipe cannot be applied as it stands:</p>
      <ul>
        ${recipe.problems.map(
          ({ message, line, column, about }) => html`<li>
            ${message}
            ${
              line === undefined
                ? nothing
                : html`<button class="link" @click=${() => actions.openRecipe(line, column)}>Line ${line}</button>`
            }
            ${
              about !== undefined && recipe.columns.some(({ name }) => name === about)
                ? html`<button class="link" @click=${() => actions.chooseColumn(about)}>Show ${about}</button>`
                : nothing
            }
          </li>`,
        )}
      </ul>
    </div>
  </div>`;
}

function keyView({ key }: RecipeState, actions: HeaderActions): TemplateResult | typeof nothing {
  const help = keyHelp(key);
  if (!help) {
    return nothing;
  }
  const { sentence, action } = help;
  return html`<div class="key-line ${action ? 'notice warning' : ''}" role=${action ? 'status' : nothing}>
    <span class="codicon codicon-key" aria-hidden="true"></span>
    <span class=${action ? 'grow' : 'secondary'}>${sentence}</span>
    ${action ? html`<vscode-button @click=${() => actions.key(action.kind)}>${action.title}</vscode-button>` : nothing}
  </div>`;
}
