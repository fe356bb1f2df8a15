/** Times and durations as protocol buffers write them in JSON: with three digits, or none, after the point. */

export function encodeTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

/** Undefined for what is no time. Digits beyond milliseconds are dropped. */
export function decodeTimestamp(text: string): number | undefined {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isTime ? Date.parse(text.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

export function encodeDuration(milliseconds: number): string {
  const seconds = Math.trunc(Math.abs(milliseconds) / 1_000);
  const rest = Math.abs(milliseconds) % 1_000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  return `${milliseconds < 0 ? '-' : ''}${seconds}${fraction}s`;
}

export function decodeDuration(text: string): number | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [, sign, seconds, fraction = ''] = match;
  const milliseconds = Number(seconds) * 1_000 + Number(`${fraction}000`.slice(0, 3));
  return sign ? -milliseconds : milliseconds;
}
