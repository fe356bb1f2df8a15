import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ReportFigure } from '../../src/protocol/privacyReport.ts';
import { directionText, figureText, intervalText } from '../../src/protocol/reportWords.ts';
import { fullBar, judgement } from './figureScale.ts';

/** A figure before and after, one bar under the other, with what it means. */
export function figureView(
  figure: ReportFigure,
  [beforeLabel, afterLabel]: readonly [string, string] = ['Before', 'After'],
): TemplateResult {
  const { title, sentence, before, after } = figure;
  const whole = fullBar(figure);
  const range = intervalText(figure);
  return html`<article class="report-figure">
    <h3>${title} <span class="secondary">${directionText(figure)}</span></h3>
    <dl>
      ${barView(beforeLabel, 'before', before, figure, whole)} ${barView(afterLabel, `after ${judgement(figure) ?? ''}`, after, figure, whole)}
    </dl>
    <p>${sentence}${range ? html` <span class="secondary">${range}.</span>` : nothing}</p>
  </article>`;
}

function barView(
  label: string,
  className: string,
  value: number | null,
  { kind, interval }: ReportFigure,
  whole: number,
): TemplateResult {
  const at = (amount: number) => `${Math.round(Math.min(1, Math.max(0, amount / whole)) * 1000) / 10}%`;
  const whisker = className.startsWith('after') ? interval : undefined;
  return html`
    <dt>${label}</dt>
    <dd title=${value === null ? 'not measured' : String(value)}>
      <svg class="figure-bar ${className}" aria-hidden="true">
        <rect class="track" width="100%" height="100%"></rect>
        ${value === null ? nothing : svg`<rect class="fill" width=${at(value)} height="100%"></rect>`}
        ${
          whisker
            ? svg`<line class="whisker" x1=${at(whisker[0])} x2=${at(whisker[1])} y1="50%" y2="50%"></line>
                <line class="whisker" x1=${at(whisker[0])} x2=${at(whisker[0])} y1="15%" y2="85%"></line>
                <line class="whisker" x1=${at(whisker[1])} x2=${at(whisker[1])} y1="15%" y2="85%"></line>`
            : nothing
        }
      </svg>
      <span class="number">${value === null ? html`<span class="secondary">–</span>` : figureText(kind, value)}</span>
    </dd>
  `;
}
