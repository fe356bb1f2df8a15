import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeAt } from '../../../src/client/recipePlace.ts';
import { explanationAt, proposalsAt, type Schema } from '../../../src/client/recipeSchema.ts';
import { repository } from '../../support/service.ts';

const schema = JSON.parse(
  fs.readFileSync(path.join(repository, 'media', 'anonymise.schema.json'), 'utf8'),
) as Schema;

/** `|` is the cursor. */
function proposed(text: string): string[] {
  const { line, column, lines } = cursor(text);
  const place = placeAt(lines, line, column);
  return place ? proposalsAt(schema, place).map(({ label }) => label) : [];
}

function explained(text: string, word: string): string | undefined {
  const { line, column, lines } = cursor(text);
  const place = placeAt(lines, line, column);
  return place && explanationAt(schema, place, word);
}

function cursor(text: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes('|'));
  const column = lines[line]!.indexOf('|');
  lines[line] = lines[line]!.replace('|', '');
  return { line, column, lines };
}

describe('names are proposed', () => {
  it('of the whole recipe, those that must be there first, and none twice', () => {
    const names = proposed('version: 1\n|\ncolumns: {}\n');
    expect(names.slice(0, 4)).toEqual(['dataset', 'release', 'input', 'output']);
    expect(names).toContain('guarantee');
    expect(names).not.toContain('version');
    expect(names).not.toContain('columns');
  });

  it('of a section, of a column by its method, and of a hierarchy by its kind', () => {
    expect(proposed('input:\n  |')).toEqual(['path', 'sha256', 'rows']);
    const noise = proposed('columns:\n  age:\n    method: noise\n    |\n  name:\n    method: drop\n');
    expect(noise[0]).toBe('scale');
    expect(noise).toContain('distribution');
    expect(noise).not.toContain('length');
    expect(proposed('columns:\n  age:\n    |')).toContain('method');
    expect(proposed('guarantee:\n  hierarchies:\n    age:\n      kind: intervals\n      |')).toEqual([
      'edges',
      'fanOut',
    ]);
    expect(proposed('counts:\n  ages:\n    by:\n      age:\n        |')).toEqual(['categories', 'bins']);
  });

  it('of what is asked of sensitive columns, whether once or for each', () => {
    expect(proposed('guarantee:\n  |')).toEqual(
      expect.arrayContaining(['levels', 'searchSeconds', 'l', 't']),
    );
    expect(proposed('guarantee:\n  l:\n    |')).toEqual(['l', 'kind', 'c', 'columns']);
    expect(proposed('guarantee:\n  t:\n    - t: 0.2\n      |')).toEqual(['distance', 'columns']);
  });

  it('in flow style as well', () => {
    const names = proposed('columns:\n  age: { method: pseudonym, | }');
    expect(names).toContain('domain');
    expect(names).not.toContain('method');
    expect(proposed('columns:\n  age: { |, method: noise }')[0]).toBe('scale');
    expect(proposed('guarantee: { l: { | } }')).toEqual(['l', 'kind', 'c', 'columns']);
  });
});

describe('values are proposed', () => {
  it('of methods, roles and switches', () => {
    expect(proposed('columns:\n  age:\n    method: |')).toEqual(
      expect.arrayContaining(['keep', 'noise', 'differentialPrivacy']),
    );
    expect(proposed('columns:\n  age: { method: n|')).toContain('noise');
    expect(proposed('columns:\n  age:\n    role: |\n    method: noise')).toEqual([
      'directIdentifier',
      'quasiIdentifier',
      'sensitive',
      'other',
    ]);
    expect(proposed('columns:\n  age:\n    method: noise\n    round: |')).toEqual(['true', 'false']);
    expect(proposed('guarantee:\n  search: |')).toEqual(['optimal', 'mondrian']);
    expect(proposed('otherColumns: |')).toEqual(['refuse', 'keep', 'drop']);
  });

  it('nowhere else: in comments, in texts, and for what is not known', () => {
    expect(proposed('# method: |')).toEqual([]);
    expect(proposed('dataset: |')).toEqual([]);
    expect(proposed('nothing:\n  here: |')).toEqual([]);
  });
});

describe('what a word means', () => {
  it('is said of names and of methods', () => {
    expect(explained('release: |r1', 'r1')).toContain('the same person gets the same noise');
    expect(explained('|release: r1', 'release')).toContain('the same person gets the same noise');
    expect(explained('columns:\n  age:\n    method: |noise', 'noise')).toContain('holder of the key');
    expect(explained('columns:\n  age:\n    |scale: 5\n    method: noise', 'scale')).toContain('Laplace');
    expect(explained('counts:\n  ages:\n    |epsilon: 1', 'epsilon')).toContain('the smaller, the less');
    expect(explained('columns:\n  |age: { method: drop }', 'age')).toBeUndefined();
  });
});
