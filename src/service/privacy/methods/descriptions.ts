import { codingDescription } from './coding.ts';
import { dateShiftDescription } from './dateShift.ts';
import { differentialDescription } from './differential/mechanisms.ts';
import { formatPreservingDescription } from './formatPreserving.ts';
import { generaliseDescription } from './generalise.ts';
import { maskDescription } from './mask.ts';
import type { MethodDescription } from './method.ts';
import { microaggregationDescription } from './microaggregation.ts';
import { noiseDescription } from './noise.ts';
import { pseudonymDescription } from './pseudonym.ts';
import { rankSwapDescription } from './rankSwap.ts';
import { redactDescription } from './redact.ts';
import { dropDescription, keepDescription, suppressDescription } from './simple.ts';

export const methodNames = [
  'keep',
  'drop',
  'suppress',
  'pseudonym',
  'formatPreserving',
  'noise',
  'dateShift',
  'generalise',
  'coding',
  'mask',
  'redact',
  'rankSwap',
  'microaggregation',
  'differentialPrivacy',
] as const;

/** As recipes write it. */
export type MethodName = (typeof methodNames)[number];

/** What a page says of each method. */
export const methodDescriptions: Readonly<Record<MethodName, MethodDescription>> = {
  keep: keepDescription,
  drop: dropDescription,
  suppress: suppressDescription,
  pseudonym: pseudonymDescription,
  formatPreserving: formatPreservingDescription,
  noise: noiseDescription,
  dateShift: dateShiftDescription,
  generalise: generaliseDescription,
  coding: codingDescription,
  mask: maskDescription,
  redact: redactDescription,
  rankSwap: rankSwapDescription,
  microaggregation: microaggregationDescription,
  differentialPrivacy: differentialDescription,
};
