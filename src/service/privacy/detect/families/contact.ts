import { parse } from 'tldts';
import type { Detector } from '../detector.ts';
import { isPhoneNumber } from '../phoneNumber.ts';

const emailHeaders = [
  'email',
  'e mail',
  'mail',
  'emails',
  'email address',
  'correo',
  'courriel',
  'posta*',
  'epost',
  'sahkoposti',
];
const phoneHeaders = [
  'phone',
  'phones',
  'telephone',
  'tel',
  'mobile',
  'cell',
  'cellphone',
  'phone number',
  'telefon*',
  'telefoon*',
  'handy',
  'handynummer',
  'mobil',
  'mobilnummer',
  'rufnummer',
  'movil',
  'celular',
  'portable',
  'cellulare',
  'gsm',
  'whatsapp',
  'msisdn',
  'puhelin',
];
const faxHeaders = ['fax', 'telefax', 'fax number', 'faxnummer', 'telecopie'];

/** A number takes a hundredth of a millisecond and more, in each country that it could be of. */
const enoughNumbers = 300;
/** What looks like a number of a telephone and is a date, an amount, an address of the network or an SSN. */
const noPhone =
  /^(\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](\d{4}|\d{2}))([ T]\d\d?:.*)?$|^\d{1,3}(\.\d{1,3}){3}$|^\d+[.,]\d{1,2}$|^\d{1,3}(\.\d{3})+$/;
const socialSecurityForm = /^\d{3}([- .])\d{2}\1\d{4}$/;

/** E-mail, telephone and fax. */
export const contactDetectors: readonly Detector[] = [
  {
    id: 'email',
    entity: 'email',
    title: 'e-mail addresses',
    kinds: ['text'],
    pattern: /^[^\s@"(),:;<>[\]\\]{1,64}@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u,
    valid: isEmail,
    chance: 0.001,
    alone: 0.99,
    headers: emailHeaders,
  },
  {
    id: 'phone.international',
    enough: enoughNumbers,
    entity: 'phone',
    title: 'telephone numbers with a country code',
    kinds: ['text'],
    pattern: /^(\+|00)\d[\d .()/-]{6,22}(\s*(x|ext\.?)\s*\d{1,6})?$/i,
    valid: (value) => isPhoneNumber(value.replace(/^00/, '+'), undefined),
    chance: 0.15,
    alone: 0.95,
    headers: phoneHeaders,
  },
  {
    id: 'phone.written',
    enough: enoughNumbers,
    entity: 'phone',
    title: 'telephone numbers',
    kinds: ['text'],
    pattern: /^(?=.*\d[ ./()-]+\d)[+(]?\d[\d .()/-]{5,22}(\s*(x|ext\.?)\s*\d{1,6})?$/i,
    valid: isRegionalPhone,
    chance: 0.45,
    alone: 0.8,
    headers: phoneHeaders,
    otherHeaders: faxHeaders,
  },
  {
    id: 'phone.digits',
    enough: enoughNumbers,
    entity: 'phone',
    title: 'telephone numbers',
    pattern: /^\d{7,15}$/,
    valid: (value, column) =>
      column.regions.some((region) => isPhoneNumber(value, region)) || isPhoneNumber(`+${value}`, undefined),
    chance: 0.45,
    alone: 0,
    withHeader: 0.95,
    headers: phoneHeaders,
    otherHeaders: faxHeaders,
  },
  {
    id: 'fax',
    enough: enoughNumbers,
    entity: 'fax',
    title: 'fax numbers',
    pattern: /^[+(]?\d[\d .()/-]{5,22}$/,
    valid: (value, column) => isPhoneNumber(value, undefined) || isRegionalPhone(value, column),
    chance: 0.45,
    alone: 0,
    headers: faxHeaders,
  },
];

function isRegionalPhone(value: string, { regions }: { readonly regions: readonly string[] }): boolean {
  return (
    !noPhone.test(value) &&
    !socialSecurityForm.test(value) &&
    regions.some((region) => isPhoneNumber(value, region))
  );
}

/** RFC 5321's lengths and dots, and a top-level domain that exists. */
export function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  if (value.length > 254 || local.startsWith('.') || local.endsWith('.') || value.includes('..')) {
    return false;
  }
  if (!domain.split('.').every((label) => /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label))) {
    return false;
  }
  return hasKnownDomain(domain);
}

export function hasKnownDomain(host: string): boolean {
  const { isIcann, isPrivate, domain } = parse(host);
  return domain !== null && (isIcann === true || isPrivate === true);
}
