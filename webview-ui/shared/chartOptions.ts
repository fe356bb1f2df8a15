import { html, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { AxisKind } from './chart/chartData.ts';
import type { ViewState } from './viewState.ts';

/** How the charts of a page are drawn; kept with the page's view. */
export interface ChartOptions {
  readonly axis: AxisKind;
  readonly logarithmic: boolean;
}

export function readChartOptions(view: ViewState): ChartOptions {
  return {
    axis: view.get('axis', 'step') === 'time' ? 'time' : 'step',
    logarithmic: view.get('logarithmic', false),
  };
}

export function chartOptionsView(view: ViewState, changed: () => void): TemplateResult {
  const options = readChartOptions(view);
  const keep = (key: string, value: string | boolean) => {
    view.set(key, value);
    changed();
  };
  return html`<div class="chart-options" role="group" aria-label="Charts">
    <label for="axis">Axis</label>
    <vscode-single-select
      id="axis"
      label="Axis"
      @change=${(event: Event) => keep('axis', (event.target as HTMLSelectElement).value)}
    >
      <vscode-option value="step" ?selected=${options.axis === 'step'}>Step</vscode-option>
      <vscode-option value="time" ?selected=${options.axis === 'time'}>Relative time</vscode-option>
    </vscode-single-select>
    <vscode-checkbox
      label="Logarithmic"
      ?checked=${options.logarithmic}
      @change=${(event: Event) => keep('logarithmic', (event.target as HTMLInputElement).checked)}
    ></vscode-checkbox>
  </div>`;
}
