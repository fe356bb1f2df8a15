import type { ColumnRole } from '../../../protocol/privacy.ts';

export type SuggestedMethod =
  | 'pseudonym'
  | 'generalise'
  | 'dateShift'
  | 'drop'
  | 'redact'
  | 'keep'
  | 'noise'
  | 'topCode';

/** One of the eighteen kinds of identifiers that HIPAA's Safe Harbor, 45 CFR 164.514(b)(2)(i), wants removed. */
export interface SafeHarborItem {
  /** A to R, as in the regulation. */
  readonly letter: string;
  readonly title: string;
}

/** What a kind of value means for people, and what to do with it unless somebody decides otherwise. */
export interface Entity {
  readonly role: ColumnRole;
  readonly method: SuggestedMethod;
  readonly reason: string;
  /** Its role in a table that is about people, where that is another one. */
  readonly roleOfPeople?: ColumnRole;
  /** Only people have it: a table with such a column is about people. */
  readonly ofPeople?: boolean;
  /** GDPR, article 9. */
  readonly specialCategory?: boolean;
  readonly safeHarbor?: SafeHarborItem;
}

/** The eighteen items of 45 CFR 164.514(b)(2)(i) that a column can hold. */
const item = {
  names: { letter: 'A', title: 'Names' },
  places: { letter: 'B', title: 'Geographic subdivisions smaller than a state' },
  dates: { letter: 'C', title: 'Elements of dates except the year, and ages over 89' },
  phone: { letter: 'D', title: 'Telephone numbers' },
  fax: { letter: 'E', title: 'Fax numbers' },
  email: { letter: 'F', title: 'E-mail addresses' },
  socialSecurity: { letter: 'G', title: 'Social security numbers' },
  medicalRecord: { letter: 'H', title: 'Medical record numbers' },
  healthPlan: { letter: 'I', title: 'Health plan beneficiary numbers' },
  account: { letter: 'J', title: 'Account numbers' },
  licence: { letter: 'K', title: 'Certificate and licence numbers' },
  vehicle: { letter: 'L', title: 'Vehicle identifiers and licence plates' },
  device: { letter: 'M', title: 'Device identifiers and serial numbers' },
  url: { letter: 'N', title: 'Web addresses' },
  ip: { letter: 'O', title: 'IP addresses' },
  biometric: { letter: 'P', title: 'Biometric identifiers' },
  photo: { letter: 'Q', title: 'Full-face photographs' },
  other: { letter: 'R', title: 'Any other unique identifying number, characteristic or code' },
} as const satisfies Record<string, SafeHarborItem>;

const joinable =
  'It names one person; a keyed pseudonym hides it and still joins rows and tables. Drop it where nothing is joined.';
const formatted =
  'It leads straight to one person; a keyed pseudonym hides it and keeps equal values equal. Encrypt it with its format kept where programs need the format.';

const identifier: Entity = {
  role: 'direct',
  method: 'pseudonym',
  reason: joinable,
  ofPeople: true,
};
const reachable: Entity = { ...identifier, reason: formatted };
const trait: Entity = {
  role: 'quasi',
  method: 'generalise',
  reason: 'Together with other traits it singles people out; fewer, broader groups hide them among others.',
};
const special: Entity = {
  role: 'sensitive',
  method: 'keep',
  reason:
    'It is what must not be learnt of anybody: keep it for analysis only where the other columns give nobody away.',
  ofPeople: true,
  specialCategory: true,
};
const place: Entity = {
  ...trait,
  safeHarbor: item.places,
  reason: 'A small area holds few people; a larger one hides them.',
};
const amount: Entity = {
  role: 'sensitive',
  method: 'noise',
  reason:
    'Keyed noise keeps sums and averages and hides the exact amount; code the few highest, which stand out.',
};
const organisation: Entity = {
  role: 'other',
  method: 'keep',
  reason: 'It names an organisation. Of sole traders it is personal: choose a pseudonym there.',
};

export const entities = {
  email: { ...reachable, safeHarbor: item.email },
  phone: { ...reachable, safeHarbor: item.phone },
  fax: { ...reachable, safeHarbor: item.fax },
  paymentCard: { ...reachable, safeHarbor: item.account },
  iban: { ...reachable, safeHarbor: item.account },
  bankAccount: { ...reachable, safeHarbor: item.account },
  cryptoWallet: { ...reachable, safeHarbor: item.account },
  bankCode: {
    role: 'quasi',
    method: 'keep',
    reason: 'It names a bank, not a person; with other traits it can narrow down who it is.',
  },
  ipAddress: { ...reachable, safeHarbor: item.ip, ofPeople: false },
  macAddress: { ...reachable, safeHarbor: item.device, ofPeople: false },
  url: {
    role: 'quasi',
    method: 'pseudonym',
    reason: 'Addresses often carry names and session keys in their path.',
    safeHarbor: item.url,
  },
  socialSecurity: { ...identifier, safeHarbor: item.socialSecurity },
  nationalId: { ...identifier, safeHarbor: item.other },
  taxId: { ...identifier, safeHarbor: item.other },
  prescriber: { ...identifier, safeHarbor: item.licence },
  companyId: organisation,
  vatNumber: organisation,
  passport: { ...identifier, safeHarbor: item.other },
  drivingLicence: { ...identifier, safeHarbor: item.licence },
  licencePlate: { ...identifier, safeHarbor: item.vehicle },
  vehicleId: { ...identifier, safeHarbor: item.vehicle, ofPeople: false },
  deviceId: { ...identifier, safeHarbor: item.device, ofPeople: false },
  personName: { ...identifier, safeHarbor: item.names },
  userName: { ...identifier, safeHarbor: item.other },
  personKey: { ...identifier, safeHarbor: item.other },
  accountNumber: { ...identifier, safeHarbor: item.account },
  medicalRecord: { ...identifier, safeHarbor: item.medicalRecord },
  healthPlan: { ...identifier, safeHarbor: item.healthPlan },
  recordKey: {
    role: 'other',
    roleOfPeople: 'direct',
    method: 'pseudonym',
    reason:
      'Each row has its own value, so whoever holds another table with it can join; a pseudonym cuts that.',
    safeHarbor: item.other,
  },
  secret: {
    ...identifier,
    method: 'drop',
    reason: 'A secret has no use in an analysis and opens an account.',
  },
  address: {
    ...identifier,
    method: 'drop',
    safeHarbor: item.places,
    reason: 'A street address names a household; keep the town or a part of the postal code instead.',
  },
  city: place,
  region: { ...trait, reason: 'Large areas are seldom a risk alone, but they add to the other traits.' },
  country: { ...trait, reason: 'Rare countries stand out; merge them into regions.' },
  postcode: { ...place, reason: 'Its first three characters stand for an area with enough people.' },
  coordinates: {
    ...place,
    reason: 'Four decimals are eleven metres, which is one house; round to two or fewer.',
  },
  dateOfBirth: {
    role: 'quasi',
    method: 'generalise',
    reason: 'With sex and postal code it names most people; a year or a band of ages does not.',
    ofPeople: true,
    safeHarbor: item.dates,
  },
  eventDate: {
    role: 'quasi',
    method: 'dateShift',
    reason:
      'Whoever knows when something happened finds the row; a secret shift per person keeps the intervals.',
    safeHarbor: item.dates,
  },
  age: {
    ...trait,
    safeHarbor: item.dates,
    reason: 'Bands of ages hide people among others; ages over 89 belong in one band, 90 and more.',
  },
  gender: { ...trait, method: 'keep', reason: 'Two or three large groups: a risk only beside other traits.' },
  maritalStatus: { ...trait, ofPeople: true },
  education: { ...trait, ofPeople: true },
  occupation: { ...trait, ofPeople: true },
  employment: { ...trait, ofPeople: true },
  language: { ...trait },
  ethnicity: {
    ...special,
    role: 'quasi',
    method: 'generalise',
    reason:
      'Others can see it, so it helps to recognise people, and it is specially protected: merge the small groups.',
  },
  religion: special,
  politics: special,
  unionMembership: special,
  sexuality: special,
  health: special,
  genetics: { ...special, method: 'drop', reason: 'A genome names its owner and relatives for ever.' },
  biometrics: {
    ...special,
    method: 'drop',
    safeHarbor: item.biometric,
    reason: 'A body cannot be changed when its measures have become known.',
  },
  photo: {
    ...identifier,
    method: 'drop',
    safeHarbor: item.photo,
    reason: 'A face is recognised by people and machines alike.',
  },
  income: amount,
  balance: {
    ...amount,
    method: 'topCode',
    reason:
      'The few highest amounts stand out and lead to their owners; one top value for them hides who they are.',
  },
  freeText: {
    role: 'sensitive',
    method: 'redact',
    reason: 'People write names and numbers into text; redact what is found, or drop the column to be sure.',
  },
  productCode: {
    role: 'other',
    method: 'keep',
    reason: 'It names a product, not a person.',
  },
} as const satisfies Record<string, Entity>;

export type EntityId = keyof typeof entities;

export function entityOf(id: EntityId): Entity {
  return entities[id];
}
