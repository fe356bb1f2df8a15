import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyRecipe, previewRecipe } from '../../../src/protocol/privacy.ts';
import { getPrivacyReport } from '../../../src/protocol/privacyReport.ts';
import { copyAdult, rowsOf, Scene } from './scene.ts';

// On a busy machine the measures of a report take a while.
vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => scene.dispose());

const quasi = [0, 1, 2, 3, 4, 5, 6, 7];

function classSizes(rows: readonly string[][], columns: readonly number[]): number[] {
  const sizes = new Map<string, number>();
  for (const row of rows) {
    const key = columns.map((column) => row[column]).join('\u0000');
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  return [...sizes.values()];
}

describe('Adult', () => {
  it('is proposed, previewed, anonymised with k = 5 as counted afresh, and reported', async () => {
    const rows = copyAdult(scene);
    const draft = await scene.open('adult.csv');
    expect(draft).toMatchObject({ recipe: 'adult.anonymise.yaml', saved: false, problems: [] });
    expect(fs.existsSync(path.join(scene.root, 'adult.anonymise.yaml'))).toBe(false);
    expect(draft.columns.map(({ role }) => role)).toEqual([...Array(8).fill('quasi'), 'sensitive']);
    expect(draft.guarantee).toMatchObject({ k: 5, recoding: 'global' });
    const saved = await scene.change(draft, { kind: 'save' });
    expect(saved.saved).toBe(true);

    const preview = await scene.connection.send(previewRecipe, { recipe: saved.recipe, rows: 20 });
    expect(preview.rows.map(({ before }) => before.map(String))).toEqual(rows.slice(0, 20));
    expect(preview.risk.before).toBeCloseTo(classSizes(rows, quasi).length / rows.length, 12);
    expect(preview.drivers[0]!.uniqueRows).toBeGreaterThan(0);

    const applied = await scene.connection.send(applyRecipe, { recipe: saved.recipe });
    const output = rowsOf(scene.read(applied.output), ';');
    expect(output).toHaveLength(applied.rows);
    expect(applied.rows + applied.suppressedRows).toBe(rows.length);
    expect(applied.suppressedRows).toBe(preview.suppressedRows);
    expect(applied.suppressedRows).toBeLessThanOrEqual(rows.length * 0.05);
    expect(Math.min(...classSizes(output, quasi))).toBeGreaterThanOrEqual(5);
    expect(preview.risk.after).toBeCloseTo(classSizes(output, quasi).length / output.length, 12);
    // What the preview showed is what was written.
    const shown = preview.rows.filter(({ after }) => after !== null).map(({ after }) => after!.map(String));
    expect(output.slice(0, shown.length)).toEqual(shown);

    const report = await scene.connection.send(getPrivacyReport, { recipe: saved.recipe });
    expect(scene.read(report.files.html)).toContain('<html');
    expect(JSON.parse(scene.read(report.files.json))).toMatchObject({ recipeHash: report.recipeHash });
    const figure = (id: string) => report.risk.find((each) => each.id === id)!;
    expect(figure('smallestClass')).toMatchObject({
      before: 1,
      after: Math.min(...classSizes(output, quasi)),
    });
    expect(figure('sampleUniqueness').before).toBeCloseTo(
      classSizes(rows, quasi).filter((size) => size === 1).length / rows.length,
      12,
    );
    expect(figure('sampleUniqueness').after).toBe(0);
    for (const before of report.attacks) {
      expect(before.after!).toBeLessThan(before.before!);
    }
    const html = scene.read(applied.report.html);
    expect(html).toContain('What is not guaranteed');
    expect(html).not.toMatch(/https?:|<script|<link|src=/);
  });

  it('is grouped by Mondrian when asked to, and k holds again', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const local = await scene.change(saved, {
      kind: 'guarantee',
      guarantee: { k: 10, sensitive: [], suppressionLimit: 0, recoding: 'local' },
    });
    const applied = await scene.connection.send(applyRecipe, { recipe: local.recipe });
    const output = rowsOf(scene.read(applied.output), ';');
    expect(output).toHaveLength(30_162);
    expect(Math.min(...classSizes(output, quasi))).toBeGreaterThanOrEqual(10);
  });

  it('gets diverse groups when asked to', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const diverse = await scene.change(saved, {
      kind: 'guarantee',
      guarantee: {
        k: 5,
        sensitive: [{ column: 'salary-class', criterion: 'distinctL', l: 2 }],
        suppressionLimit: 0.05,
        recoding: 'global',
      },
    });
    expect(diverse.guarantee?.sensitive).toMatchObject([{ column: 'salary-class', l: 2 }]);
    const applied = await scene.connection.send(applyRecipe, { recipe: diverse.recipe });
    const output = rowsOf(scene.read(applied.output), ';');
    const salaries = new Map<string, Set<string>>();
    for (const row of output) {
      const key = quasi.map((column) => row[column]).join('\u0000');
      salaries.set(key, (salaries.get(key) ?? new Set()).add(row[8]!));
    }
    expect(Math.min(...[...salaries.values()].map(({ size }) => size))).toBe(2);
  });
});
