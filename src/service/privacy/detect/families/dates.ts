import type { ColumnContext } from '../columnContext.ts';
import { readDate } from '../dateText.ts';
import type { Detector } from '../detector.ts';

const birthHeaders = [
  'dob',
  'd o b',
  'birth',
  'birthday',
  'birthdate',
  'birth date',
  'date of birth',
  'born',
  'geburt*',
  'gebdat',
  'geb',
  'geb datum',
  'naissance',
  'date naissance',
  'ddn',
  'nacimiento',
  'fecha nacimiento',
  'fechanacimiento',
  'nascita',
  'datanascita',
  'nascimento',
  'geboorte*',
  'fodelse*',
  'fodsel*',
  'syntyma*',
  'urodzenia',
  'narozeni',
  'dogum*',
];
const eventHeaders = [
  'admission',
  'admitted',
  'discharge',
  'discharged',
  'death',
  'died',
  'dod',
  'visit',
  'appointment',
  'hired',
  'hire',
  'hire date',
  'enrolled',
  'enrolment',
  'enrollment',
  'signup',
  'sign up',
  'registered',
  'joined',
  'last login',
  'login',
  'last seen',
  'purchase',
  'transaction',
  'service date',
  'surgery',
  'aufnahme*',
  'entlassung*',
  'eintritt*',
  'embauche',
  'admittime',
  'dischtime',
];
const yearsOfLife = 115;
const dayInMilliseconds = 86_400_000;

/** Dates of birth, and dates on which something happened. */
export const dateDetectors: readonly Detector[] = [
  {
    id: 'birth.named',
    entity: 'dateOfBirth',
    title: 'dates of birth',
    kinds: ['text', 'date', 'integer'],
    pattern: /\d/,
    valid: isLifetime,
    chance: 0,
    alone: 0,
    withHeader: 0.98,
    headers: birthHeaders,
    otherHeaders: ['place', 'city', 'country', 'weight', 'ort', 'rate', 'lieu', 'lugar'],
  },
  {
    id: 'birth.histogram',
    entity: 'dateOfBirth',
    title: 'dates that spread like dates of birth',
    kinds: ['text', 'date'],
    pattern: /\d/,
    column: spreadsLikeBirths,
    valid: isLifetime,
    chance: 0,
    alone: 0.55,
    headers: [],
  },
  {
    id: 'birth.year',
    entity: 'dateOfBirth',
    title: 'years of birth',
    kinds: ['integer', 'text', 'decimal'],
    pattern: /^(19|20)\d\d(\.0)?$/,
    valid: (value, { today }) => Number(value) <= today.getUTCFullYear(),
    chance: 0,
    alone: 0,
    withHeader: 0.95,
    headers: [
      'yob',
      'birthyear',
      'year of birth',
      'birth year',
      'year birth',
      'geburtsjahr',
      'annee naissance',
      'ano nacimiento',
      'anno nascita',
      ...birthHeaders,
    ],
  },
  {
    id: 'event.named',
    entity: 'eventDate',
    title: 'dates of events in the lives of people',
    kinds: ['text', 'date'],
    pattern: /\d/,
    valid: (value, { today }) => readDate(value, today) !== undefined,
    chance: 0,
    alone: 0,
    withHeader: 0.85,
    headers: eventHeaders,
  },
  {
    id: 'event',
    entity: 'eventDate',
    title: 'dates or times',
    kinds: ['text', 'date'],
    pattern: /\d/,
    valid: (value, { today }) => readDate(value, today) !== undefined,
    chance: 0,
    alone: 0.6,
    withHeader: 0.65,
    headers: [
      'date',
      'time',
      'timestamp',
      'datetime',
      'datum',
      'fecha',
      'data',
      'created',
      'updated',
      'created at',
      'updated at',
    ],
  },
  {
    id: 'event.epoch',
    entity: 'eventDate',
    title: 'times as seconds or milliseconds since 1970',
    kinds: ['integer', 'text'],
    pattern: /^1\d{9}(\d{3}|\d{6})?$/,
    chance: 0,
    alone: 0,
    withHeader: 0.6,
    headers: [
      'time',
      'timestamp',
      'ts',
      'epoch',
      'created',
      'created at',
      'updated at',
      'unix time',
      'date',
      'datetime',
      'zeit*',
    ],
  },
];

function isLifetime(value: string, { today }: ColumnContext): boolean {
  const time = readDate(value, today);
  if (time === undefined) {
    return false;
  }
  const age = (today.getTime() - time) / dayInMilliseconds / 365.25;
  return age >= 0 && age <= yearsOfLife;
}

/** Ages from a few to many years, hardly any of the last year, over more than a generation; and never a time of day. */
function spreadsLikeBirths({ values, today, column }: ColumnContext): boolean {
  if (/^TIMESTAMP|^DATETIME/.test(column.type.toUpperCase()) || values.length < 30) {
    return false;
  }
  const times = values.map((value) => readDate(value, today)).filter((time) => time !== undefined);
  const ages = times
    .map((time) => (today.getTime() - time) / dayInMilliseconds / 365.25)
    .sort((a, b) => a - b);
  const [low, middle, high] = [0.05, 0.5, 0.95].map((share) => ages[Math.floor(share * (ages.length - 1))]!);
  return (
    ages.length > values.length * 0.95 && low! > 1 && middle! >= 15 && middle! <= 80 && high! - low! > 30
  );
}
