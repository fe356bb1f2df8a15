import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, groupDigits, plural } from '../../src/base/format.ts';
import type { MetricSummary, RunDetails } from '../../src/protocol/experiments.ts';
import { fromWireNumber, type WireNumber } from '../../src/protocol/numbers.ts';
import type { PanelTarget } from '../../src/protocol/panels.ts';
import { isSystemMetric } from '../../src/protocol/systemMetrics.ts';
import { emptyNotice } from '../shared/notices.ts';
import { stateIcon } from '../shared/runState.ts';
import { type ParameterRow, parameterRows } from './parameterRows.ts';

type Open = (target: PanelTarget) => void;

/** What a run was made with and what belongs to it; `tags` come last. */
export function parametersView(run: RunDetails, open: Open, tags: TemplateResult): TemplateResult {
  const rows = parameterRows(run.parameters, run.previous?.parameters);
  return html`<aside class="side" aria-label="Parameters">
    <h2>Parameters</h2>
    ${
      rows.length === 0
        ? emptyNotice('Parameters from params.yaml and from log_param will appear here.')
        : html`<table class="facts-table">
            <tbody>
              ${rows.map(parameterRow)}
            </tbody>
          </table>`
    }
    ${
      run.previous
        ? html`<p class="secondary">
            Previous run:
            <button
              class="link"
              title="Compare the two runs"
              @click=${() => open({ kind: 'compare', runs: [run.previous!.id, run.id] })}
            >${run.previous.name}</button>
          </p>`
        : nothing
    }
    ${childrenView(run, open)}
    ${tags}
  </aside>`;
}

function parameterRow(row: ParameterRow): TemplateResult {
  const notes = { none: '', changed: `(was ${row.was})`, added: '(new)', removed: `(was ${row.was})` };
  return html`<tr class=${row.change}>
    <th scope="row" title=${row.key}>${row.key}</th>
    <td><span class="value" title=${row.value ?? 'not in this run'}>${row.value ?? '–'}</span></td>
    <td class="secondary">${notes[row.change]}</td>
  </tr>`;
}

function childrenView(run: RunDetails, open: Open): TemplateResult | typeof nothing {
  const { children, childCount = children.length } = run;
  const more = childCount - children.length;
  return children.length === 0
    ? nothing
    : html`<h2>Runs under this one</h2>
        <ul class="child-runs">
          ${children.map(
            ({ id, name, state }) => html`<li>
              ${stateIcon(state)}
              <button class="link" title=${state} @click=${() => open({ kind: 'run', run: id })}>${name}</button>
              <span class="visually-hidden">${state}</span>
            </li>`,
          )}
        </ul>
        ${more > 0 ? html`<p class="secondary">and ${plural(more, 'older run')}</p>` : nothing}`;
}

export function metricsView(run: RunDetails): TemplateResult {
  const own = run.metrics.filter(({ key }) => !isSystemMetric(key));
  const system = run.metrics.filter(({ key }) => isSystemMetric(key));
  return html`${own.length > 0 ? metricsTable('metric', own) : emptyNotice('Values from log_metric will appear here.')}
  ${system.length > 0 ? html`<h2>System</h2>${metricsTable('system metric', system)}` : nothing}`;
}

function metricsTable(title: string, metrics: readonly MetricSummary[]): TemplateResult {
  return html`<table class="data-table">
    <thead>
      <tr>
        <th scope="col">${title}</th>
        ${['latest', 'at step', 'lowest', 'highest', 'values'].map((column) => html`<th scope="col" class="number">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${metrics.map(
        (metric) => html`<tr>
          <th scope="row">${metric.key}</th>
          ${numberCell(metric.latest)}
          <td class="number">${groupDigits(metric.step)}</td>
          ${numberCell(metric.lowest)} ${numberCell(metric.highest)}
          <td class="number">${groupDigits(metric.count)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function numberCell(wire: WireNumber): TemplateResult {
  const value = fromWireNumber(wire);
  return html`<td class="number" title=${String(value)}>${formatNumber(value)}</td>`;
}

export function codeView(run: RunDetails, open: Open): TemplateResult {
  const { code } = run;
  return html`<table class="facts-table wide">
      <tbody>
        ${run.script ? fact('script', html`<button class="link" @click=${() => open({ kind: 'script', path: run.script! })}>${run.script}</button>`) : nothing}
        ${fact('command', html`<code>${run.command.join(' ')}</code>`)}
        ${code ? fact('commit', html`<code>${code.commit}</code>`) : nothing}
        ${code?.branch ? fact('branch', code.branch) : nothing}
        ${code ? fact('uncommitted', changesView(run, open)) : nothing}
        ${run.exitCode === undefined ? nothing : fact('exit code', String(run.exitCode))}
      </tbody>
    </table>
    ${code ? nothing : emptyNotice('The folder was not a git repository when this run started, so its code is not recorded.')}
    <h2>Data</h2>
    ${datasetsView(run)}
    ${inputsView(run)}`;
}

function changesView(run: RunDetails, open: Open): TemplateResult {
  const { changedFiles, patchArtifact } = run.code!;
  if (changedFiles === 0) {
    return html`none`;
  }
  return html`${plural(changedFiles, 'file')}
  ${
    patchArtifact
      ? html`<button class="link" @click=${() => open({ kind: 'artifact', run: run.id, path: patchArtifact })}>
          Show Changes
        </button>`
      : nothing
  }`;
}

function datasetsView(run: RunDetails): TemplateResult | typeof nothing {
  if (run.datasets.length === 0 && run.inputs.length > 0) {
    return nothing;
  }
  if (run.datasets.length === 0) {
    return emptyNotice('Versioned datasets that are in the folder when a run starts are listed here.');
  }
  return html`<table class="data-table">
    <thead>
      <tr><th scope="col">dataset</th><th scope="col">version</th><th scope="col">md5</th></tr>
    </thead>
    <tbody>
      ${run.datasets.map(
        (dataset) => html`<tr>
          <th scope="row">${dataset.path}</th>
          <td>
            ${dataset.version === undefined ? '' : `v${dataset.version}`}
            ${dataset.modified ? html`<span class="warning-text">+ modified</span>` : nothing}
          </td>
          <td><code>${dataset.hash}</code></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function inputsView({ inputs }: RunDetails): TemplateResult | typeof nothing {
  return inputs.length === 0
    ? nothing
    : html`<table class="data-table inputs" aria-label="Logged inputs">
        <thead>
          <tr><th scope="col">logged input</th><th scope="col">digest</th><th scope="col">context</th></tr>
        </thead>
        <tbody>
          ${inputs.map(
            ({ name, digest, context }) => html`<tr>
              <th scope="row">${name}</th>
              <td><code>${digest}</code></td>
              <td>${context ?? ''}</td>
            </tr>`,
          )}
        </tbody>
      </table>`;
}

export function environmentView(run: RunDetails): TemplateResult {
  const { environment } = run;
  if (!environment) {
    return emptyNotice('The interpreter and its packages will appear here once the script has started.');
  }
  return html`<table class="facts-table wide">
      <tbody>
        ${fact('interpreter', html`<code>${environment.interpreter}</code>`)}
        ${fact('version', environment.interpreterVersion)}
      </tbody>
    </table>
    <h2>Packages</h2>
    ${
      environment.packages.length === 0
        ? emptyNotice('No packages are installed for this interpreter.')
        : html`<table class="data-table">
            <thead>
              <tr><th scope="col">package</th><th scope="col">version</th></tr>
            </thead>
            <tbody>
              ${environment.packages.map(
                ({ name, version }) => html`<tr><th scope="row">${name}</th><td>${version}</td></tr>`,
              )}
            </tbody>
          </table>`
    }`;
}

function fact(name: string, value: TemplateResult | string): TemplateResult {
  return html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
}
