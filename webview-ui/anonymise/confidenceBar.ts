import { type SVGTemplateResult, svg } from 'lit';

/** A share from 0 to 1 as a bar. It stands beside its words or number, so nobody has to hear it. */
export function confidenceBar(share: number): SVGTemplateResult {
  const filled = `${Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10}%`;
  return svg`<svg class="confidence-bar" aria-hidden="true">
    <rect class="track" width="100%" height="100%"></rect>
    <rect class="fill" width=${filled} height="100%"></rect>
  </svg>`;
}
