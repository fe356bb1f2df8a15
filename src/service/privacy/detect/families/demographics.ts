import type { ColumnContext } from '../columnContext.ts';
import type { Detector } from '../detector.ts';

const incomeHeaders = [
  'income',
  'salary',
  'wage',
  'wages',
  'pay',
  'earnings',
  'annual income',
  'salaries',
  'compensation',
  'bonus',
  'gehalt',
  'lohn',
  'einkommen',
  'salaire',
  'revenu',
  'salario',
  'sueldo',
  'ingresos',
  'stipendio',
  'reddito',
  'renda',
  'salaris',
  'inkomen',
  'lon',
  'salary class',
  'household income',
  'net worth',
];
const balanceHeaders = [
  'balance',
  'account balance',
  'capital gain',
  'capital loss',
  'credit limit',
  'credit score',
  'debt',
  'loan',
  'loan amount',
  'savings',
  'kontostand',
  'schulden',
  'solde',
  'saldo',
  'mortgage',
  'fico',
];
const ageHeaders = [
  'age',
  'ages',
  'alter',
  'lebensalter',
  'edad',
  'eta',
  'idade',
  'leeftijd',
  'alder',
  'ika',
  'wiek',
  'vek',
  'patient age',
  'age years',
  'age group',
  'agegroup',
  'altersgruppe',
  'tranche age',
  'anchor age',
];

/** Ages and amounts of money. */
export const demographicDetectors: readonly Detector[] = [
  {
    id: 'age',
    note: ofTheOldest,
    entity: 'age',
    title: 'ages in years',
    kinds: ['integer', 'decimal', 'text'],
    pattern: /^\d{1,3}(\.\d+)?$/,
    valid: (value) => Number(value) <= 120,
    column: isVariedNumber,
    chance: 0,
    alone: 0,
    withHeader: 0.93,
    headers: ageHeaders,
    otherHeaders: ['days', 'account', 'building', 'house', 'vehicle', 'car', 'rock', 'months', 'tree'],
  },
  {
    id: 'age.group',
    entity: 'age',
    title: 'bands of ages',
    kinds: ['text'],
    pattern: /^([<>]=?|under|over|unter|uber)? ?\d{1,3}( ?(-|–|to|bis) ?\d{1,3}|\+| ?(and|und) .*)?$/i,
    chance: 0,
    alone: 0,
    withHeader: 0.85,
    headers: ageHeaders,
  },
  {
    id: 'income',
    entity: 'income',
    title: 'income',
    kinds: ['integer', 'decimal', 'text'],
    pattern: /^[<>=~$€£ -]*\d[\d.,' ]*[kKmM]?( ?[-–] ?[\d.,']+[kK]?)?[+ ]*[$€£]?([A-Z]{3})?$/,
    chance: 0,
    alone: 0,
    withHeader: 0.92,
    headers: incomeHeaders,
    otherHeaders: ['id', 'date', 'type', 'grade', 'period'],
  },
  {
    id: 'balance',
    entity: 'balance',
    title: 'amounts of money that belong to somebody',
    kinds: ['integer', 'decimal', 'text'],
    pattern: /^[-+$€£ ]*\d[\d.,' ]*[$€£]?$/,
    chance: 0,
    alone: 0,
    withHeader: 0.7,
    headers: balanceHeaders,
    otherHeaders: ['id', 'date', 'type', 'status', 'class'],
  },
];

function ofTheOldest({ numbers }: ColumnContext): string | undefined {
  const old = numbers()?.filter((age) => age > 89).length ?? 0;
  return old === 0 ? undefined : `Ages over 89 are among them; HIPAA's Safe Harbor wants those in one band.`;
}

function isVariedNumber({ distinctCount }: ColumnContext): boolean {
  return distinctCount >= 3;
}
