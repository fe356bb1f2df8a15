/** The words of a column's name, and every run of up to four of them written together. */
export interface Header {
  readonly words: ReadonlySet<string>;
  readonly joined: ReadonlySet<string>;
}

const longestPhrase = 4;

/** `Date-of_Birth`, `dateOfBirth` and `DATE OF BIRTH` are the same words. */
export function readHeader(name: string): Header {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .map(withoutAccents)
    .filter((word) => word !== '');
  const joined = new Set<string>();
  for (let start = 0; start < words.length; start += 1) {
    for (let end = start + 1; end <= Math.min(words.length, start + longestPhrase); end += 1) {
      joined.add(words.slice(start, end).join(''));
    }
  }
  return { words: new Set(words), joined };
}

interface CompiledPhrases {
  /** From the phrase without its spaces to the phrase. */
  readonly whole: ReadonlyMap<string, string>;
  readonly beginnings: readonly { readonly beginning: string; readonly phrase: string }[];
}

const compiled = new WeakMap<readonly string[], CompiledPhrases>();

/**
 * The longest of `phrases` that the header has as whole words, so that the `lic` of a licence is never found in
 * `public`; undefined when there is none. Tables of phrases are kept, so `phrases` must not change.
 */
export function findPhrase(header: Header, phrases: readonly string[]): string | undefined {
  let table = compiled.get(phrases);
  if (table === undefined) {
    table = compile(phrases);
    compiled.set(phrases, table);
  }
  let found: string | undefined;
  for (const joined of header.joined) {
    const phrase =
      table.whole.get(joined) ??
      table.beginnings.find(({ beginning }) => joined.startsWith(beginning))?.phrase;
    if (phrase !== undefined && phrase.length > (found?.length ?? 0)) {
      found = phrase;
    }
  }
  return found;
}

function compile(phrases: readonly string[]): CompiledPhrases {
  const isBeginning = (phrase: string) => phrase.endsWith('*');
  return {
    whole: new Map(
      phrases.filter((phrase) => !isBeginning(phrase)).map((phrase) => [phrase.replaceAll(' ', ''), phrase]),
    ),
    beginnings: phrases
      .filter(isBeginning)
      .map((phrase) => ({ beginning: phrase.slice(0, -1).replaceAll(' ', ''), phrase })),
  };
}

const lettersWithoutDecomposition: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ı: 'i',
};

/** Lower case, without accents: the form in which headers and dictionaries are compared. */
export function withoutAccents(text: string): string {
  const lower = text.toLowerCase();
  if (/^[ -~]*$/.test(lower)) {
    return lower;
  }
  return lower
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßøłæœđı]/g, (letter) => lettersWithoutDecomposition[letter]!);
}
