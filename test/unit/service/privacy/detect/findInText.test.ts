import { describe, expect, it } from 'vitest';
import { detectPersonalData } from '../../../../../src/service/privacy/detect/detectPersonalData.ts';
import { findInText } from '../../../../../src/service/privacy/detect/findInText.ts';
import { PersonalValues } from './personalValues.ts';

describe('a text', () => {
  it('gives the places of what identifies people', () => {
    const text =
      'Please call Mrs. Zwingli (0151 23456789) or write to Anna.Schmidt@web.de; card 4111 1111 1111 1111, ' +
      'see https://example.com/u/42, SSN 536-90-4399. James Brown, CPF 390.533.447-05, agreed.';
    const pieces = findInText(text, ['DE']).map(
      ({ entity, start, end }) => `${entity}: ${text.slice(start, end)}`,
    );
    expect(pieces).toEqual([
      'personName: Mrs. Zwingli',
      'phone: 0151 23456789',
      'email: Anna.Schmidt@web.de',
      'paymentCard: 4111 1111 1111 1111',
      'url: https://example.com/u/42',
      'socialSecurity: 536-90-4399',
      'personName: James Brown',
      'nationalId: 390.533.447-05',
    ]);
  });

  it('leaves ordinary words, dates, amounts, GUIDs and wrong numbers alone', () => {
    const text =
      'On 2024-01-31 at 12:30 Grace under pressure cost 1,234.56 EUR in New York; request ' +
      '123e4567-e89b-42d3-a456-426614174000 had 4111 1111 1111 1112 items, 31.12.1999, version 1.2.3.4.';
    expect(findInText(text, ['US', 'DE'])).toEqual([]);
  });
});

describe('a column of sentences', () => {
  const made = new PersonalValues(5);

  it('is told by what its cells have in them', () => {
    const values = Array.from({ length: 300 }, (_, index) =>
      index % 3 === 0
        ? `Ticket ${index}: ${made.fullName()} asked to be called back at ${made.usPhone()} before the weekend.`
        : `Ticket ${index}: the parcel was delivered to the wrong floor and came back two days later.`,
    );
    const [found] = detectPersonalData([
      { name: 'remarks', type: 'VARCHAR', values, rowCount: 300, distinctCount: 300, nullCount: 0 },
    ]);
    expect(found).toMatchObject({ entity: 'freeText', role: 'direct', method: 'redact' });
    expect(found!.confidence).toBeGreaterThan(0.9);
    expect(found!.evidence.join(' ')).toMatch(/\d+ cells of 200 have telephone numbers in them\./);
    expect(found!.maskedSamples.every((masked) => masked.length <= 25)).toBe(true);
  });

  it('is still a text when nobody is found in it', () => {
    const values = Array.from(
      { length: 50 },
      (_, index) => `The parcel number was read wrongly in all of ${index} cases today.`,
    );
    const [found] = detectPersonalData([
      { name: 'x', type: 'VARCHAR', values, rowCount: 50, distinctCount: 50, nullCount: 0 },
    ]);
    expect(found).toMatchObject({ entity: 'freeText', role: 'sensitive', confidence: 0.6 });
  });
});
