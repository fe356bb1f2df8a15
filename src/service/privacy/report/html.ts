import { plural } from '../../../base/format.ts';
import type { ColumnRole } from '../../../protocol/privacy.ts';
import type { PrivacyReport, ReportFigure } from '../../../protocol/privacyReport.ts';
import { directionText, figureText, intervalText, reportTitles } from '../../../protocol/reportWords.ts';

/** A report that a data protection officer can read: one file, nothing from elsewhere, fit for print and for dark. */
export function htmlReport(report: PrivacyReport): string {
  const { input, output, summary, notGuaranteed, questions = [], measuredOn = {}, columns } = report;
  const title = `Privacy of ${output.path}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="when">Anonymised on ${new Date(report.time).toISOString().slice(0, 16).replace('T', ' at ')} UTC</p>
<h2>${reportTitles.summary}</h2>
${list(summary)}
<section class="limits">
<h2>${reportTitles.notGuaranteed}</h2>
${list(notGuaranteed)}
</section>
${answers(questions)}<h2>${reportTitles.columns}</h2>
<table class="columns">
<thead><tr><th scope="col">Column</th><th scope="col">What it can tell</th><th scope="col">What was done</th><th scope="col">What that does not do</th></tr></thead>
<tbody>
${alike(columns).map(columnsRow).join('\n')}
</tbody>
</table>
${synthetic(report)}
${figures(reportTitles.risk, report.risk, measuredOn.risk)}
${figures(reportTitles.attacks, report.attacks, measuredOn.attacks)}
${figures(reportTitles.utility, report.utility, measuredOn.utility)}
<h2>${reportTitles.origin}</h2>
<table class="origin">
<tbody>
<tr><th scope="row">Input</th><td>${escaped(input.path)}, ${plural(input.rows, 'row')}</td></tr>
<tr><th scope="row">SHA-256 of the input</th><td><code>${escaped(input.sha256)}</code></td></tr>
<tr><th scope="row">Output</th><td>${escaped(output.path)}, ${plural(output.rows, 'row')}</td></tr>
<tr><th scope="row">SHA-256 of the output</th><td><code>${escaped(output.sha256)}</code></td></tr>
<tr><th scope="row">SHA-256 of the recipe</th><td><code>${escaped(report.recipeHash)}</code></td></tr>
${report.recipe ? `<tr><th scope="row">Recipe and release</th><td>${escaped(report.recipe)}, ${escaped(report.release ?? '')}</td></tr>\n` : ''}</tbody>
</table>
</main>
</body>
</html>
`;
}

const roleWords: Readonly<Record<ColumnRole, string>> = {
  direct: 'Who somebody is, by itself',
  quasi: 'Who somebody is, together with other columns',
  sensitive: 'Something sensitive about somebody',
  other: 'Nothing about a person',
};

function list(sentences: readonly string[]): string {
  return `<ul>\n${sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('\n')}\n</ul>`;
}

function answers(questions: NonNullable<PrivacyReport['questions']>): string {
  return questions.length === 0
    ? ''
    : `<h2>${reportTitles.questions}</h2>
<dl>
${questions.map(({ question, answer }) => `<dt>${escaped(question)}</dt><dd>${escaped(answer)}</dd>`).join('\n')}
</dl>
`;
}

type ReportColumn = PrivacyReport['columns'][number];

/** What was done to several columns is said once. */
function alike(columns: readonly ReportColumn[]): ReportColumn[][] {
  const groups = new Map<string, ReportColumn[]>();
  for (const column of columns) {
    const key = [column.role, column.method, column.sentence, column.limit].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  return [...groups.values()];
}

function columnsRow(columns: readonly ReportColumn[]): string {
  const { role, method, sentence, limit } = columns[0]!;
  const names = columns.map(
    ({ name, detail }) =>
      `<div>${escaped(name)}${detail === undefined ? '' : `<small>${escaped(detail)}</small>`}</div>`,
  );
  return `<tr><th scope="row">${names.join('')}</th><td>${roleWords[role]}</td><td><strong>${escaped(method)}.</strong> ${escaped(sentence)}</td><td>${escaped(limit)}</td></tr>`;
}

/** What a synthetic table remembers and what it is good for. */
function synthetic({ synthetic: found }: PrivacyReport): string {
  return found
    ? [
        figures(reportTitles.memorisation, found.memorisation, undefined, [
          'Rows never seen',
          'Rows learned',
        ]),
        figures(reportTitles.quality, found.quality, undefined, ['Real', 'Synthetic']),
      ].join('\n')
    : '';
}

function figures(
  title: string,
  found: readonly ReportFigure[],
  note?: string,
  [before, after]: readonly [string, string] = ['Before', 'After'],
): string {
  if (found.length === 0) {
    return '';
  }
  return `<h2>${escaped(title)}</h2>
${note === undefined ? '' : `<p class="note">${escaped(note)}</p>\n`}<table class="figures">
<thead><tr><th scope="col">Figure</th><th scope="col" class="number">${before}</th><th scope="col" class="number">${after}</th><th scope="col" class="bars"><span class="unseen">As bars</span></th></tr></thead>
<tbody>
${found.map(figureRow).join('\n')}
</tbody>
</table>`;
}

function figureRow(figure: ReportFigure): string {
  const { title, sentence, kind, before, after } = figure;
  const interval = intervalText(figure);
  const uncertain = interval === undefined ? '' : ` <small>${escaped(interval)}</small>`;
  const direction = directionText(figure).replace(/^./, (first) => first.toUpperCase());
  return `<tr><th scope="row">${escaped(title)}<small>${escaped(sentence)} ${direction}.</small></th><td class="number">${escaped(figureText(kind, before))}</td><td class="number">${escaped(figureText(kind, after))}${uncertain}</td><td>${bars(figure)}</td></tr>`;
}

/** Two bars on one scale; the words beside them say the same. */
function bars({ kind, before, after }: ReportFigure): string {
  const most = kind === 'count' ? Math.max(before ?? 0, after ?? 0, 1) : 1;
  const width = (value: number | null) => Math.max(0, Math.min(100, (100 * (value ?? 0)) / most)).toFixed(1);
  return `<svg viewBox="0 0 100 14" aria-hidden="true" preserveAspectRatio="none"><rect class="rest" width="100" height="6"/><rect class="before" width="${width(before)}" height="6"/><rect class="rest" y="8" width="100" height="6"/><rect class="after" y="8" width="${width(after)}" height="6"/></svg>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  // A number stays beside its per cent sign.
  return text.replace(/[&<>"']/g, (sign) => entities[sign]!).replace(/(\d) %/g, '$1&nbsp;%');
}

const light =
  '--text: #1f2328; --faint: #59636e; --line: #d1d9e0; --back: #fff; --before: #8c959f; --after: #0969da; --rest: #eef1f4; --warn: #fff8e5; --edge: #bf8700;';
const dark =
  '--text: #e6edf3; --faint: #9198a1; --line: #3d444d; --back: #0d1117; --before: #7d8590; --after: #4493f8; --rest: #21262d; --warn: #2b2411; --edge: #d29922;';

// Whoever prints from a dark screen wants black on white too.
const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid; }
ul { padding-left: 1.4rem; } .when, .note, small { color: var(--faint); } .note { margin: 0 0 .5rem; font-size: .95em; } small { display: block; font-weight: normal; font-size: .85em; }
.limits { border-left: 4px solid var(--edge); background: var(--warn); padding: .1rem 1rem; margin-top: 1.5rem; break-inside: avoid; } .limits h2 { margin-top: .75rem; }
dl { margin: 0; } dt { font-weight: 600; } dd { margin: 0 0 .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .95em; } th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); } tr { break-inside: avoid; }
thead { display: table-header-group; } .columns th[scope=row] { width: 28%; overflow-wrap: anywhere; } .columns th div + div { margin-top: .35rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; } code { font-size: .85em; overflow-wrap: anywhere; } .origin th { white-space: nowrap; }
.figures { table-layout: fixed; } .figures .number { width: 5rem; } .figures .number + .number { width: 10rem; } .figures .bars { width: 9.5rem; } .figures svg { width: 100%; height: 20px; } .rest { fill: var(--rest); } .before { fill: var(--before); } .after { fill: var(--after); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 48rem) { main { padding: 1.25rem 1rem; } .figures .number { width: 4rem; } .figures .number + .number { width: 6.5rem; } .figures .bars { width: 5rem; } th, td { padding: .4rem; } }
@media print { @page { margin: 1.5cm; } :root { color-scheme: light; ${light} --text: #000; --faint: #444; --line: #bbb; --warn: #fff; } body { font-size: 10.5pt; } main { max-width: none; padding: 0; } svg { print-color-adjust: exact; } }
`;
