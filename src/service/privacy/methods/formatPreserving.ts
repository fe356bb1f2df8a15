import { lengthPrefixed } from '../../../keys/derive.ts';
import type { Cell } from '../../data/encodedTable.ts';
import { type CheckName, checkDigits } from './checkDigits.ts';
import { domainTooSmall, wrongFormat } from './errors.ts';
import { createFf1, smallestDomain } from './ff1.ts';
import type { CellTransform, MethodDescription } from './method.ts';

export const formatPreservingDescription: MethodDescription = {
  title: 'Format-preserving encryption',
  sentence:
    'Replaces each number or code by another of the same length and form, which the holder of the key can turn back.',
  limit:
    'Pseudonymised, not anonymous: equal values stay equal, so how often each occurs can still be seen, and the holder ' +
    'of the key can read it.',
  reversible: 'keyHolder',
};

export const alphabets = {
  digits: '0123456789',
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  hexadecimal: '0123456789abcdef',
  alphanumeric: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
} as const;
export type AlphabetName = keyof typeof alphabets;

export interface FormatOptions {
  readonly alphabet: AlphabetName;
  /** Characters at the beginning that stay as they are, separators not counted: a bank's number, a country. */
  readonly keep: number;
  /** How the check digits are computed that the new number must have. */
  readonly check?: CheckName | undefined;
}

export interface FormatContext {
  readonly dataset: string;
  readonly column: string;
  /** Of a column of whole numbers, the greatest that it holds: no other comes out, and none with a zero before it. */
  readonly most?: bigint | undefined;
}

export type FormatDirection = 'encrypt' | 'decrypt';

/**
 * FF1 over the characters of the alphabet. What is neither letter nor digit stays where it is; a letter or digit
 * outside the alphabet is refused, since it would be left readable (in an IBAN letters stay, by which banks are told).
 * The tweak is made of the dataset, the column and the part that is kept.
 */
export function formatPreserving(
  key: Uint8Array,
  options: FormatOptions,
  context: FormatContext,
  direction: FormatDirection,
): CellTransform {
  const alphabet = alphabets[options.alphabet];
  const ff1 = createFf1(key, alphabet.length);
  return (value, row) => {
    if (value === null) {
      return null;
    }
    const parts = new Parts(value, options, () => wrongFormat(context.column, row + 1, formatText(options)));
    const digits = parts.encrypted.map((at) => alphabet.indexOf(parts.characters[at]!));
    if (alphabet.length ** digits.length < smallestDomain) {
      throw domainTooSmall(context.column, row + 1, digits.length, alphabet.length);
    }
    const tweak = lengthPrefixed([context.dataset, context.column, parts.kept]);
    const result = (changed: readonly number[]) => parts.with(changed.map((digit) => alphabet[digit]!));
    const { most } = context;
    // Encrypts again as long as what comes out does not fit; decrypting walks the same way back.
    let changed = ff1[direction](digits, tweak);
    while (most !== undefined && !isWhole(result(changed), most)) {
      changed = ff1[direction](changed, tweak);
    }
    const text = result(changed);
    return typeof value === 'number' ? Number(text) : text;
  };
}

/** Whether a column that holds numbers up to `most` keeps this text as it is. */
function isWhole(text: string, most: bigint): boolean {
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  return /^[1-9]\d*$/.test(digits) && BigInt(digits) <= most + (negative ? 1n : 0n);
}

function formatText({ alphabet, keep, check }: FormatOptions): string {
  const parts = [keep > 0 ? [`${keep} kept`] : [], [alphabet], check ? [`check ${check}`] : []];
  return `“${parts.flat().join(', ')}”`;
}

/** A value taken apart: which of its characters are encrypted, kept, computed, or separators. */
class Parts {
  readonly characters: string[];
  /** Places of the characters that are encrypted. */
  readonly encrypted: readonly number[];
  readonly kept: string;
  readonly #check: CheckName | undefined;
  readonly #significant: readonly number[];

  constructor(value: Exclude<Cell, null>, options: FormatOptions, refused: () => Error) {
    this.characters = Array.from(String(value));
    this.#check = options.check;
    this.#significant = [...this.characters.keys()].filter((at) =>
      /[\p{L}\p{N}]/u.test(this.characters[at]!),
    );
    const checked = new Set(
      options.check ? checkDigits[options.check].positions(this.#significant.length) : [],
    );
    const keep = options.check === 'iban' ? Math.max(2, options.keep) : options.keep;
    const free = this.#significant.filter((_, index) => index >= keep && !checked.has(index));
    const alphabet = alphabets[options.alphabet];
    this.encrypted = free.filter((at) => alphabet.includes(this.characters[at]!));
    this.kept = this.#significant
      .filter((_, index) => index < keep && !checked.has(index))
      .map((at) => this.characters[at]!)
      .join('');
    const foreign = options.check !== 'iban' && this.encrypted.length < free.length;
    // A check digit that does not fit could not be brought back.
    if (foreign || !this.#checkHolds()) {
      throw refused();
    }
  }

  with(changed: readonly string[]): string {
    for (const [index, at] of this.encrypted.entries()) {
      this.characters[at] = changed[index]!;
    }
    for (const [at, character] of this.#checkCharacters()) {
      this.characters[at] = character;
    }
    return this.characters.join('');
  }

  #checkHolds(): boolean {
    return this.#checkCharacters().every(([at, character]) => this.characters[at] === character);
  }

  #checkCharacters(): readonly (readonly [number, string])[] {
    if (!this.#check) {
      return [];
    }
    const rule = checkDigits[this.#check];
    const computed = rule.compute(this.#significant.map((at) => this.characters[at]!));
    return rule
      .positions(this.#significant.length)
      .map((position, index) => [this.#significant[position] ?? -1, computed[index]!] as const);
  }
}
