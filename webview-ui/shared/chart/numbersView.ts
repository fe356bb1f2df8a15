import { html, type TemplateResult } from 'lit';
import { formatNumber, groupDigits } from '../../../src/base/format.ts';
import { type AxisKind, type ChartLine, formatPosition, numbersTable } from './chartData.ts';

const rowLimit = 500;

/** A chart's numbers as a table, for people who read better than they see. */
export function numbersView(
  metric: string,
  lines: readonly ChartLine[],
  axis: AxisKind,
  onKey: (event: KeyboardEvent) => void,
): TemplateResult {
  const table = numbersTable(lines, axis, rowLimit);
  const caption =
    table.shown < table.logged
      ? `${groupDigits(table.shown)} of ${groupDigits(table.logged)} values; zoom into the chart for the others`
      : `all ${groupDigits(table.logged)} values`;
  return html`<div class="numbers" tabindex="0" role="region" aria-label="${metric} as a table" @keydown=${onKey}>
    <table class="data-table">
      <caption>${caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="number">${axis === 'step' ? 'step' : 'time'}</th>
          ${lines.map((line) => html`<th scope="col" class="number">${lines.length > 1 ? line.name : metric}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${table.rows.map(
          (row) => html`<tr>
            <th scope="row" class="number">${formatPosition(row.x, axis)}</th>
            ${row.values.map(
              (value) =>
                html`<td class="number" title=${value === undefined ? '' : String(value)}>
                  ${value === undefined ? '' : formatNumber(value)}
                </td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
