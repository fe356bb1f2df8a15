import fs from 'node:fs';
import path from 'node:path';
import type { EncodedColumn } from '../../data/encodedTable.ts';
import { hierarchyFileMissing } from '../errors.ts';
import { proposeHierarchy } from '../guarantee/hierarchy/automatic.ts';
import { readHierarchyCsv } from '../guarantee/hierarchy/csv.ts';
import { quantileCuts } from '../guarantee/hierarchy/intervals.ts';
import type { LevelTable } from '../guarantee/hierarchy/levelTable.ts';
import { type HierarchyRule, levelsOf } from '../guarantee/hierarchy/rule.ts';
import type { HierarchyRecipe } from '../recipe/guaranteeSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/** A recipe's hierarchy met with the values of a column; `weights` are how many rows each code stands for. */
export function levelsFromRecipe(
  hierarchy: HierarchyRecipe,
  column: EncodedColumn,
  rowsOfCode: Float64Array,
  folder: string,
): LevelTable {
  return levelsOf(ruleOf(hierarchy, column, rowsOfCode, folder), column);
}

function ruleOf(
  hierarchy: HierarchyRecipe,
  column: EncodedColumn,
  rowsOfCode: Float64Array,
  folder: string,
): HierarchyRule {
  switch (hierarchy.kind) {
    case 'file': {
      const file = path.resolve(folder, hierarchy.path);
      const text = readText(file) ?? missing(column.name, hierarchy.path);
      return { kind: 'table', ...readHierarchyCsv(column.name, text, hierarchy.separator) };
    }
    case 'intervals':
      return { kind: 'intervals', cuts: hierarchy.edges, fanOuts: hierarchy.fanOut };
    case 'quantiles':
      return quantileRule(column, rowsOfCode, hierarchy.bins);
    case 'dates':
      return { kind: 'dates', units: hierarchy.levels };
    case 'redaction':
      return { kind: 'redaction', from: hierarchy.side, masked: hierarchy.steps };
    case 'groups':
      return {
        kind: 'groups',
        levels: hierarchy.levels.map((groups) =>
          Object.fromEntries(Object.entries(groups).map(([label, members]) => [label, members.map(String)])),
        ),
      };
    case 'priority':
      return { kind: 'priority', priority: hierarchy.order, kept: hierarchy.kept };
    case 'automatic':
      return proposedRule(column, rowsOfCode);
  }
}

/** By which a column finds its hierarchy in the recipe. */
export function hierarchyName({ columns }: Pick<Recipe, 'columns'>, column: string): string {
  const options = columns[column];
  return options?.method === 'generalise' ? (options.hierarchy ?? column) : column;
}

/** What is proposed where the recipe says nothing. */
export function proposedRule(column: EncodedColumn, rowsOfCode: Float64Array): HierarchyRule {
  return proposeHierarchy(expanded(column, rowsOfCode));
}

/** Each level has bins of the level below in equal numbers, so that it is a function of it. */
function quantileRule(
  column: EncodedColumn,
  rowsOfCode: Float64Array,
  bins: readonly number[],
): HierarchyRule {
  const known = column.values.map((value, code) => ({ value, code })).filter(({ value }) => value !== null);
  const finest = Math.max(...bins);
  const cuts = quantileCuts(
    known.map(({ value }) => Number(value)),
    known.map(({ code }) => rowsOfCode[code]!),
    finest,
  );
  const descending = [...bins].sort((a, b) => b - a);
  const fanOuts = descending
    .slice(1)
    .map((count, index) => Math.max(2, Math.round(descending[index]! / count)));
  return { kind: 'intervals', cuts, fanOuts };
}

/** What the proposal counts: a row for each row, at most some thousands, because shares are all that matters. */
function expanded(column: EncodedColumn, rowsOfCode: Float64Array): EncodedColumn {
  const total = rowsOfCode.reduce((sum, rows) => sum + rows, 0);
  const factor = Math.min(1, mostRows / Math.max(1, total));
  const counts = Array.from(rowsOfCode, (rows) => (rows === 0 ? 0 : Math.max(1, Math.round(rows * factor))));
  const codes = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [code, count] of counts.entries()) {
    codes.fill(code, at, at + count);
    at += count;
  }
  return { ...column, codes };
}

const mostRows = 1_000_000;

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function missing(column: string, file: string): never {
  throw hierarchyFileMissing(column, file);
}
