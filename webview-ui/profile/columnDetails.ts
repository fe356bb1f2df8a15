import { html, nothing, type TemplateResult } from 'lit';
import { formatShare, groupDigits } from '../../src/base/format.ts';
import type { ColumnProfile, Histogram } from '../../src/protocol/data.ts';
import { factsOf } from './columnFacts.ts';
import { edgeText, shortValue } from './columnText.ts';
import { shareBar } from './shapes.ts';

/** All figures of one column, side by side where there is room. */
export function columnDetails(column: ColumnProfile, rows: number): TemplateResult {
  const { name, histogram } = column;
  return html`<div class="column-details">
    ${factsTable(column, rows)} ${topTable(column, rows)} ${histogram ? binsTable(name, histogram, rows) : nothing}
  </div>`;
}

function factsTable(column: ColumnProfile, rows: number): TemplateResult {
  const facts = factsOf(column, rows);
  return html`<table class="data-table">
    <caption>Figures</caption>
    <tbody>
      ${facts.map(
        ({ label, text, title }) => html`<tr>
          <th scope="row">${label}</th>
          <td class="number" title=${title ?? text}>${text}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function topTable({ top, distinct }: ColumnProfile, rows: number): TemplateResult | typeof nothing {
  if (top.length === 0) {
    return nothing;
  }
  const most = Math.max(...top.map(({ count }) => count), 1);
  const caption = top.length < distinct ? `The ${top.length} most frequent values` : 'All values';
  return html`<table class="data-table">
    <caption>${caption}</caption>
    <thead>
      <tr><th scope="col">value</th><th scope="col" class="number">rows</th><th scope="col" class="number">share</th><td></td></tr>
    </thead>
    <tbody>
      ${top.map(
        ({ value, count }) => html`<tr>
          <th scope="row" class="value" title=${String(value)}>${shortValue(value)}</th>
          <td class="number">${groupDigits(count)}</td>
          <td class="number">${formatShare(count, rows)}</td>
          <td>${shareBar(count / most)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The numbers of the histogram. */
function binsTable(name: string, { edges, counts }: Histogram, rows: number): TemplateResult {
  const most = Math.max(...counts, 1);
  return html`<table class="data-table" aria-label="Histogram of ${name}">
    <caption>Histogram</caption>
    <thead>
      <tr><th scope="col" class="number">from</th><th scope="col" class="number">to</th><th scope="col" class="number">rows</th><td></td></tr>
    </thead>
    <tbody>
      ${counts.map(
        (count, at) => html`<tr title=${formatShare(count, rows)}>
          <th scope="row" class="number">${edgeText(edges[at]!)}</th>
          <td class="number">${edgeText(edges[at + 1]!)}</td>
          <td class="number">${groupDigits(count)}</td>
          <td>${shareBar(count / most)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
