import { html, nothing, type TemplateResult } from 'lit';
import { plural } from '../../src/base/format.ts';
import type { DataValue } from '../../src/protocol/data.ts';
import type { RecipePreview } from '../../src/protocol/privacy.ts';
import { columnsAround, isSameValue, namesInShort } from './previewColumns.ts';

const shownAtMost = 60;
const namedAtMost = 20;

export interface PreviewShown {
  readonly preview: RecipePreview;
  /** Columns of the input that the output does not have. */
  readonly dropped: readonly string[];
  readonly chosen: string;
  readonly isOutdated: boolean;
  /** How far a new one is. */
  readonly progress: string | undefined;
  chooseColumn(name: string): void;
}

/** Real rows, each cell as it was and as it becomes; rows that are left out are struck through. */
export function previewTable(shown: PreviewShown): TemplateResult {
  const { preview, dropped, chosen, isOutdated, progress } = shown;
  const { columns, rows, suppressedRows } = columnsAround(preview, chosen, shownAtMost);
  const all = preview.columns.length;
  const isNumeric = (index: number) => rows.some(({ before }) => typeof before[index] === 'number');
  return html`<section class="preview ${isOutdated ? 'outdated' : ''}" aria-label="Preview" aria-busy=${String(isOutdated)}>
    <div class="preview-heading">
      <h2>Preview</h2>
      <span class="secondary">
        ${plural(rows.length, 'row')} before and after${
          suppressedRows > 0 ? `; ${plural(suppressedRows, 'row')} of the whole table will be left out` : ''
        }${columns.length < all ? `; ${columns.length} of ${plural(all, 'column')}, around the chosen one` : ''}${
          progress ? ` · ${progress}` : ''
        }
      </span>
    </div>
    <div class="table-scroll" tabindex="0" role="region" aria-label="Rows before and after">
      <table class="preview-table">
        <thead>
          <tr>
            ${columns.map(
              (
                name,
                index,
              ) => html`<th scope="col" class="${name === chosen ? 'chosen' : ''} ${isNumeric(index) ? 'number' : ''}">
                <button class="link" title="Choose ${name}" @click=${() => shown.chooseColumn(name)}>${name}</button>
              </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ before, after }) =>
            after
              ? html`<tr>${columns.map((name, index) => cell(before[index] ?? null, after[index] ?? null, name === chosen))}</tr>`
              : suppressed(columns, before, chosen),
          )}
        </tbody>
      </table>
    </div>
    ${dropped.length > 0 ? html`<p class="secondary">Not in the output: ${namesInShort(dropped, namedAtMost)}.</p>` : nothing}
  </section>`;
}

function cell(before: DataValue, after: DataValue, isChosen: boolean): TemplateResult {
  const isSame = isSameValue(before, after);
  const isNumber = typeof before === 'number';
  const classes = [isChosen ? 'chosen' : '', isSame ? '' : 'changed', isNumber ? 'number' : ''].join(' ');
  return isSame
    ? html`<td class=${classes.trim()}>${valueView(before)}</td>`
    : html`<td class=${classes.trim()}><del>${valueView(before)}</del><ins>${valueView(after)}</ins></td>`;
}

function suppressed(
  columns: readonly string[],
  before: readonly DataValue[],
  chosen: string,
): TemplateResult {
  return html`<tr class="suppressed" title="This row is left out: nothing protects it within the limits of the guarantee.">
    ${columns.map(
      (
        name,
        index,
      ) => html`<td class="${name === chosen ? 'chosen' : ''} ${typeof before[index] === 'number' ? 'number' : ''}">
        ${index === 0 ? html`<span class="visually-hidden">left out:</span>` : nothing}<s>${valueView(before[index] ?? null)}</s>
      </td>`,
    )}
  </tr>`;
}

function valueView(value: DataValue): TemplateResult {
  if (value === null) {
    return html`<span class="secondary">missing</span>`;
  }
  const text = String(value);
  const isLong = text.length > 40;
  return html`<span title=${isLong ? text : nothing}>${isLong ? `${text.slice(0, 39)}…` : text}</span>`;
}
