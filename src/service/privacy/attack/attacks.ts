import { partOf } from '../statistics/work.ts';
import { columnNamed, selectColumns } from '../tables/rows.ts';
import type { AttackInput, AttackResult } from './attack.ts';
import { noControl, nothingShared } from './errors.ts';
import { infer } from './inference.ts';
import { link } from './linkability.ts';
import { singleOutByOneColumn, singleOutBySeveralColumns } from './singlingOut.ts';

export interface AllAttacksInput extends AttackInput {
  /** Columns to be guessed; every column unless told. */
  readonly secrets?: readonly string[];
}

/**
 * Every attack, over the columns that all three tables have; those that the release gives no occasion for are left
 * out. Throws `privacy.noControl` and `privacy.nothingShared`.
 */
export function runAttacks(input: AllAttacksInput): AttackResult[] {
  const { train, control, released } = input;
  const names = released.columns.map(({ name }) => name);
  const shared = names.filter((name) => columnNamed(train, name) && columnNamed(control, name));
  if (train.rowCount === 0 || control.rowCount === 0 || released.rowCount === 0) {
    throw noControl();
  }
  if (shared.length === 0) {
    throw nothingShared();
  }
  const common: AttackInput = {
    ...input,
    train: selectColumns(train, shared),
    control: selectColumns(control, shared),
    released: selectColumns(released, shared),
  };
  const attacks = [
    singleOutByOneColumn,
    singleOutBySeveralColumns,
    link,
    ...(input.secrets ?? shared).map((secret) => (asked: AttackInput) => infer({ ...asked, secret })),
  ];
  return attacks.flatMap((attack, index) => {
    const result = attack({
      ...common,
      ...partOf(input, index / attacks.length, (index + 1) / attacks.length),
    });
    input.progress?.((index + 1) / attacks.length);
    return result ? [result] : [];
  });
}
