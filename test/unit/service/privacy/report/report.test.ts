import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PrivacyReport, ReportFigure } from '../../../../../src/protocol/privacyReport.ts';
import { readRecipe } from '../../../../../src/service/privacy/recipe/readRecipe.ts';
import type { Recipe } from '../../../../../src/service/privacy/recipe/recipeSchema.ts';
import { htmlReport } from '../../../../../src/service/privacy/report/html.ts';
import { notGuaranteed, summarise, threeQuestions } from '../../../../../src/service/privacy/report/words.ts';
import type { Release } from '../../../../../src/service/privacy/work/release.ts';

const recipe: Recipe = readRecipe(
  `version: 1
dataset: people
release: first
key: { id: team }
input: { path: people.csv }
output: { path: people.anonymised.csv }
subject: email
columns:
  email: { method: pseudonym, role: directIdentifier }
  name: { method: drop, role: directIdentifier }
  age: { method: generalise, role: quasiIdentifier }
  city: { method: keep, role: quasiIdentifier }
  joined: { method: dateShift, role: quasiIdentifier, days: 30 }
  illness: { method: keep, role: sensitive }
  balance: { method: noise, role: sensitive, scale: 100 }
guarantee: { k: 5, suppressionLimit: 0.05 }
`,
  'people.anonymise.yaml',
).recipe;

const share = { kind: 'share', better: 'lower' } as const;

const risk: ReportFigure[] = [
  {
    id: 'prosecutorHighest',
    title: 'Highest risk',
    sentence: 'Prosecutor.',
    ...share,
    before: 1,
    after: 0.2,
  },
  { id: 'sampleUniqueness', title: 'Alone', sentence: 'Alone.', ...share, before: 0.4653, after: 0 },
];

function attack(id: string, after: number, interval: [number, number], weak = false): ReportFigure {
  return {
    id,
    title: `Attack ${id}`,
    sentence: 'It was tried.',
    ...share,
    before: 0.9,
    after,
    interval,
    weak,
  };
}

const attacks = [
  attack('singling-out-by-several-columns', 0.4, [0, 0.8]),
  attack('linkability', 0.05, [0.01, 0.09]),
  attack('inference:illness', 0.31, [0.12, 0.5]),
];

/** As much of a release as the words need. */
const release = {
  plan: {
    columns: Object.entries(recipe.columns)
      .filter(([, { method }]) => method !== 'drop')
      .map(([name, { method }]) => ({ name, method })),
    dropped: ['name'],
  },
  guarantee: { dimensions: ['age', 'city'], perturbed: ['joined'], suppressedRows: 12, rowCount: 2000 },
} as unknown as Release;

const origin = {
  input: { path: 'people.csv', rows: 2000, sha256: 'a'.repeat(64) },
  output: { path: 'people.anonymised.csv', rows: 1988, sha256: 'b'.repeat(64) },
};

const report: PrivacyReport = {
  time: Date.UTC(2026, 0, 2, 3, 4),
  ...origin,
  recipeHash: 'c'.repeat(64),
  summary: summarise(release, recipe, { ...origin, risk }),
  notGuaranteed: notGuaranteed(release, recipe, attacks, ['balance']),
  questions: threeQuestions(attacks),
  measuredOn: { attacks: 'Tried on all 1,988 rows.' },
  columns: ['age', 'city'].map((name) => ({
    name,
    role: 'quasi',
    method: 'Generalise',
    sentence: 'Wider.',
    limit: 'Not alone.',
    ...(name === 'age' && { detail: 'Left of it: “[20, 40[”, “<other>”' }),
  })),
  risk,
  attacks,
  utility: [
    {
      id: 'f1',
      title: 'Predicting',
      sentence: 'F1.',
      kind: 'score',
      better: 'higher',
      before: 0.6345678,
      after: null,
    },
  ],
};

/** What a person reads, top to bottom: cells by a bar, everything else by lines. */
function words(html: string): string {
  return html
    .replace(/<style>.*<\/style>|<svg.*?<\/svg>|<title>.*<\/title>/gs, '')
    .replace(/<\/t[dh]><t/g, ' | <t')
    .replace(/<\/(div|small)><(div|small)/g, ' / <$2')
    .replace(/<small>/g, ' / ')
    .replace(/<[^>]+>/g, '')
    .replace(/&nbsp;/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
    .concat('\n');
}

it('reads as it should: plain words first, figures after', async () => {
  await expect(words(htmlReport(report))).toMatchFileSnapshot(path.join(import.meta.dirname, 'report.txt'));
});

it('is one file that asks for nothing from elsewhere, in light, dark and print', () => {
  const html = htmlReport(report);
  expect(html).not.toMatch(/https?:|<script|<link|<img|<iframe|src=|url\(|@import/);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).toContain('@media screen and (prefers-color-scheme: dark)');
  expect(html).toContain('@media print');
});

it('shows what a file or a column is called, and runs none of it', () => {
  const path = '<script>alert(1)</script>.csv';
  const html = htmlReport({ ...report, output: { ...report.output, path }, summary: [`"${path}" & more`] });
  expect(html).not.toContain('<script');
  expect(html).toContain('&quot;&lt;script&gt;alert(1)&lt;/script&gt;.csv&quot; &amp; more');
});

it('a report of an earlier version has no questions, and is shown without them', () => {
  const { questions: _, measuredOn: __, ...earlier } = report;
  expect(htmlReport(earlier)).not.toContain('three questions');
});

describe('the three questions', () => {
  const first = (...figures: ReportFigure[]) => threeQuestions(figures)[0]!.answer;
  const name = 'singling-out-by-one-column';

  it.each([
    [0.5, [0.3, 0.7], false, 'Yes.'],
    [0.1, [0.02, 0.2], false, 'To some degree.'],
    [0.02, [0, 0.05], false, 'Hardly.'],
    [0.2, [0, 0.6], false, 'Not shown, and with so few tries not ruled out.'],
    [0.5, [0.3, 0.7], true, 'Not by this attack, which did no better than guessing and so proves little.'],
  ] as const)('%d within %j (no better than guessing: %s) is “%s”', (after, [low, high], weak, verdict) => {
    expect(first(attack(name, after, [low, high], weak)).startsWith(verdict)).toBe(true);
  });

  it('are answered by the attack that reached most and proves something', () => {
    const answer = first(
      attack(name, 0.9, [0.5, 1], true),
      attack('singling-out-by-several-columns', 0.3, [0.2, 0.4]),
    );
    expect(answer).toBe(
      'Yes. Attack singling-out-by-several-columns: 90 % before, 30 % after (95 % between 20 % and 40 %).',
    );
  });

  it('are not answered where nothing could be tried', () => {
    expect(first()).toContain('Not measured');
    expect(first(attack('linkability', 0, [0, 0.01]))).toContain('No attack was possible');
  });
});
