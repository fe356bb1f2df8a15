import type { Detector } from '../../detector.ts';
import type { EntityId } from '../../entities.ts';

/** What the validators of `stdnum` answer, as far as it is used here. */
export type NumberCheck = (value: string) => { readonly isValid: boolean };

export interface NumberRow {
  readonly id: string;
  readonly title: string;
  readonly pattern: RegExp;
  readonly check: NumberCheck;
  /** Measured on random values of the pattern; a test measures again. */
  readonly chance: number;
  readonly headers: readonly string[];
  readonly width?: number;
  readonly entity?: EntityId;
  /** Where nearly every number of the form passes, values say little without the header. */
  readonly alone?: number;
}

/** From this chance on a check tells too little for values to speak alone. */
const weakCheck = 0.2;

export function numberDetector({ check, entity = 'nationalId', ...row }: NumberRow): Detector {
  const alone = row.alone ?? (row.chance > weakCheck ? 0 : 0.9);
  return {
    ...row,
    entity,
    alone,
    country: row.id.slice(0, 2).toUpperCase(),
    valid: (value) => passes(check, value),
  };
}

/**
 * A few of the validators throw at what they did not expect. All of them make an error of each value that fails, whose
 * stack nobody reads and which would take longer than the check.
 */
function passes(check: NumberCheck, value: string): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return check(value).isValid;
  } catch {
    return false;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
