import { hmacSha256 } from '../methods/hmac.ts';
import { PlanContext, type PlanOptions } from '../planContext.ts';
import type { TransformPlan } from '../planTypes.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { AppliedGuarantee } from './generalise.ts';

/** Whether a row's number among those that are released decides what is added to it or whose value it gets. */
export function drawsByRow({ columns }: TransformPlan, { rowKey }: Recipe): boolean {
  return columns.some(({ method }) => method === 'rankSwap' || (method === 'noise' && rowKey === undefined));
}

/**
 * Names the rows that a guarantee leaves out, in whatever order they come: 16 hexadecimal digits, undefined where it leaves
 * out none. It comes from the key: they are rare people, and a plain hash could be guessed.
 */
export function leftOutMark(
  { tuples: { table }, suppressedRows, labelsOfTuple }: AppliedGuarantee,
  options: PlanOptions,
): string | undefined {
  if (suppressedRows === 0) {
    return undefined;
  }
  const hmac = hmacSha256(new PlanContext(options).subkey('noise', 'rows left out', 'noise', 'noise'));
  let mark = 0n;
  for (let tuple = 0; tuple < table.rowCount; tuple += 1) {
    if (labelsOfTuple(tuple) === undefined) {
      const cells = table.columns.map(({ values, codes }) => values[codes[tuple]!]!);
      mark ^= hmac(JSON.stringify(cells)).readBigUInt64BE();
    }
  }
  return mark.toString(16).padStart(16, '0');
}
