import { createHash } from 'node:crypto';
import { isValidBIC, isValidIBAN } from 'ibantools';
import { digitsOf, isOneDigitRepeated, passesLuhn, weightedSum } from '../checksums.ts';
import type { Detector } from '../detector.ts';

/** The brands' first digits with the lengths they use. */
const cardNumber = new RegExp(
  [
    '^4(\\d{12}|\\d{15}|\\d{18})$', // Visa
    '^(5[1-5]\\d{2}|222[1-9]|22[3-9]\\d|2[3-6]\\d{2}|27[01]\\d|2720)\\d{12}$', // Mastercard
    '^3[47]\\d{13}$', // American Express
    '^(6011|65\\d{2}|64[4-9]\\d)\\d{12}(\\d{3})?$', // Discover
    '^35(2[89]|[3-8]\\d)\\d{12}(\\d{3})?$', // JCB
    '^3(0[0-5]|[68]\\d)\\d{11}$', // Diners Club
  ].join('|'),
);

/** Cards, accounts and wallets. */
export const moneyDetectors: readonly Detector[] = [
  {
    id: 'card',
    entity: 'paymentCard',
    title: 'payment card numbers',
    pattern: /^\d(?:[ -]?\d){12,18}$/,
    valid: isCardNumber,
    chance: 0.04,
    alone: 0.95,
    headers: [
      'card',
      'card number',
      'credit card',
      'creditcard',
      'cc',
      'ccnum',
      'pan',
      'debit card',
      'kreditkarte*',
      'kartennummer',
      'carte',
      'tarjeta',
      'carta',
      'visa',
      'kortnummer',
    ],
  },
  {
    id: 'iban',
    entity: 'iban',
    title: 'international bank account numbers',
    kinds: ['text'],
    pattern: /^[A-Z]{2}\d{2}[ -]?[A-Z0-9](?:[ -]?[A-Z0-9]){9,29}$/i,
    valid: (value) => isValidIBAN(value.replace(/[ -]/g, '').toUpperCase()),
    chance: 0.01,
    alone: 0.97,
    headers: ['iban', 'account', 'bank account', 'konto*', 'compte', 'cuenta', 'conto', 'rekening*'],
  },
  {
    id: 'bic',
    entity: 'bankCode',
    title: 'bank codes (BIC)',
    kinds: ['text'],
    pattern: /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/,
    valid: (value) => isValidBIC(value),
    // Every fifth pair of letters is the code of a country, and capitals of eight letters are many things.
    chance: 0.37,
    alone: 0.5,
    headers: ['bic', 'swift', 'swift code', 'bank code'],
  },
  {
    id: 'us.aba',
    entity: 'bankCode',
    title: 'US bank routing numbers',
    pattern: /^(0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/,
    valid: (value) => weightedSum(value, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
    chance: 0.1,
    alone: 0.6,
    headers: ['aba', 'routing', 'routing number', 'rtn', 'transit number'],
    country: 'US',
    width: 9,
  },
  {
    id: 'bank.account',
    entity: 'bankAccount',
    title: 'bank account numbers',
    pattern: /^\d[\d -]{4,19}\d$/,
    chance: 0,
    alone: 0,
    withHeader: 0.85,
    headers: [
      'bank account',
      'account no',
      'account number',
      'acct',
      'acct no',
      'acct num',
      'account num',
      'kontonummer',
      'kontonr',
      'konto',
      'numero de compte',
      'numero cuenta',
      'cuenta bancaria',
      'sort code',
      'clabe',
      'cbu',
    ],
  },
  {
    id: 'crypto',
    entity: 'cryptoWallet',
    title: 'addresses of crypto wallets',
    kinds: ['text'],
    pattern: /^([13][1-9A-HJ-NP-Za-km-z]{25,34}|(bc1|tb1|ltc1)[02-9ac-hj-np-z]{11,71}|0x[\da-fA-F]{40})$/i,
    valid: isWallet,
    chance: 0.001,
    alone: 0.9,
    headers: ['wallet', 'bitcoin', 'btc', 'eth', 'ethereum', 'crypto', 'wallet address'],
  },
];

export function isCardNumber(value: string): boolean {
  const digits = digitsOf(value);
  // One sign between the groups, or none: a list of numbers is no card.
  const signs = new Set(value.replace(/\d/g, ''));
  return signs.size <= 1 && cardNumber.test(digits) && !isOneDigitRepeated(digits) && passesLuhn(digits);
}

function isWallet(value: string): boolean {
  if (/^0x/i.test(value)) {
    return !/^0x(.)\1*$/i.test(value);
  }
  return /^(bc|tb|ltc)1/i.test(value) ? passesBech32(value) : passesBase58Check(value);
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Bitcoin's Base58Check: 21 bytes and the first four of their double SHA-256. */
function passesBase58Check(value: string): boolean {
  let number = 0n;
  for (const character of value) {
    const digit = base58.indexOf(character);
    if (digit < 0) {
      return false;
    }
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16);
  if (hex.length > 50) {
    return false;
  }
  const bytes = Buffer.from(hex.padStart(50, '0'), 'hex');
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Bech32 (BIP 173) and Bech32m (BIP 350). */
function passesBech32(value: string): boolean {
  const lower = value.toLowerCase();
  if (value !== lower && value !== value.toUpperCase()) {
    return false;
  }
  const separator = lower.lastIndexOf('1');
  const prefix = [...lower.slice(0, separator)].map((character) => character.charCodeAt(0));
  const data = [...lower.slice(separator + 1)].map((character) => bech32.indexOf(character));
  const expanded = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data];
  const remainder = expanded.reduce(bech32Step, 1);
  return !data.includes(-1) && (remainder === 1 || remainder === 0x2bc830a3);
}

const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function bech32Step(sum: number, value: number): number {
  const top = sum >>> 25;
  const shifted = ((sum & 0x1ffffff) << 5) ^ value;
  return generator.reduce((rest, term, bit) => ((top >>> bit) & 1 ? rest ^ term : rest), shifted);
}
