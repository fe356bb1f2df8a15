import { readColumn } from './columnContext.ts';
import { detectors } from './detectors.ts';
import type { EntityId } from './entities.ts';
import { isEmail } from './families/contact.ts';
import { isCardNumber } from './families/money.ts';
import { isUrl } from './families/network.ts';
import { isSsn } from './families/unitedStates.ts';
import { withoutAccents } from './header.ts';
import { isPhoneNumber } from './phoneNumber.ts';
import { firstNames } from './words/firstNames.ts';
import { lastNames } from './words/lastNames.ts';

/** A piece of a text that says who somebody is: `text.slice(start, end)`. */
export interface TextMatch {
  readonly entity: EntityId;
  /** Plain words for many of them. */
  readonly title: string;
  readonly start: number;
  readonly end: number;
}

interface TextPattern {
  readonly entity: EntityId;
  readonly title: string;
  readonly pattern: RegExp;
  readonly valid: (value: string, regions: readonly string[]) => boolean;
}

/** Forms that are hardly anything else. Where pieces overlap the earlier row wins: an address before the name within it. */
const certain: readonly TextPattern[] = [
  {
    entity: 'url',
    title: 'web addresses',
    pattern: /\b(?:https?|ftp):\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]|\bwww\.[^\s<>"']+[^\s<>"'.,;:!?)\]]/gi,
    valid: isUrl,
  },
  {
    entity: 'email',
    title: 'e-mail addresses',
    pattern: /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu,
    valid: isEmail,
  },
  {
    entity: 'socialSecurity',
    title: 'US social security numbers',
    pattern: /(?<![\w-])\d{3}([- ])\d{2}\1\d{4}(?![\w-])/g,
    valid: isSsn,
  },
  {
    entity: 'paymentCard',
    title: 'payment card numbers',
    pattern: /(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])/g,
    valid: isCardNumber,
  },
];

/** Forms that much else has as well: they take what numbers with check digits have left. */
const likely: readonly TextPattern[] = [
  {
    entity: 'phone',
    title: 'telephone numbers',
    pattern: /(?<![\w.:/-])(?:\+\d|\(\d{1,5}\)|\d)[\d .()/-]{6,20}\d(?![\w:/-])/g,
    valid: (value, regions) =>
      /[ ()/.+-]/.test(value) &&
      !/^\d{4}-\d\d?-\d\d?|^\d\d?([./-])\d\d?\1\d{2,4}|^\d+\.\d+$/.test(value) &&
      (value.startsWith('+')
        ? isPhoneNumber(value, undefined)
        : regions.some((region) => isPhoneNumber(value, region))),
  },
  {
    entity: 'personName',
    title: 'names of persons',
    pattern:
      /(?<![\p{L}\p{N}])(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|Sr|Sra)\.? )(?:\p{Lu}[\p{L}’'-]+|\p{Lu}\.)(?: (?:\p{Lu}[\p{L}’'-]+|\p{Lu}\.)){0,3}/gu,
    valid: () => true,
  },
  {
    entity: 'personName',
    title: 'names of persons',
    pattern: /(?<![\p{L}\p{N}])\p{Lu}[\p{Ll}’'-]+(?: \p{Lu}\.)?(?: \p{Lu}[\p{L}’'-]+){1,2}/gu,
    valid: isNameInText,
  },
];

/** In a text no column tells more about a number. */
const noColumn = readColumn(
  { name: '', type: 'VARCHAR', values: [], rowCount: 0, distinctCount: 0, nullCount: 0 },
  { siblings: [], regions: [], today: new Date(0) },
);
/** Numbers that carry enough of a check to be told in the middle of a text. */
const numberDetectors = detectors.filter(
  ({ alone, chance, pattern, valid, column }) =>
    alone >= 0.85 && chance <= 0.02 && pattern !== undefined && valid !== undefined && column === undefined,
);
const wordEdges = /[^\s"'()[\]{}<>,;:!?]+/g;

/**
 * What identifies people in a text, in order and without overlaps. Finds names of the dictionaries and after
 * titles, so not every name: a text that must give nobody away is dropped.
 * @param regions whose telephone numbers to expect: two-letter codes
 */
export function findInText(text: string, regions: readonly string[] = []): TextMatch[] {
  return withoutOverlaps([
    ...findForms(text, certain, regions),
    ...findNumbers(text),
    ...findForms(text, likely, regions),
  ]);
}

function findForms(text: string, forms: readonly TextPattern[], regions: readonly string[]): TextMatch[] {
  return forms.flatMap(({ entity, title, pattern, valid }) =>
    [...text.matchAll(pattern)]
      .filter((match) => valid(match[0], regions))
      .map((match) => ({ entity, title, start: match.index, end: match.index + match[0].length })),
  );
}

function findNumbers(text: string): TextMatch[] {
  const found: TextMatch[] = [];
  for (const match of text.matchAll(wordEdges)) {
    const word = match[0].replace(/\.+$/, '');
    if (word.length < 7 || !/\d/.test(word)) {
      continue;
    }
    const detector = numberDetectors.find(
      ({ pattern, valid }) => pattern!.test(word) && valid!(word, noColumn),
    );
    if (detector !== undefined) {
      const { entity, title } = detector;
      found.push({ entity, title, start: match.index, end: match.index + word.length });
    }
  }
  return found;
}

/** The first that was found keeps its place. */
function withoutOverlaps(found: readonly TextMatch[]): TextMatch[] {
  const kept: TextMatch[] = [];
  for (const match of found) {
    if (kept.every(({ start, end }) => match.end <= start || match.start >= end)) {
      kept.push(match);
    }
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** A known first name with another known name beside it: `Grace` alone is an ordinary word. */
function isNameInText(value: string): boolean {
  const words = withoutAccents(value).split(' ');
  return (
    firstNames.has(words[0]!.split('-', 1)[0]!) &&
    words.slice(1).some((word) => lastNames.has(word) || firstNames.has(word))
  );
}
