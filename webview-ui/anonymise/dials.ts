import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatShare } from '../../src/base/format.ts';
import type { Dial, RecipePreview } from '../../src/protocol/privacy.ts';
import { driverWords } from './words.ts';

const shownDrivers = 5;

/** What the choices do to the risk for people and to the use of the data, and where the risk comes from. */
export function dialsView(preview: RecipePreview, isOutdated: boolean): TemplateResult {
  const { risk, use, drivers, search } = preview;
  return html`<section class="dials ${isOutdated ? 'outdated' : ''}" aria-label="Risk and use" aria-busy=${String(isOutdated)}>
    ${dialView('Risk', 'risk', risk)} ${dialView('Use', 'use', use)}
    ${search && !search.optimal ? html`<p class="notice warning not-proven" role="status">${search.sentence}</p>` : nothing}
    ${
      drivers.length > 0
        ? html`<div class="drivers">
            <h3>What drives the risk</h3>
            <ol>${drivers.slice(0, shownDrivers).map((driver) => html`<li>${driverWords(driver)}</li>`)}</ol>
          </div>`
        : nothing
    }
  </section>`;
}

/** A half circle: its arc is how it will be, its mark how it was. */
function dialView(title: string, kind: 'risk' | 'use', { before, after, sentence }: Dial): TemplateResult {
  const now = formatShare(after, 1);
  const then = formatShare(before, 1);
  const angle = Math.PI * (1 - before);
  const mark = (radius: number) => [50 + radius * Math.cos(angle), 50 - radius * Math.sin(angle)] as const;
  const [x1, y1] = mark(34);
  const [x2, y2] = mark(48);
  return html`<div class="dial ${kind}">
    <div
      role="meter"
      aria-label=${title}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(after * 100)}
      aria-valuetext="${now}, before ${then}"
    >
      <svg viewBox="0 0 100 56" aria-hidden="true">
        ${svg`<path class="track" pathLength="100" d=${arc}></path>
          <path class="fill" pathLength="100" d=${arc} stroke-dasharray="${after * 100} 200"></path>
          <line class="before" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>
          <text x="50" y="49" text-anchor="middle">${now}</text>`}
      </svg>
    </div>
    <div class="dial-words">
      <h3>${title} <span class="secondary" title="Before: ${before}; after: ${after}">before ${then}</span></h3>
      <p>${sentence}</p>
    </div>
  </div>`;
}

const arc = 'M 9 50 A 41 41 0 0 1 91 50';
