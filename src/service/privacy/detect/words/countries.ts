import { withoutAccents } from '../header.ts';
import { countryCodes } from '../phoneNumber.ts';

const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'pl'];
/** As data sets write them, beside the names that the languages have. */
const otherNames: Readonly<Record<string, string>> = {
  usa: 'US',
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'united states of america': 'US',
  'south korea': 'KR',
  south: 'KR',
  holand: 'NL',
  holland: 'NL',
  columbia: 'CO',
  trinadad: 'TT',
  yugoslavia: 'RS',
  hong: 'HK',
  'hong kong': 'HK',
  'czech republic': 'CZ',
  'ivory coast': 'CI',
  burma: 'MM',
  macedonia: 'MK',
  turkey: 'TR',
  russia: 'RU',
  'viet nam': 'VN',
};
let known: ReadonlyMap<string, string> | undefined;

/** The two-letter code of the country that a value names or abbreviates; `-` and `_` are read as spaces. */
export function countryOf(value: string): string | undefined {
  known ??= readCountries();
  return known.get(
    withoutAccents(value)
      .replace(/[-_&(),.']+/g, ' ')
      .trim(),
  );
}

/** Names come from the Unicode data that Node carries; made when the first column asks. */
function readCountries(): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  const names = languages.map((language) => new Intl.DisplayNames([language], { type: 'region' }));
  for (const code of countryCodes()) {
    map.set(code.toLowerCase(), code);
    for (const name of names) {
      const plain = withoutAccents(name.of(code) ?? code);
      map.set(plain.replace(/[-_&(),.']+/g, ' ').trim(), code);
    }
  }
  for (const [name, code] of Object.entries(otherNames)) {
    map.set(name, code);
  }
  return map;
}
