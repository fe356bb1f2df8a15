import { hmacSha256 } from './hmac.ts';
import type { CellTransform, MethodDescription } from './method.ts';

export const redactDescription: MethodDescription = {
  title: 'Redact inside text',
  sentence:
    'Finds names, addresses, numbers and the like inside free text and writes their kind in their place.',
  limit: 'What no finder recognises stays readable: look at a sample before the text is given away.',
  reversible: 'no',
};

/** Finds one kind of personal data inside a text. */
export interface TextFinder {
  /** In capitals in the text that replaces it: EMAIL, PHONE, NAME. */
  readonly label: string;
  /** Places in UTF-16 units, `end` exclusive, in any order; they may overlap those of other finders. */
  find(text: string): Iterable<FoundSpan>;
}

export interface FoundSpan {
  readonly start: number;
  readonly end: number;
  /** Where a finder knows several kinds. */
  readonly label?: string | undefined;
}

export interface RedactOptions {
  /** With a key, `[EMAIL 7f3a]`: the same code for the same value, so that a text can still be followed. */
  readonly key?: Uint8Array | undefined;
}

/** `[LABEL]` in place of everything that a finder knows; where two overlap, the one that begins first or is longer. */
export function redact(finders: readonly TextFinder[], { key }: RedactOptions = {}): CellTransform {
  const hmac = key && hmacSha256(key);
  return (value) => {
    if (typeof value !== 'string') {
      return value;
    }
    let text = '';
    let at = 0;
    for (const { start, end, label } of spansOf(value, finders)) {
      text += value.slice(at, start) + replacement(label, value.slice(start, end), hmac);
      at = end;
    }
    return text + value.slice(at);
  };
}

/** What is left of the overlap of two spans is redacted too: both are joined under the label of the first. */
function spansOf(text: string, finders: readonly TextFinder[]): (FoundSpan & { readonly label: string })[] {
  const found = finders
    .flatMap((finder) =>
      [...finder.find(text)].map(({ start, end, label = finder.label }) => ({ start, end, label })),
    )
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const joined: { start: number; end: number; label: string }[] = [];
  for (const span of found) {
    const last = joined.at(-1);
    if (last && span.start < last.end) {
      last.end = Math.max(last.end, span.end);
    } else {
      joined.push({ ...span });
    }
  }
  return joined;
}

function replacement(label: string, value: string, hmac: ((message: string) => Buffer) | undefined): string {
  const code = hmac?.(`${label}:${value.normalize('NFC')}`).toString('hex', 0, 4);
  return code === undefined ? `[${label}]` : `[${label} ${code}]`;
}
