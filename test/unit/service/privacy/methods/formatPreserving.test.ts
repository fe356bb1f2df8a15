import { describe, expect, test } from 'vitest';
import { createFf1 } from '../../../../../src/service/privacy/methods/ff1.ts';
import {
  type FormatOptions,
  formatPreserving,
} from '../../../../../src/service/privacy/methods/formatPreserving.ts';
import { chiSquareScore, correlationScore } from '../statistics.ts';

/** Samples 1 to 9 of NIST's examples for FF1. */
const key128 = '2B7E151628AED2A6ABF7158809CF4F3C';
const key192 = '2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F';
const key256 = '2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94';
const tenBytes = '39383736353433323130';
const elevenBytes = '3737373770717273373737';

describe('the samples of NIST', () => {
  test.each([
    [1, key128, 10, '', '0123456789', '2433477484'],
    [2, key128, 10, tenBytes, '0123456789', '6124200773'],
    [3, key128, 36, elevenBytes, '0123456789abcdefghi', 'a9tv40mll9kdu509eum'],
    [4, key192, 10, '', '0123456789', '2830668132'],
    [5, key192, 10, tenBytes, '0123456789', '2496655549'],
    [6, key192, 36, elevenBytes, '0123456789abcdefghi', 'xbj3kv35jrawxv32ysr'],
    [7, key256, 10, '', '0123456789', '6657667009'],
    [8, key256, 10, tenBytes, '0123456789', '1001623463'],
    [9, key256, 36, elevenBytes, '0123456789abcdefghi', 'xs8a0azh2avyalyzuwd'],
  ])('sample %d', (_, key, radix, tweak, plain, secret) => {
    const ff1 = createFf1(Buffer.from(key, 'hex'), radix);
    const digits = (text: string) => Array.from(text, (digit) => Number.parseInt(digit, 36));
    const tweakBytes = Buffer.from(tweak, 'hex');
    expect(ff1.encrypt(digits(plain), tweakBytes)).toEqual(digits(secret));
    expect(ff1.decrypt(digits(secret), tweakBytes)).toEqual(digits(plain));
  });
});

const key = Buffer.alloc(32, 9);
const context = { dataset: 'd', column: 'card' };

function both(options: Partial<FormatOptions>, most?: bigint) {
  const all: FormatOptions = { alphabet: 'digits', keep: 0, ...options };
  return {
    encrypt: formatPreserving(key, all, { ...context, most }, 'encrypt'),
    decrypt: formatPreserving(key, all, { ...context, most }, 'decrypt'),
  };
}

describe('formats', () => {
  test('separators stay, the beginning is kept, the card has its check digit, and comes back', () => {
    const { encrypt, decrypt } = both({ keep: 6, check: 'luhn' });
    const secret = encrypt('4111 1111-1111 1111', 0) as string;
    expect(secret).toMatch(/^4111 11\d\d-\d{4} \d{4}$/);
    expect(secret).not.toBe('4111 1111-1111 1111');
    expect(luhn(secret)).toBe(true);
    expect(decrypt(secret, 0)).toBe('4111 1111-1111 1111');
  });

  test('an IBAN keeps its country and letters and has new check digits that are right', () => {
    const { encrypt, decrypt } = both({ check: 'iban' });
    const iban = 'IT60 X054 2811 1010 0000 0123 456';
    const secret = encrypt(iban, 0) as string;
    expect(secret).toMatch(/^IT\d\d X\d{3} \d{4} \d{4} \d{4} \d{4} \d{3}$/);
    const moved = secret.replaceAll(' ', '');
    const digits = (moved.slice(4) + moved.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
      String(Number.parseInt(letter, 36)),
    );
    expect(BigInt(digits) % 97n).toBe(1n);
    expect(decrypt(secret, 0)).toBe(iban);
  });

  test('a modulus of 11, of which one check digit is X', () => {
    const { encrypt, decrypt } = both({ check: 'mod11' });
    for (const isbn of ['080442957X', '0306406152', '3-16-148410-X']) {
      expect(decrypt(encrypt(isbn, 0), 0)).toBe(isbn);
    }
  });

  test('a column of whole numbers gets whole numbers of as many digits', () => {
    const { encrypt, decrypt } = both({}, 2n ** 63n - 1n);
    for (let number = 100_000; number < 101_000; number += 1) {
      const secret = encrypt(number, 0) as number;
      expect(String(secret)).toMatch(/^[1-9]\d{5}$/);
      expect(decrypt(secret, 0)).toBe(number);
    }
    for (const extreme of ['-9007199254740993123', '9223372036854775807', '-9223372036854775808']) {
      expect(decrypt(encrypt(extreme, 0), 0)).toBe(extreme);
    }
  });

  test('what comes out fits the type of the column', () => {
    const { encrypt, decrypt } = both({}, 2n ** 31n - 1n);
    for (let number = 2_000_000_000; number < 2_000_000_200; number += 1) {
      const secret = encrypt(-number, 0) as number;
      expect(secret).toBeGreaterThanOrEqual(-(2 ** 31));
      expect(secret).toBeLessThanOrEqual(-1_000_000_000);
      expect(decrypt(secret, 0)).toBe(-number);
    }
  });

  test('another column and another kept part give another number', () => {
    const { encrypt } = both({ keep: 2 });
    const elsewhere = formatPreserving(
      key,
      { alphabet: 'digits', keep: 2 },
      { ...context, column: 'x' },
      'encrypt',
    );
    expect(elsewhere('11123456', 0)).not.toBe(encrypt('11123456', 0));
    expect(String(encrypt('12123456', 0)).slice(2)).not.toBe(String(encrypt('11123456', 0)).slice(2));
    expect(encrypt(null, 0)).toBeNull();
  });
});

describe('refused', () => {
  test.each<[string, Partial<FormatOptions>, string, RegExp]>([
    ['five digits', {}, '12345', /^Row 3 of card has 5 characters to encrypt.*at least 6/],
    ['what is left after the kept part', { keep: 6 }, '12345678901', /5 characters to encrypt/],
    ['four letters of 26 would do, three not', { alphabet: 'alphanumeric' }, 'A1B', /at least 4/],
    ['a letter among digits', {}, '12345A6789', /does not have the format “digits”/],
    ['a wrong check digit, which could not come back', { check: 'luhn' }, '4111111111111112', /check luhn/],
    ['an empty text', {}, '', /0 characters/],
  ])('%s', (_, options, value, message) => {
    const refusal = () => both(options).encrypt(value, 2);
    expect(refusal).toThrow(message);
    expect(refusal).not.toThrow(value || 'nothing');
  });
});

test('without the key, what comes out looks random', () => {
  const { encrypt } = both({});
  const numbers = Array.from({ length: 5000 }, (_, index) => Number(encrypt(String(1_000_000 + index), 0)));
  expect(new Set(numbers).size).toBe(5000);
  for (let place = 0; place < 7; place += 1) {
    const counts = new Array<number>(10).fill(0);
    for (const number of numbers) {
      counts[Math.floor(number / 10 ** place) % 10]! += 1;
    }
    expect(Math.abs(chiSquareScore(counts, new Array<number>(10).fill(500)))).toBeLessThan(4);
  }
  expect(Math.abs(correlationScore(numbers, [...numbers.keys()]))).toBeLessThan(3.5);
});

function luhn(text: string): boolean {
  const digits = Array.from(text.replace(/\D/g, ''), Number).reverse();
  const sum = digits.reduce(
    (total, digit, at) => total + (at % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit]! : digit),
    0,
  );
  return sum % 10 === 0;
}
