import { formatNumber } from '../../src/base/format.ts';
import type { MethodOption, OptionValue } from '../../src/protocol/privacy.ts';

/** What was typed for an option: its value, no value (the standard then holds), or what is wrong with it. */
export type ReadOption = { readonly value: OptionValue | undefined } | { readonly problem: string };

export function readOption(option: MethodOption, text: string): ReadOption {
  const typed = text.trim();
  if (option.kind === 'text' || option.kind === 'choice') {
    return { value: typed === '' ? undefined : typed };
  }
  if (option.kind === 'switch') {
    return { value: typed === 'true' };
  }
  if (typed === '') {
    return { value: undefined };
  }
  const number = Number(typed.replace('−', '-'));
  if (!Number.isFinite(number)) {
    return { problem: `${option.title} must be a number.` };
  }
  if (option.kind === 'integer' && !Number.isInteger(number)) {
    return { problem: `${option.title} must be a whole number.` };
  }
  const problem = outside(option, number);
  return problem ? { problem } : { value: number };
}

/** "1 to 48", "at least 1"; empty where there is no limit. */
export function limitsOf({ minimum, maximum }: Pick<MethodOption, 'minimum' | 'maximum'>): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `${formatNumber(minimum)} to ${formatNumber(maximum)}`;
  }
  if (minimum !== undefined) {
    return `at least ${formatNumber(minimum)}`;
  }
  return maximum === undefined ? '' : `at most ${formatNumber(maximum)}`;
}

function outside(option: MethodOption, number: number): string | undefined {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = option;
  return number < minimum || number > maximum ? `${option.title} must be ${limitsOf(option)}.` : undefined;
}
