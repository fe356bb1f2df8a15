import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorShape } from '../../src/base/errors.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';

/** What will appear here, in one sentence. */
export function emptyNotice(sentence: string): TemplateResult {
  return html`<p class="empty">${sentence}</p>`;
}

/** `open` shows the place that the error names, where it names one. */
export function errorNotice(
  error: ErrorShape,
  retry?: () => void,
  open?: (place: string) => void,
): TemplateResult {
  const places = open
    ? (error.actions ?? []).filter(({ kind, subject }) => kind === 'openFile' && subject)
    : [];
  return html`<div class="notice error" role="alert">
    <span class="codicon codicon-error" aria-hidden="true"></span>
    <span class="grow">${error.message}</span>
    ${places.map(
      ({ title, subject }) =>
        html`<vscode-button secondary @click=${() => open?.(subject!)}>${title}</vscode-button>`,
    )}
    ${retry ? html`<vscode-button secondary @click=${retry}>Try Again</vscode-button>` : nothing}
  </div>`;
}

export function offlineNotice(
  sentence: string | undefined,
  restart: () => void,
): TemplateResult | typeof nothing {
  return sentence
    ? html`<div class="notice warning" role="status">
        <span class="codicon codicon-debug-disconnect" aria-hidden="true"></span>
        <span class="grow">${sentence}</span>
        <vscode-button secondary @click=${restart}>Restart Service</vscode-button>
      </div>`
    : nothing;
}
