import type { Criterion } from '../../../../../src/service/privacy/guarantee/criteria.ts';
import {
  compareScores,
  type QualityModel,
  type Score,
} from '../../../../../src/service/privacy/guarantee/quality.ts';
import type { SearchTask } from '../../../../../src/service/privacy/guarantee/search.ts';

/** The score of the best generalisation by trying all of them with the plainest code; undefined where none fulfils. */
export function bruteForce(task: SearchTask): Score | undefined {
  const { quasiIdentifiers, criteria, suppressionLimit = 0, quality } = task;
  const rowCount = quasiIdentifiers[0]!.column.codes.length;
  const sensitive = valuesOf(task);
  let best: Score | undefined;
  for (const levels of everyNode(quasiIdentifiers.map(({ levels }) => levels.length))) {
    const classes = new Map<string, number[]>();
    for (let row = 0; row < rowCount; row += 1) {
      const key = quasiIdentifiers.map((_, column) => labelAt(task, column, levels[column]!, row)).join('|');
      classes.set(key, [...(classes.get(key) ?? []), row]);
    }
    const groups = [...classes.values()];
    const broken = groups.filter(
      (rows) => !criteria.every((criterion) => fulfils(criterion, rows, sensitive)),
    );
    suppressForAverage(criteria, groups, broken);
    if (broken.flat().length <= Math.floor(suppressionLimit * rowCount)) {
      const score = scoreOf(task, quality!, levels, groups, broken);
      best = best === undefined || compareScores(score, best) < 0 ? score : best;
    }
  }
  return best;
}

/** Adds the smallest groups to the broken ones until the average risk is low enough. */
function suppressForAverage(
  criteria: readonly Criterion[],
  groups: readonly number[][],
  broken: number[][],
): void {
  const threshold = criteria.flatMap((one) => (one.kind === 'averageRisk' ? [one.threshold] : []))[0] ?? 1;
  const kept = groups.filter((rows) => !broken.includes(rows)).sort((a, b) => a.length - b.length);
  while (kept.length > threshold * kept.flat().length) {
    broken.push(kept.shift()!);
  }
}

function valuesOf({ sensitive }: SearchTask): string[] {
  const { codes, values } = sensitive![0]!.column;
  return Array.from(codes, (code) => String(values[code]));
}

function* everyNode(heights: readonly number[]): Generator<number[]> {
  const [first, ...rest] = heights;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let level = 0; level < first; level += 1) {
    for (const others of everyNode(rest)) {
      yield [level, ...others];
    }
  }
}

function labelAt({ quasiIdentifiers }: SearchTask, column: number, level: number, row: number): string {
  const { column: encoded, levels } = quasiIdentifiers[column]!;
  const { labels, labelOfCode } = levels[level]!;
  return String(labels[labelOfCode[encoded.codes[row]!]!]);
}

function share(rows: readonly number[], sensitive: readonly string[], value: string): number {
  return rows.filter((row) => sensitive[row] === value).length / rows.length;
}

function fulfils(criterion: Criterion, rows: readonly number[], sensitive: readonly string[]): boolean {
  const all = [...sensitive.keys()];
  const present = [...new Set(rows.map((row) => sensitive[row]!))];
  const p = (value: string) => share(rows, sensitive, value);
  const q = (value: string) => share(all, sensitive, value);
  switch (criterion.kind) {
    case 'kAnonymity':
      return rows.length >= criterion.k;
    case 'averageRisk':
      return true;
    case 'distinctDiversity':
      return present.length >= criterion.l;
    case 'entropyDiversity':
      return (
        Math.exp(-present.reduce((sum, value) => sum + p(value) * Math.log(p(value)), 0)) >=
        criterion.l - 1e-9
      );
    case 'recursiveDiversity': {
      const counts = present.map((value) => p(value) * rows.length).sort((a, b) => b - a);
      return counts[0]! < criterion.c * counts.slice(criterion.l - 1).reduce((sum, count) => sum + count, 0);
    }
    case 'closeness': {
      const values = [...new Set(sensitive)].sort();
      const sums = values.map((_, end) =>
        Math.abs(values.slice(0, end + 1).reduce((sum, value) => sum + p(value) - q(value), 0)),
      );
      return sums.reduce((sum, term) => sum + term, 0) / (values.length - 1) <= criterion.t + 1e-9;
    }
    case 'basicLikeness':
      return present.every((value) => (p(value) - q(value)) / q(value) <= criterion.beta + 1e-9);
    case 'enhancedLikeness':
      return present.every(
        (value) => (p(value) - q(value)) / q(value) <= Math.min(criterion.beta, -Math.log(q(value))) + 1e-9,
      );
    case 'deltaDisclosure':
      return present.every((value) => Math.abs(Math.log(p(value) / q(value))) < criterion.delta);
    case 'alphaK':
      return rows.length >= criterion.k && present.every((value) => p(value) <= criterion.alpha + 1e-9);
  }
}

function scoreOf(
  task: SearchTask,
  quality: QualityModel,
  levels: readonly number[],
  groups: readonly number[][],
  broken: readonly number[][],
): Score {
  const { quasiIdentifiers } = task;
  const rowCount = groups.flat().length;
  const costs = quasiIdentifiers.map(({ column, levels: tables, leafCount }, index) => {
    const labels = Array.from(column.codes, (_, row) => labelAt(task, index, levels[index]!, row));
    const values = Array.from(column.codes, (_, row) => labelAt(task, index, 0, row));
    if (quality.model === 'precision') {
      return levels[index]! / (tables.length - 1);
    }
    const perRow = labels.map((label, row) => {
      const alike = labels.filter((other) => other === label).length;
      const same = values.filter((other) => other === values[row]).length;
      const leaves = tables[levels[index]!]!.leaves[tables[levels[index]!]!.labels.indexOf(label)]!;
      return quality.model === 'loss'
        ? (leaves - 1) / Math.max(1, leafCount - 1) / rowCount
        : Math.log2(alike / same);
    });
    return perRow.reduce((sum, cost) => sum + cost, 0);
  });
  const sum = costs.reduce((total, cost) => total + cost, 0);
  const lost = broken.flat().length;
  switch (quality.model) {
    case 'nonUniformEntropy':
      return [
        round(sum + (quality.suppression === 'counted' ? suppressionCost(task, levels, broken.flat()) : 0)),
      ];
    case 'loss':
      return quality.aggregate === 'rank'
        ? costs.sort((a, b) => b - a).map(round)
        : [round(sum / costs.length)];
    case 'precision':
      return [round(sum / costs.length)];
    case 'discernibility':
      return [
        groups.reduce(
          (total, rows) => total + rows.length * (broken.includes(rows) ? rowCount : rows.length),
          0,
        ),
      ];
    case 'averageClassSize':
      return [
        rowCount / ((groups.length - broken.length + (lost > 0 ? 1 : 0)) * requiredSize(task.criteria)),
      ];
  }
}

function suppressionCost(task: SearchTask, levels: readonly number[], lost: readonly number[]): number {
  return levels.reduce((total, level, column) => {
    const labels = lost.map((row) => labelAt(task, column, level, row));
    const alike = (label: string) => labels.filter((other) => other === label).length;
    return total + labels.reduce((sum, label) => sum + Math.log2(lost.length / alike(label)), 0);
  }, 0);
}

function requiredSize(criteria: readonly Criterion[]): number {
  return Math.max(
    ...criteria.map((criterion) =>
      'k' in criterion ? criterion.k : 'l' in criterion ? Math.ceil(criterion.l) : 1,
    ),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(9));
}
