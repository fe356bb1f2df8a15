import { describe, expect, it } from 'vitest';
import { detectPersonalData } from '../../../../../src/service/privacy/detect/detectPersonalData.ts';
import type { ColumnFinding, SampledColumn } from '../../../../../src/service/privacy/detect/findings.ts';
import { selectFrom, suggestFrom } from '../../../../../src/service/privacy/detect/findings.ts';
import { PersonalValues } from './personalValues.ts';

const today = new Date('2026-06-15T00:00:00Z');
const rows = 5_000;

describe('one column', () => {
  it('tells what it found in words, with the form of three values and what to do', () => {
    const made = new PersonalValues();
    const values = [...Array.from({ length: 499 }, () => made.email()), 'broken@'];
    const found = detect(column('Kunden-Mail', values));
    expect(found).toMatchObject({
      column: 'Kunden-Mail',
      entity: 'email',
      title: 'e-mail addresses',
      role: 'direct',
      method: 'pseudonym',
      specialCategory: false,
      safeHarbor: { letter: 'F', title: 'E-mail addresses' },
    });
    expect(found.confidence).toBeGreaterThan(0.97);
    expect(found.evidence).toEqual([
      'E-mail addresses: 99.8 % of 499 distinct values are valid.',
      'The header says “mail”.',
    ]);
    expect(found.maskedSamples).toHaveLength(3);
    expect(found.maskedSamples.join('')).not.toMatch(/[a-z]{2}/i);
    expect(found.methodReason).toContain('pseudonym');
  });

  it('says which other numbers the values could be', () => {
    const made = new PersonalValues();
    const found = detect(
      column(
        'number',
        generate(() => made.canadianSin()),
      ),
    );
    expect(found.entity).toBe('nationalId');
    expect(found.evidence.join(' ')).toContain('Of random values of this form');
    expect(found.evidence.join(' ')).toContain('It could also be');
  });

  it('says that numbers with the right header fail their check, and does not select them', () => {
    const made = new PersonalValues();
    const found = detect(
      column(
        'nhs_number',
        generate(() => made.digits(10)),
      ),
    );
    expect(found.entity).toBe('medicalRecord');
    expect(found.confidence).toBeGreaterThanOrEqual(suggestFrom);
    expect(found.confidence).toBeLessThan(selectFrom);
    expect(found.evidence.join(' ')).toContain('most fail the check');
  });

  it('takes numbers without a check digit by their form where the header says what they are', () => {
    const made = new PersonalValues();
    const values = generate(() => `${made.letters(3)}P${made.letters(1)}${made.digits(4)}${made.letters(1)}`);
    expect(detect(column('PAN', values))).toMatchObject({ entity: 'taxId', role: 'direct' });
    expect(detect(column('batch', values)).confidence).toBeLessThan(suggestFrom);
  });

  it('tells of ages over 89, and keeps bands of income as they are', () => {
    const ages = detect(
      column(
        'age',
        generate((index) => String(20 + (index % 76))),
        'BIGINT',
      ),
    );
    expect(ages.evidence.join(' ')).toContain('Ages over 89');
    expect(detect(column('income', ['<=50K', '>50K']))).toMatchObject({ entity: 'income', method: 'keep' });
    const written = generate((index) => `$${20 + index},500`);
    expect(detect(column('income', written))).toMatchObject({ entity: 'income', method: 'generalise' });
    const amounts = column(
      'income',
      generate((index) => String(20_000 + index * 37)),
      'BIGINT',
    );
    expect(detect(amounts)).toMatchObject({ entity: 'income', method: 'noise' });
  });

  it('is not held up by values as long as books', () => {
    const hostile = [
      `1${' '.repeat(100_000)}x`,
      'a.'.repeat(50_000),
      `${'a '.repeat(50_000)}@`,
      '1'.repeat(100_000),
    ];
    expect(detect(column('income', hostile)).maskedSamples.every((masked) => masked.length <= 25)).toBe(true);
  });

  it('gives whole numbers their lost zeros back', () => {
    const made = new PersonalValues();
    const numbers = generate(() => String(Number(made.ssn().replaceAll('-', ''))));
    expect(numbers.some((number) => number.length < 9)).toBe(true);
    expect(detect(column('ssn', numbers, 'BIGINT'))).toMatchObject({ entity: 'socialSecurity' });
  });

  it('has nothing to say of a column without values', () => {
    expect(detect({ ...column('email', []), nullCount: rows })).toMatchObject({
      confidence: 0,
      role: 'other',
      method: 'keep',
      maskedSamples: [],
    });
  });
});

describe('columns tell about each other', () => {
  it('reads telephone numbers as those of the countries of the table', () => {
    const values = generate(
      (index) => `${20 + (index % 10)} ${10 + (index % 80)} ${10 + (index % 71)} ${10 + (index % 67)}`,
    );
    const phone = column('contact', values);
    const [alone] = detectPersonalData([phone], { today });
    const [beside] = detectPersonalData([phone, column('country', ['Denmark', 'Danmark', 'DK'])], {
      today,
    });
    expect(beside).toMatchObject({ entity: 'phone' });
    expect(beside!.confidence).toBeGreaterThan(alone!.confidence);
  });

  it('takes latitude and longitude for a place only together', () => {
    const made = new PersonalValues();
    const lat = column(
      'lat',
      generate(() => (made.random() * 180 - 90).toFixed(5)),
      'DOUBLE',
    );
    const lon = column(
      'lon',
      generate(() => (made.random() * 360 - 180).toFixed(5)),
      'DOUBLE',
    );
    expect(detectPersonalData([lat, lon], { today }).map(({ entity }) => entity)).toEqual([
      'coordinates',
      'coordinates',
    ]);
    expect(detect(lat).entity).toBeUndefined();
  });

  it('takes the key of a row for a direct identifier where rows are people', () => {
    const made = new PersonalValues();
    const key = column(
      'id',
      generate(() => made.uuid()),
    );
    const email = column(
      'email',
      generate(() => made.email()),
    );
    expect(detect(key)).toMatchObject({ entity: 'recordKey', role: 'other' });
    expect(detectPersonalData([email, key], { today })[1]).toMatchObject({
      entity: 'recordKey',
      role: 'direct',
    });
  });

  it('believes less in the sex of rows that no other column says are people', () => {
    const sex = column('sex', ['MALE', 'FEMALE']);
    const made = new PersonalValues();
    const [ofAnimals] = detectPersonalData([sex, column('species', ['Adelie', 'Gentoo'])], { today });
    const [, ofPeople] = detectPersonalData(
      [
        column(
          'name',
          generate(() => made.fullName()),
        ),
        sex,
      ],
      { today },
    );
    expect(ofAnimals).toMatchObject({ entity: 'gender' });
    expect(ofAnimals!.confidence).toBeLessThan(suggestFrom);
    expect(ofPeople!.confidence).toBeGreaterThan(ofAnimals!.confidence);
  });
});

describe('what other tools take for personal', () => {
  const made = new PersonalValues();
  const quiet: readonly [string, SampledColumn][] = [
    ['whole numbers 1 to N under no name', column('Unnamed: 0', generate(String), 'BIGINT')],
    ['whole numbers 1 to N called id', column('id', generate(String), 'BIGINT')],
    [
      'random numbers of nine digits',
      column(
        'value',
        generate(() => made.digits(9)),
      ),
    ],
    [
      'random numbers of eleven digits',
      column(
        'measure',
        generate(() => `1${made.digits(10)}`),
        'BIGINT',
      ),
    ],
    [
      'random numbers of sixteen digits',
      column(
        'reference',
        generate(() => made.digits(16)),
      ),
    ],
    [
      'prices',
      column(
        'price',
        generate(() => (made.random() * 1000).toFixed(2)),
        'DECIMAL(10,2)',
      ),
    ],
    [
      'prices as text',
      column(
        'price',
        generate(() => (made.random() * 1000).toFixed(2)),
      ),
    ],
    [
      'milliseconds since 1970',
      column(
        'value',
        generate(() => `1${made.digits(12)}`),
        'BIGINT',
      ),
    ],
    [
      'milliseconds since 1970 as text',
      column(
        'ref',
        generate(() => `1${made.digits(12)}`),
      ),
    ],
    [
      'versions',
      column(
        'version',
        generate(() => `${made.whole(1, 9)}.${made.whole(0, 20)}.${made.whole(0, 9)}.${made.whole(0, 30)}`),
      ),
    ],
    [
      'dates beside telephone numbers',
      column(
        'when',
        generate(() => made.date(2024, 2025).replaceAll('-', '.')),
      ),
    ],
    ['words that contain "lic"', column('public', ['INTRODUCTORY', 'H1', 'ADVANCED', 'H2', 'EXPERT'])],
    [
      'products',
      column(
        'product_name',
        generate((index) => `Steel Bolt M${index % 40} Pack ${index}`),
      ),
    ],
    [
      'measurements',
      column(
        'beak_length_mm',
        generate(() => (30 + made.random() * 20).toFixed(1)),
        'DOUBLE',
      ),
    ],
    [
      'codes of articles',
      column(
        'sku',
        generate(() => `${made.letters(3)}-${made.digits(4)}`),
      ),
    ],
    [
      'weights of a survey',
      column(
        'fnlwgt',
        generate(() => String(made.whole(12_285, 1_484_705))),
        'BIGINT',
      ),
    ],
    ['truth', column('is_active', ['true', 'false'], 'BOOLEAN')],
    ['colours', column('colour', ['Red', 'Green', 'Blue', 'Rose', 'Amber', 'Violet', 'Brown', 'White'])],
  ];
  it.each(quiet)('%s', (_, sampled) => {
    expect(detect(sampled).confidence).toBeLessThan(suggestFrom);
  });

  it('finds no telephone number inside a GUID, and says what it is', () => {
    const found = detect(
      column(
        'request',
        generate(() => made.uuid()),
      ),
    );
    expect(found).toMatchObject({ entity: 'recordKey', role: 'other' });
  });

  it('calls e-mail addresses e-mail addresses, not web addresses, whatever the header', () => {
    expect(
      detect(
        column(
          'url',
          generate(() => made.email()),
        ),
      ).entity,
    ).toBe('email');
    expect(
      detect(
        column(
          'website',
          generate(() => `www.${made.pick(['example', 'web'])}.com/${made.digits(5)}`),
        ),
      ).entity,
    ).toBe('url');
  });

  it('finds what is in the few cells of a column that is nearly empty', () => {
    const sampled = { ...column('contact', generate(() => made.email()).slice(0, 12)), nullCount: rows - 12 };
    expect(detect(sampled)).toMatchObject({ entity: 'email' });
    const placeholders = column('contact', ['n/a', '-', 'NULL', '?', ...sampled.values]);
    expect(detect(placeholders).confidence).toBe(detect(sampled).confidence);
  });

  it('does not take a driving licence for every word of its form', () => {
    const values = generate(() => `${made.letters(1)}${made.digits(7)}`);
    expect(detect(column('batch', values)).entity).not.toBe('drivingLicence');
    expect(detect(column('driver_license', values))).toMatchObject({ entity: 'drivingLicence' });
  });

  it('tells book and product codes from numbers of persons', () => {
    const isbn = generate(() => {
      const body = made.digits(9);
      const sum = [...body].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
      const check = (11 - (sum % 11)) % 11;
      return `${body}${check === 10 ? 'X' : check}`;
    });
    expect(detect(column('code', isbn))).toMatchObject({ entity: 'productCode', role: 'other' });
  });
});

function detect(sampled: SampledColumn): ColumnFinding {
  return detectPersonalData([sampled], { today })[0]!;
}

function generate(make: (index: number) => string): string[] {
  return Array.from({ length: 500 }, (_, index) => make(index + 1));
}

function column(name: string, values: readonly string[], type = 'VARCHAR'): SampledColumn {
  const distinct = [...new Set(values)];
  const rowCount = distinct.length > 100 ? distinct.length : rows;
  return { name, type, values: distinct, rowCount, distinctCount: distinct.length, nullCount: 0 };
}
