import type { EntityId } from '../../../../../src/service/privacy/detect/entities.ts';
import type { SampledColumn } from '../../../../../src/service/privacy/detect/findings.ts';
import type { PersonalValues } from './personalValues.ts';

/*
 * A table of people as companies have them, half of its columns with headers that help and half without, and beside
 * them columns that are nobody's: what is found is compared with what is known.
 */

export interface Labelled {
  readonly name: string;
  readonly make: (made: PersonalValues, row: number) => string;
  readonly type?: string;
  /** Absent: not personal. */
  readonly entity?: EntityId;
}

export const labelledColumns: readonly Labelled[] = [
  { name: 'CustomerID', make: (_, row) => `C${100_000 + row * 7}`, entity: 'personKey' },
  { name: 'col_02', make: (made) => made.email(), entity: 'email' },
  { name: 'E-Mail privat', make: (made) => made.email(), entity: 'email' },
  { name: 'full_name', make: (made) => made.fullName(), entity: 'personName' },
  { name: 'Vorname', make: (made) => made.firstName(), entity: 'personName' },
  { name: 'surname', make: (made) => made.lastName(), entity: 'personName' },
  { name: 'col_07', make: (made) => made.fullName(), entity: 'personName' },
  { name: 'home_phone', make: (made) => made.usPhone(), entity: 'phone' },
  { name: 'col_09', make: (made) => made.germanMobile(), entity: 'phone' },
  { name: 'mobile', make: (made) => made.usPhone().replace(/\D/g, ''), type: 'BIGINT', entity: 'phone' },
  { name: 'col_11', make: (made) => made.card(), entity: 'paymentCard' },
  { name: 'payment', make: (made) => made.card().replace(/(\d{4})(?=\d)/g, '$1 '), entity: 'paymentCard' },
  { name: 'col_13', make: (made) => made.iban(), entity: 'iban' },
  { name: 'col_14', make: (made) => made.ssn(), entity: 'socialSecurity' },
  { name: 'ssn', make: (made) => made.ssn().replaceAll('-', ''), entity: 'socialSecurity' },
  { name: 'sin', make: (made) => made.canadianSin(), entity: 'nationalId' },
  { name: 'col_17', make: (made) => made.spanishDni(), entity: 'nationalId' },
  { name: 'col_18', make: (made) => made.frenchNir(), entity: 'nationalId' },
  { name: 'col_19', make: (made) => made.brazilianCpf(), entity: 'nationalId' },
  { name: 'bsn', make: (made) => made.dutchBsn(), entity: 'nationalId' },
  { name: 'col_21', make: (made) => made.polishPesel(), entity: 'nationalId' },
  { name: 'col_22', make: (made) => made.finnishHetu(), entity: 'nationalId' },
  { name: 'steuer_id', make: (made) => made.germanIdNr(), entity: 'taxId' },
  { name: 'nhs_no', make: (made) => made.nhsNumber(), entity: 'medicalRecord' },
  { name: 'col_25', make: (made) => made.npi(), entity: 'prescriber' },
  { name: 'mrn', make: (made) => `M${made.digits(7)}`, entity: 'medicalRecord' },
  { name: 'passport_number', make: (made) => `${made.letters(1)}${made.digits(8)}`, entity: 'passport' },
  {
    name: 'Kennzeichen',
    make: (made) => `B-${made.letters(2)} ${made.whole(100, 9999)}`,
    entity: 'licencePlate',
  },
  { name: 'last_ip', make: (made) => made.publicIp(), entity: 'ipAddress' },
  { name: 'col_30', make: (made) => made.imei(), entity: 'deviceId' },
  { name: 'col_31', make: (made) => made.vin(), entity: 'vehicleId' },
  { name: 'DOB', make: (made) => made.date(1935, 2006), type: 'DATE', entity: 'dateOfBirth' },
  {
    name: 'geburtsdatum',
    make: (made) => made.date(1935, 2006).split('-').reverse().join('.'),
    entity: 'dateOfBirth',
  },
  { name: 'admission_date', make: (made) => made.date(2021, 2025), type: 'DATE', entity: 'eventDate' },
  { name: 'age', make: (made) => String(made.whole(18, 95)), type: 'BIGINT', entity: 'age' },
  { name: 'gender', make: (made) => made.pick(['m', 'f', 'd']), entity: 'gender' },
  {
    name: 'religion',
    make: (made) => made.pick(['Catholic', 'Muslim', 'None', 'Jewish', 'Hindu']),
    entity: 'religion',
  },
  {
    name: 'diagnosis',
    make: (made) => made.pick(['E11.9', 'J45.0', 'I10', 'F32.1', 'C50.9', 'K21']),
    entity: 'health',
  },
  {
    name: 'annual_salary',
    make: (made) => String(made.whole(20_000, 250_000)),
    type: 'BIGINT',
    entity: 'income',
  },
  { name: 'street', make: (made) => made.street(), entity: 'address' },
  {
    name: 'city',
    make: (made) => made.pick(['Berlin', 'Bonn', 'Kleinmachnow', 'Paris', 'Lyon', 'Bad Belzig']),
    entity: 'city',
  },
  { name: 'zip', make: (made) => made.digits(5), entity: 'postcode' },
  {
    name: 'nationality',
    make: (made) => made.pick(['German', 'DE', 'France', 'Spain', 'Poland']),
    entity: 'country',
  },
  {
    name: 'notes',
    make: (made) =>
      `Spoke with ${made.fullName()} about the delayed delivery, answer to ${made.email()} until Friday`,
    entity: 'freeText',
  },
  { name: 'order_total', make: (made) => (made.random() * 900).toFixed(2), type: 'DECIMAL(10,2)' },
  { name: 'quantity', make: (made) => String(made.whole(1, 400)), type: 'BIGINT' },
  { name: 'col_47', make: (made) => made.digits(10) },
  { name: 'sku', make: (made) => `${made.letters(2)}-${made.digits(5)}` },
  {
    name: 'product',
    make: (made) =>
      `${made.pick(['Blue', 'Red', 'Large'])} ${made.pick(['Chair', 'Lamp', 'Desk'])} ${made.whole(1, 90)}`,
  },
  { name: 'status', make: (made) => made.pick(['open', 'closed', 'pending']) },
  { name: 'score', make: (made) => made.random().toFixed(6), type: 'DOUBLE' },
  { name: 'n_clicks', make: (made) => String(made.whole(0, 9_000)), type: 'INTEGER' },
  { name: 'row_number', make: (_, row) => String(row), type: 'BIGINT' },
  { name: 'colour', make: (made) => made.pick(['rose', 'white', 'black', 'brown', 'violet']) },
  { name: 'company_size', make: (made) => made.pick(['1-10', '11-50', '51-200', '201-500']) },
  { name: 'temperature', make: (made) => (made.random() * 40).toFixed(1), type: 'FLOAT' },
  { name: 'checksum', make: (made) => made.letters(8, '0123456789abcdef') },
  { name: 'app_version', make: (made) => `${made.whole(1, 4)}.${made.whole(0, 20)}.${made.whole(0, 9)}` },
];
/** Of so many rows, its different values. */
export function sampleOf(
  { name, make, type = 'VARCHAR' }: Labelled,
  made: PersonalValues,
  rowCount: number,
): SampledColumn {
  const values = [...new Set(Array.from({ length: rowCount }, (_, row) => make(made, row + 1)))];
  return { name, type, values, rowCount, distinctCount: values.length, nullCount: 0 };
}
