import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { formatBytes, formatShare, plural } from '../../src/base/format.ts';
import type { DataProfile } from '../../src/protocol/data.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import { kindWords } from './columnText.ts';
import type { Stage } from './profileReader.ts';

export interface HeaderModel {
  readonly name: string;
  /** Of the dataset; undefined for its data as it is now. */
  readonly version: number | undefined;
  readonly figures: DataProfile | undefined;
  /** What columns have to do with the target: of as many rows as could be compared so far. */
  readonly relations: DataProfile | undefined;
  readonly stage: Stage;
  readonly progress: Progress | undefined;
  readonly showsNotes: boolean;
  /** The file was written to since. */
  readonly isOutdated: boolean;
}

export interface HeaderActions {
  stop(): void;
  goOn(): void;
  readAgain(): void;
  showNotes(shown: boolean): void;
}

/** Which table this is, how large, and how much of what is told of it is exact. Its height never changes by itself. */
export function profileHeader(model: HeaderModel, actions: HeaderActions): TemplateResult {
  const { name, version, figures, showsNotes } = model;
  return html`<header class="profile-header">
    <div class="header-line">
      <h1 title=${figures?.path ?? name}>${name}</h1>
      <span class="facts">${version === undefined ? nothing : html`<span class="fact" title="The data as this version of the dataset has it">version ${version}</span>`}${figures ? factsOf(figures) : nothing}${figures ? notesButton(figures, model, actions) : nothing}</span>
    </div>
    ${
      figures && showsNotes && figures.notices.length > 0
        ? html`<ul class="hints" id="notes">
            ${figures.notices.map(
              ({ message }) =>
                html`<li><span class="codicon codicon-info" aria-hidden="true"></span>${message}</li>`,
            )}
          </ul>`
        : nothing
    }
    <div class="profile-stage">
      ${stageView(model, actions)}
      <span class="grow"></span>
      <button class="icon-button" aria-label="Read Again" title="Read Again" @click=${() => actions.readAgain()}>
        <span class="codicon codicon-refresh" aria-hidden="true"></span>
      </button>
    </div>
  </header>`;
}

function factsOf({ basis, columnCount, bytes, kind, duplicateRows }: DataProfile): TemplateResult[] {
  const isSample = basis.kind === 'sample';
  const duplicates = duplicateRows === 0 ? 'no duplicate rows' : plural(duplicateRows, 'duplicate row');
  return [
    html`<span class="fact">${isSample ? `first ${plural(basis.rows, 'row')}` : plural(basis.rows, 'row')}</span>`,
    html`<span class="fact">${plural(columnCount, 'column')}</span>`,
    html`<span class="fact secondary">${formatBytes(bytes)}</span>`,
    html`<span class="fact secondary">${kindWords[kind]}</span>`,
    html`<span
      class="fact ${duplicateRows === 0 ? 'secondary' : ''}"
      title="Rows that are equal to one before them in every column: ${formatShare(duplicateRows, basis.rows)}"
      >${duplicates}</span
    >`,
  ];
}

function notesButton(
  { notices }: DataProfile,
  { showsNotes }: HeaderModel,
  actions: HeaderActions,
): TemplateResult | typeof nothing {
  return notices.length === 0
    ? nothing
    : html`<button
        class="link fact"
        aria-expanded=${String(showsNotes)}
        aria-controls="notes"
        @click=${() => actions.showNotes(!showsNotes)}
      >
        <span class="codicon codicon-info" aria-hidden="true"></span> ${plural(notices.length, 'note')} on how it was read
      </button>`;
}

function stageView(model: HeaderModel, actions: HeaderActions): TemplateResult {
  const { name, figures, stage, progress, isOutdated } = model;
  if (isOutdated) {
    return html`<span role="status">The file has changed since it was read.</span>
      <vscode-button secondary @click=${() => actions.readAgain()}>Read Again</vscode-button>`;
  }
  if (stage === 'exact') {
    return html`<span class="secondary">Exact: every row was read.</span>`;
  }
  if (stage === 'stopped') {
    return figures
      ? html`<span>${stoppedSentence(figures, model.relations)}</span>
          <vscode-button secondary @click=${() => actions.goOn()}>Read All Rows</vscode-button>`
      : html``;
  }
  if (stage === 'sketching' || !figures) {
    return html`<span class="secondary">Looking at the beginning of ${name}…</span>`;
  }
  const percent = progress?.fraction === undefined ? undefined : Math.floor(progress.fraction * 100);
  const words = [progress?.message, percent === undefined ? undefined : `${percent} %`]
    .filter(Boolean)
    .join(', ');
  const sentence =
    figures.basis.kind === 'whole'
      ? 'Exact; all rows are now compared with the target'
      : `First picture from the ${firstRows(figures)}; exact figures follow`;
  const whole = words === '' ? `${sentence}.` : `${sentence}: ${words}`;
  return html`<span class="stage-words" title=${whole}>${whole}</span>
    <vscode-progress-bar
      aria-label="Exact figures"
      .value=${percent}
      ?indeterminate=${percent === undefined}
    ></vscode-progress-bar>
    <vscode-button secondary @click=${() => actions.stop()}>Cancel</vscode-button>`;
}

function stoppedSentence(figures: DataProfile, relations: DataProfile | undefined): string {
  if (figures.basis.kind === 'sample') {
    return `First picture from the ${firstRows(figures)}.`;
  }
  return relations
    ? `Exact, but compared with the target over the ${firstRows(relations)} alone.`
    : 'Exact, but not compared with the target.';
}

function firstRows({ basis }: DataProfile): string {
  return `first ${plural(basis.rows, 'row')}`;
}
