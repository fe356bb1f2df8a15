import { formatBytes, formatDuration, plural } from '../../base/format.ts';
import type { SynthesisEstimate } from '../../protocol/synthesis.ts';
import { columnTypeOf } from './methods/columnType.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { columnFates } from './synthesise/columnFates.ts';
import { copula } from './synthesise/copula/copula.ts';
import { mostLearned, settingsOf } from './synthesise/settings.ts';
import type { Estimate, TableSize } from './synthesise/synthesiser.ts';
import type { ColumnKind } from './tables/columnKind.ts';
import type { EstimateJob } from './work/estimateSynthesis.ts';
import type { InspectedColumn, Inspection } from './work/inspect.ts';

/** A thread with DuckDB, before it has read anything. */
const threadBytes = 120e6;

/** Before anything is read: from what the inspection of the table knows. `measure` tries neural networks on this machine. */
export async function estimateOf(
  recipe: Recipe,
  inspection: Inspection,
  measure: (job: Omit<EstimateJob, 'file'>) => Promise<Estimate>,
): Promise<SynthesisEstimate> {
  const { method, rows, epochs, rareBelow } = settingsOf(recipe);
  const fates = columnFates(recipe, inspection.columns);
  const learned = inspection.columns.filter((_, at) => fates[at]!.fate === 'learned');
  const rowCount = Math.min(inspection.rows, mostLearned);
  const size: TableSize = {
    rowCount,
    distinctCounts: learned.map((column) => distinctOf(column, inspection, rareBelow)),
    kinds: learned.map(({ type }) => kindOf(type)),
    sampleCount: rows ?? inspection.rows,
    ...(epochs !== undefined && { epochs }),
  };
  const model = method === 'copula' ? copula.estimate(size) : await measure({ method, size });
  const seconds = model.seconds + aroundIt(size, inspection.bytes);
  const bytes = threadBytes + model.bytes + rowCount * learned.length * 4 + sum(size.distinctCounts) * 60;
  const sentence =
    `About ${formatDuration(Math.max(1, Math.round(seconds)) * 1000)} and at most ${formatBytes(bytes)} of memory, ` +
    `for ${plural(learned.length, 'column')}, ${plural(rowCount, 'row')} to learn and ${plural(size.sampleCount, 'row')} to draw.` +
    (rowCount < inspection.rows ? ` Of ${plural(inspection.rows, 'row')} a fair sample is learned.` : '') +
    (model.backend === 'cpu'
      ? ' WebAssembly cannot run here, so networks are many times slower than elsewhere.'
      : '');
  return { seconds, bytes, sentence };
}

/** Of numbers all values, of names those that are frequent enough to be learned, and one for all others. */
function distinctOf(
  { type, distinctInSample, frequent }: InspectedColumn,
  { rows, sampledRows }: Inspection,
  rareBelow: number,
): number {
  const scale = rows / Math.max(1, sampledRows);
  if (kindOf(type) === 'category') {
    return frequent.filter(({ count }) => count * scale >= rareBelow).length + 1;
  }
  // A column that is different in most rows of the sample is so in those outside it.
  return distinctInSample > 0.3 * sampledRows ? Math.round(distinctInSample * scale) : distinctInSample;
}

function kindOf(type: string): ColumnKind {
  switch (columnTypeOf(type).kind) {
    case 'integer':
    case 'double':
    case 'decimal':
      return 'number';
    case 'date':
    case 'timestamp':
      return 'datetime';
    default:
      return 'category';
  }
}

/** Reading, testing for memory and use, and writing; measured on two cores. */
function aroundIt({ rowCount, sampleCount, distinctCounts }: TableSize, bytes: number): number {
  const columns = distinctCounts.length;
  const compared = Math.min(sampleCount, 2000) * rowCount * columns;
  return 3 + bytes * 2e-8 + (rowCount + sampleCount) * columns * 3e-7 + compared * 1.5e-9;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
