import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorShape } from '../../src/base/errors.ts';
import { formatRelativeTime, plural } from '../../src/base/format.ts';
import { recipeChanged } from '../../src/protocol/privacy.ts';
import {
  getPrivacyReport,
  type KeptReport,
  type PrivacyReport,
  type ReportFigure,
} from '../../src/protocol/privacyReport.ts';
import { reportTitles } from '../../src/protocol/reportWords.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { roles } from '../shared/columnRoles.ts';
import { emptyNotice } from '../shared/notices.ts';
import { PanelPage } from '../shared/panelPage.ts';
import { Resource } from '../shared/resource.ts';
import { figureView } from './figureView.ts';

/** What the last application of a recipe did and what it leaves: plain words first, figures after. */
export class ReportPage extends PanelPage {
  protected readonly panel = 'report';
  #report!: Resource<KeptReport>;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#report = this.subscriptions.add(
      new Resource(
        (signal) => this.host.send(getPrivacyReport, { recipe: this.#recipe }, signal),
        () => this.#changed(),
      ),
    );
    this.subscriptions.add(
      this.host.on(recipeChanged, ({ recipe }) => {
        if (this.#recipe.endsWith(recipe)) {
          this.#report.refresh();
        }
      }),
    );
  }

  protected override fetch(): void {
    this.#report.refresh();
  }

  protected override get failure(): ErrorShape | undefined {
    return this.#report.error;
  }

  protected override render(): TemplateResult {
    const report = this.#report.value;
    const loading = this.#report.isLoading && !this.problem ? emptyNotice('Reading the report…') : nothing;
    return html`${this.notices()} ${report ? this.#page(report) : loading}`;
  }

  get #recipe(): string {
    return this.subject && 'data' in this.subject ? this.subject.data : '';
  }

  #page(report: KeptReport): TemplateResult {
    const { output, files, time } = report;
    return html`
      <header class="report-header">
        <div class="grow">
          <h1>Privacy of ${output.path}</h1>
          <p class="secondary">
            ${plural(output.rows, 'row')} · made
            <span title=${new Date(time).toLocaleString()}>${formatRelativeTime(time, Date.now())}</span>
            from ${report.input.path}
          </p>
        </div>
        <vscode-button secondary icon="link-external" @click=${() => this.open({ kind: 'html', path: files.html })}>
          Open HTML Report
        </vscode-button>
        <vscode-button icon="git-commit" @click=${() => this.open({ kind: 'version', path: output.path })}>
          Version This Output
        </vscode-button>
      </header>
      <div class="pane report">
        <section class="plain-words" aria-label=${reportTitles.summary}>
          ${report.summary.map((sentence) => html`<p>${sentence}</p>`)}
        </section>
        <section class="not-guaranteed" aria-labelledby="not-guaranteed">
          <h2 id="not-guaranteed">
            <span class="codicon codicon-warning" aria-hidden="true"></span> ${reportTitles.notGuaranteed}
          </h2>
          <ul>${report.notGuaranteed.map((sentence) => html`<li>${sentence}</li>`)}</ul>
        </section>
        ${questionsView(report)} ${syntheticView(report)}
        ${figures(reportTitles.risk, report.risk, report.measuredOn?.risk)}
        ${figures(reportTitles.attacks, report.attacks, report.measuredOn?.attacks)}
        ${figures(reportTitles.utility, report.utility, report.measuredOn?.utility)} ${columnsView(report)} ${factsView(report)}
      </div>
    `;
  }

  #changed(): void {
    const report = this.#report.value;
    if (report) {
      this.setTitle(`Privacy of ${report.output.path.split('/').at(-1)}`);
    }
    this.requestUpdate();
  }
}

function questionsView({ questions = [] }: PrivacyReport): TemplateResult | typeof nothing {
  return questions.length > 0
    ? html`<section aria-label=${reportTitles.questions}>
        <h2>${reportTitles.questions}</h2>
        <dl class="report-questions">
          ${questions.map(({ question, answer }) => html`<dt>${question}</dt><dd>${answer}</dd>`)}
        </dl>
      </section>`
    : nothing;
}

/** What a synthetic table remembers, and what it is good for. */
function syntheticView({ synthetic }: PrivacyReport): TemplateResult | typeof nothing {
  return synthetic
    ? html`${figures(reportTitles.memorisation, synthetic.memorisation, undefined, ['Never seen', 'Learned'])}
      ${figures(reportTitles.quality, synthetic.quality, undefined, ['Real', 'Synthetic'])}`
    : nothing;
}

function figures(
  title: string,
  all: readonly ReportFigure[],
  note: string | undefined,
  labels?: readonly [before: string, after: string],
): TemplateResult | typeof nothing {
  return all.length > 0
    ? html`<section aria-label=${title}>
        <h2>${title}</h2>
        ${note === undefined ? nothing : html`<p class="secondary report-note">${note}</p>`}
        <div class="report-figures">${all.map((figure) => figureView(figure, labels))}</div>
      </section>`
    : nothing;
}

function columnsView({ columns }: PrivacyReport): TemplateResult {
  return html`<section aria-label=${reportTitles.columns}>
    <h2>${reportTitles.columns}</h2>
    <div class="table-scroll" tabindex="0" role="region" aria-label="What was done to each column">
      <table class="data-table report-columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Role</th>
            <th scope="col">Method</th>
            <th scope="col">What it does, and what it does not</th>
          </tr>
        </thead>
        <tbody>
          ${columns.map(
            ({ name, role, method, sentence, limit, detail }) => html`<tr>
              <th scope="row">${name}</th>
              <td>${roles[role].title}</td>
              <td>${method}</td>
              <td>${sentence} ${detail ?? ''} <span class="secondary">${limit}</span></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function factsView({ input, output, recipeHash }: PrivacyReport): TemplateResult {
  const fact = (title: string, value: TemplateResult | string) =>
    html`<tr><th scope="row">${title}</th><td>${value}</td></tr>`;
  const hash = (value: string) => html`<code title=${value}>${value.slice(0, 16)}…</code>`;
  return html`<section aria-label=${reportTitles.origin}>
    <h2>${reportTitles.origin}</h2>
    <table class="facts-table">
      <tbody>
        ${fact('Input', html`${input.path}, ${plural(input.rows, 'row')}, SHA-256 ${hash(input.sha256)}`)}
        ${fact('Output', html`${output.path}, ${plural(output.rows, 'row')}, SHA-256 ${hash(output.sha256)}`)}
        ${fact('Recipe', html`SHA-256 ${hash(recipeHash)}`)}
      </tbody>
    </table>
  </section>`;
}
