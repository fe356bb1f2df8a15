import { formatNumber, formatShare, groupDigits } from '../../../base/format.ts';
import type { ColumnRole, PrivacyReport, ReportFigure } from '../../../protocol/privacy.ts';

/** A report that a data protection officer can read: one file, nothing from elsewhere, fit for print and for dark. */
export function htmlReport(report: PrivacyReport): string {
  const { input, output, summary, notGuaranteed, columns } = report;
  const title = `What was done to ${output.path}`;
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
<p class="when">${new Date(report.time).toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
<h2>In plain words</h2>
${list(summary)}
<section class="limits">
<h2>What is not guaranteed</h2>
${list(notGuaranteed)}
</section>
<h2>Column by column</h2>
<table>
<thead><tr><th scope="col">Column</th><th scope="col">What it can tell</th><th scope="col">What was done</th><th scope="col">What that does not do</th></tr></thead>
<tbody>
${columns
  .map(
    ({ name, role, method, sentence, limit }) =>
      `<tr><th scope="row">${escaped(name)}</th><td>${roleWords[role]}</td><td><strong>${escaped(method)}.</strong> ${escaped(sentence)}</td><td>${escaped(limit)}</td></tr>`,
  )
  .join('\n')}
</tbody>
</table>
${synthetic(report)}
${figures('How easily people can be found', report.risk)}
${figures('What attacks on the output find', report.attacks)}
${figures('What the output is still good for', report.utility)}
<h2>Where it comes from</h2>
<table class="origin">
<tbody>
<tr><th scope="row">Input</th><td>${escaped(input.path)}, ${groupDigits(input.rows)} rows</td></tr>
<tr><th scope="row">SHA-256 of the input</th><td><code>${escaped(input.sha256)}</code></td></tr>
<tr><th scope="row">Output</th><td>${escaped(output.path)}, ${groupDigits(output.rows)} rows</td></tr>
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
  quasi: 'Who somebody is, together with others',
  sensitive: 'Something sensitive about somebody',
  other: 'Nothing about a person',
};

function list(sentences: readonly string[]): string {
  return `<ul>\n${sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('\n')}\n</ul>`;
}

/** What a synthetic table remembers and what it is good for. */
function synthetic({ synthetic: found }: PrivacyReport): string {
  return found
    ? [
        figures('What it remembers of real rows', found.memorisation, ['Rows never seen', 'Rows learned']),
        figures('What the synthetic rows are good for', found.quality, ['Real', 'Synthetic']),
      ].join('\n')
    : '';
}

function figures(
  title: string,
  found: readonly ReportFigure[],
  [before, after]: readonly [string, string] = ['Before', 'After'],
): string {
  if (found.length === 0) {
    return '';
  }
  return `<h2>${escaped(title)}</h2>
<table class="figures">
<thead><tr><th scope="col">Figure</th><th scope="col">${before}</th><th scope="col">${after}</th><th scope="col"><span class="unseen">As bars</span></th></tr></thead>
<tbody>
${found.map(figureRow).join('\n')}
</tbody>
</table>`;
}

function figureRow(figure: ReportFigure): string {
  const { title, sentence, before, after, interval, better } = figure;
  const uncertain = interval
    ? ` <small>(${shown(figure, interval[0])} to ${shown(figure, interval[1])})</small>`
    : '';
  const direction = better === 'lower' ? 'Lower is better.' : 'Higher is better.';
  return `<tr><th scope="row">${escaped(title)}<small>${escaped(sentence)} ${direction}</small></th><td class="number">${shown(figure, before)}</td><td class="number">${shown(figure, after)}${uncertain}</td><td>${bars(figure)}</td></tr>`;
}

function shown({ kind }: ReportFigure, value: number | null): string {
  if (value === null) {
    return '–';
  }
  return kind === 'share' ? formatShare(value, 1) : kind === 'count' ? formatNumber(value) : value.toFixed(2);
}

/** Two bars on one scale; the words beside them say the same. */
function bars({ kind, before, after }: ReportFigure): string {
  const most = kind === 'count' ? Math.max(before ?? 0, after ?? 0, 1) : 1;
  const width = (value: number | null) => Math.max(0, Math.min(100, (100 * (value ?? 0)) / most)).toFixed(1);
  return `<svg viewBox="0 0 100 14" width="140" height="20" aria-hidden="true" preserveAspectRatio="none"><rect class="rest" width="100" height="6"/><rect class="before" width="${width(before)}" height="6"/><rect class="rest" y="8" width="100" height="6"/><rect class="after" y="8" width="${width(after)}" height="6"/></svg>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => entities[sign]!);
}

const style = `
:root { color-scheme: light dark; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --back: #fff; --before: #8c959f; --after: #0969da; --rest: #eef1f4; --warn: #fff8e5; --edge: #bf8700; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --faint: #9198a1; --line: #3d444d; --back: #0d1117; --before: #7d8590; --after: #4493f8; --rest: #21262d; --warn: #2b2411; --edge: #d29922; } }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid; }
.when, small { color: var(--faint); } small { display: block; font-weight: normal; font-size: .85em; }
.limits { border-left: 4px solid var(--edge); background: var(--warn); padding: .1rem 1rem; margin-top: 1.5rem; break-inside: avoid; } .limits h2 { margin-top: .75rem; }
table { border-collapse: collapse; width: 100%; font-size: .95em; } th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); } tr { break-inside: avoid; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; } code { font-size: .85em; overflow-wrap: anywhere; }
.figures th[scope=row] { width: 50%; } .rest { fill: var(--rest); } .before { fill: var(--before); } .after { fill: var(--after); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print { :root { color-scheme: light; --text: #000; --back: #fff; --faint: #444; --line: #bbb; --warn: #fff; } main { max-width: none; padding: 0; } svg { print-color-adjust: exact; } }
`;
