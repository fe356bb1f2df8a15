import { digitsOf, isOneDigitRepeated, passesLuhn } from '../checksums.ts';
import type { Detector } from '../detector.ts';

const ssnHeaders = [
  'ssn',
  'social security',
  'social security number',
  'social security no',
  'soc sec',
  'ss number',
  'socsec',
];
const itinHeaders = ['itin', 'taxpayer id', 'individual taxpayer', 'tin', 'tax id'];

/** Numbers of the United States, most of which have no check digit. */
export const unitedStatesDetectors: readonly Detector[] = [
  {
    id: 'us.ssn',
    entity: 'socialSecurity',
    title: 'US social security numbers',
    kinds: ['text'],
    pattern: /^\d{3}([- .])\d{2}\1\d{4}$/,
    valid: isSsn,
    chance: 0.88,
    alone: 0.93,
    headers: ssnHeaders,
    country: 'US',
  },
  {
    id: 'us.ssn.digits',
    entity: 'socialSecurity',
    title: 'US social security numbers',
    pattern: /^\d{9}$/,
    valid: isSsn,
    chance: 0.88,
    alone: 0,
    withHeader: 0.95,
    headers: ssnHeaders,
    country: 'US',
    width: 9,
  },
  {
    id: 'us.itin',
    entity: 'taxId',
    title: 'US individual taxpayer numbers (ITIN)',
    kinds: ['text'],
    pattern: /^9\d{2}([- ])\d{2}\1\d{4}$/,
    valid: isItin,
    chance: 0.45,
    alone: 0.9,
    headers: itinHeaders,
    country: 'US',
  },
  {
    id: 'us.itin.digits',
    entity: 'taxId',
    title: 'US individual taxpayer numbers (ITIN)',
    pattern: /^9\d{8}$/,
    valid: isItin,
    chance: 0.45,
    alone: 0,
    headers: itinHeaders,
    country: 'US',
  },
  {
    id: 'us.npi',
    entity: 'prescriber',
    title: 'US provider numbers (NPI)',
    pattern: /^[12]\d{9}$/,
    valid: (value) => passesLuhn(`80840${value}`),
    chance: 0.1,
    alone: 0.85,
    headers: ['npi', 'provider', 'provider id', 'prescriber', 'national provider', 'physician id'],
    country: 'US',
  },
  {
    id: 'us.mbi',
    entity: 'healthPlan',
    title: 'US Medicare beneficiary identifiers (MBI)',
    kinds: ['text'],
    // C A AN N A AN N A A N N, where A leaves out S, L, O, I, B and Z.
    pattern:
      /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}$/i,
    chance: 0.001,
    alone: 0.9,
    headers: ['mbi', 'medicare', 'beneficiary', 'medicare id', 'bene id', 'hicn'],
    country: 'US',
  },
  {
    id: 'us.dea',
    entity: 'prescriber',
    title: 'US prescriber numbers (DEA)',
    kinds: ['text'],
    pattern: /^[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}$/i,
    valid: isDea,
    chance: 0.1,
    alone: 0.9,
    headers: ['dea', 'dea number', 'dea no', 'prescriber', 'prescriber id'],
    country: 'US',
  },
];

/** Areas, groups and serials that were never given out; numbers known from advertisements. */
export function isSsn(value: string): boolean {
  const digits = digitsOf(value);
  const [area, group, serial] = [digits.slice(0, 3), digits.slice(3, 5), digits.slice(5)];
  return (
    area !== '000' &&
    area !== '666' &&
    area < '900' &&
    group !== '00' &&
    serial !== '0000' &&
    !isOneDigitRepeated(digits) &&
    digits !== '078051120' &&
    digits !== '219099999' &&
    digits !== '123456789'
  );
}

/** The groups that the IRS uses: 50 to 65, 70 to 88, 90 to 92 and 94 to 99. */
function isItin(value: string): boolean {
  const group = Number(digitsOf(value).slice(3, 5));
  return (
    (group >= 50 && group <= 65) ||
    (group >= 70 && group <= 88) ||
    (group >= 90 && group <= 92) ||
    (group >= 94 && group <= 99)
  );
}

function isDea(value: string): boolean {
  const digits = [...value.slice(2)].map(Number);
  const [a, b, c, d, e, f, check] = digits as [number, number, number, number, number, number, number];
  return (a + c + e + 2 * (b + d + f)) % 10 === check;
}
