import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ColumnProfile } from '../../src/protocol/data.ts';
import { barsPath, round } from './barsPath.ts';
import { shapeSentence } from './columnText.ts';

const width = 120;
const height = 24;

/** The histogram of what has a place on a line; bars of the most frequent values of the rest, widest for ten. */
export function shapeView(column: ColumnProfile, rows: number): TemplateResult | typeof nothing {
  const { histogram, top } = column;
  const counts = histogram ? histogram.counts : top.map(({ count }) => count);
  if (counts.length === 0) {
    return nothing;
  }
  const own = histogram ? width : Math.min(width, counts.length * 12);
  return html`<svg
    class="shape ${histogram ? 'histogram' : 'top-values'}"
    viewBox="0 0 ${width} ${height}"
    width=${width}
    height=${height}
    preserveAspectRatio="none"
    role="img"
    aria-label=${shapeSentence(column, rows)}
  >
    <path d=${barsPath(counts, { width: own, height: height - 1 })}></path>
    <rect class="floor" x="0" y=${height - 1} width=${own} height="1"></rect>
  </svg>`;
}

/** A share of a whole as a bar beside its number, which says the same: so it is no picture of its own. */
export function shareBar(share: number, longest = 80): TemplateResult {
  const length = Math.max(share > 0 ? 1 : 0, Math.min(1, Math.abs(share)) * longest);
  return html`<svg class="share-bar ${share < 0 ? 'negative' : ''}" width=${longest} height="10" aria-hidden="true">
    ${svg`<rect width=${round(length)} height="10" rx="1"></rect>`}
  </svg>`;
}
