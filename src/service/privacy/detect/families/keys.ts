import { digitsOf, isOneDigitRepeated, passesLuhn, weightedSum } from '../checksums.ts';
import type { Detector } from '../detector.ts';

const personWords = [
  'user',
  'customer',
  'client',
  'person',
  'member',
  'employee',
  'student',
  'subscriber',
  'passenger',
  'driver',
  'citizen',
  'participant',
  'respondent',
  'subject',
  'voter',
  'guest',
  'kunde',
  'kunden',
  'nutzer',
  'benutzer',
  'mitarbeiter',
  'personal',
  'schuler',
  'utilisateur',
  'usuario',
  'cliente',
  'utente',
  'empleado',
  'employe',
  'gebruiker',
  'klant',
  'visitor',
  'contact',
];
const keyWords = ['id', 'key', 'no', 'nr', 'num', 'number', 'nummer', 'code', 'uuid', 'guid', 'ident'];
/** `user id`, `customer number`: a word for people with one for a key. */
const personKeyHeaders = [
  ...personWords.flatMap((person) => keyWords.map((key) => `${person} ${key}`)),
  'uid',
  'userid',
  'custid',
  'cust id',
  'empid',
  'emp id',
  'emp no',
  'kundennr',
  'kdnr',
  'matrikelnummer',
  'personalnummer',
  'staff id',
  'badge',
  'badge id',
  'loyalty card',
  'player id',
  'cookie',
  'cookie id',
  'session',
  'session id',
];
const uuid = /^\{?[\da-f]{8}-[\da-f]{4}-[0-8][\da-f]{3}-[\da-f]{4}-[\da-f]{12}\}?$/i;
const keyForm = /^[\w-]*\d[\w.-]*$|^[\da-f]{16,64}$|^[\w-]{20,64}$/i;

/** Keys of people, devices, vehicles and records. */
const vehicleHeaders = [
  'vin',
  'vehicle id',
  'vehicle identification',
  'chassis',
  'chassis number',
  'fahrgestellnummer',
  'fin',
];

export const keyDetectors: readonly Detector[] = [
  {
    id: 'person.key',
    entity: 'personKey',
    title: 'keys of persons',
    pattern: keyForm,
    column: ({ distinctCount, distinctRatio }) => distinctCount > 2 && distinctRatio > 0.001,
    chance: 0,
    alone: 0,
    withHeader: 0.9,
    headers: personKeyHeaders,
  },
  {
    id: 'account.key',
    entity: 'accountNumber',
    title: 'account numbers',
    pattern: /^(?=.*\d)[A-Z\d][A-Z\d -]{3,24}$/i,
    column: ({ distinctRatio, distinctCount }) => distinctCount > 2 && distinctRatio > 0.01,
    chance: 0,
    alone: 0,
    withHeader: 0.88,
    headers: [
      'account',
      'account no',
      'account num',
      'account number',
      'acct',
      'acct id',
      'konto',
      'vertragsnummer',
      'contract number',
      'contract id',
      'policy id',
      'certificate number',
    ],
    otherHeaders: ['type', 'balance', 'status', 'age', 'manager', 'name', 'code', 'title'],
  },
  {
    id: 'uuid',
    entity: 'recordKey',
    title: 'universally unique identifiers (UUID)',
    kinds: ['text'],
    pattern: uuid,
    valid: (value) => !/^[{}0-]+$/.test(value) && !/^[{}f-]+$/i.test(value),
    chance: 0,
    alone: 0.8,
    headers: [],
  },
  {
    id: 'record.key',
    entity: 'recordKey',
    title: 'keys of records',
    pattern: keyForm,
    column: ({ isKey, isSequence }) => isKey && !isSequence(),
    chance: 0,
    alone: 0,
    withHeader: 0.6,
    headers: ['id', 'key', 'guid', 'uuid', 'identifier', 'hash', 'token', 'ident'],
    otherHeaders: ['product', 'item', 'sku', 'species', 'sample', 'row', 'index', 'category', 'line'],
  },
  {
    id: 'device.key',
    entity: 'deviceId',
    title: 'device identifiers',
    pattern: keyForm,
    column: ({ distinctCount }) => distinctCount > 2,
    chance: 0,
    alone: 0,
    withHeader: 0.88,
    headers: [
      'device id',
      'deviceid',
      'device',
      'idfa',
      'gaid',
      'aaid',
      'android id',
      'advertising id',
      'imsi',
      'iccid',
      'udid',
      'serial',
      'serial number',
      'serial no',
      'seriennummer',
      'fingerprint id',
    ],
    otherHeaders: ['type', 'model', 'name', 'os', 'product'],
  },
  {
    id: 'imei',
    entity: 'deviceId',
    title: 'numbers of mobile phones (IMEI)',
    pattern: /^[0-9]\d[- ]?\d{6}[- ]?\d{6}[- ]?\d$/,
    valid: (value) => !isOneDigitRepeated(digitsOf(value)) && passesLuhn(digitsOf(value)),
    chance: 0.1,
    alone: 0.8,
    headers: ['imei', 'imei number', 'device id', 'meid'],
    width: 15,
  },
  {
    id: 'vin',
    entity: 'vehicleId',
    title: 'vehicle identification numbers (VIN)',
    kinds: ['text'],
    pattern: /^[A-HJ-NPR-Z\d]{8}[\dX][A-HJ-NPR-Z\d]{8}$/i,
    valid: isVin,
    chance: 0.091,
    alone: 0.92,
    headers: vehicleHeaders,
  },
  {
    id: 'vin.named',
    entity: 'vehicleId',
    title: 'vehicle identification numbers (VIN) without a North American check digit',
    kinds: ['text'],
    pattern: /^(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z\d]{17}$/i,
    chance: 0,
    alone: 0,
    withHeader: 0.9,
    headers: vehicleHeaders,
  },
  {
    id: 'ean',
    entity: 'productCode',
    title: 'product codes (EAN, GTIN, ISBN-13)',
    pattern: /^(\d{8}|\d{12,14}|97[89][- ]\d{1,5}[- ]\d{1,7}[- ]\d{1,7}[- ]\d)$/,
    valid: isEan,
    chance: 0.1,
    alone: 0.9,
    headers: ['ean', 'gtin', 'upc', 'isbn', 'isbn 13', 'barcode', 'sku', 'product code'],
  },
  {
    id: 'isbn10',
    entity: 'productCode',
    title: 'book numbers (ISBN-10)',
    pattern: /^\d{1,5}-?\d{1,7}-?\d{1,7}-?[\dX]$/i,
    valid: isIsbn10,
    chance: 0.091,
    alone: 0.88,
    headers: ['isbn', 'isbn 10'],
    width: 10,
  },
];

/** ISO 3779's form with the check digit of 49 CFR 565: letters as numbers, weights, modulus 11. */
function isVin(value: string): boolean {
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const letters = 'ABCDEFGH JKLMN P R STUVWXYZ';
  const numbers = '12345678 12345 7 9 23456789';
  const characters = [...value.toUpperCase()];
  const sum = characters.reduce((total, character, place) => {
    const number = /\d/.test(character) ? Number(character) : Number(numbers[letters.indexOf(character)]);
    return total + number * weights[place]!;
  }, 0);
  const check = sum % 11;
  return characters[8] === (check === 10 ? 'X' : String(check)) && /[A-Z]/i.test(value);
}

/** GS1: from the right, weights 3 and 1. */
function isEan(value: string): boolean {
  const digits = digitsOf(value);
  const body = [...digits.slice(0, -1)].reverse();
  const sum = body.reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return !isOneDigitRepeated(digits) && (10 - (sum % 10)) % 10 === Number(digits.at(-1));
}

function isIsbn10(value: string): boolean {
  const characters = value.replaceAll('-', '').toUpperCase();
  if (characters.length !== 10) {
    return false;
  }
  const sum = weightedSum(characters.slice(0, 9), [10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return (sum + (characters[9] === 'X' ? 10 : Number(characters[9]))) % 11 === 0;
}
