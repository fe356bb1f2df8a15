import { describe, expect, it } from 'vitest';
import { columnKind } from '../../../../../src/service/privacy/detect/columnContext.ts';
import {
  isHopeless,
  valueScore,
  wilsonInterval,
} from '../../../../../src/service/privacy/detect/confidence.ts';
import { readDate } from '../../../../../src/service/privacy/detect/dateText.ts';
import { selectFrom, suggestFrom } from '../../../../../src/service/privacy/detect/findings.ts';
import { findPhrase, readHeader } from '../../../../../src/service/privacy/detect/header.ts';
import { maskedSamples, maskValue } from '../../../../../src/service/privacy/detect/mask.ts';

describe('headers', () => {
  it.each([
    ['dateOfBirth', 'date of birth'],
    ['DATE_OF_BIRTH', 'date of birth'],
    ['Geburtsdatum (Kind)', 'geburt*'],
    ['prénom', 'prenom'],
    ['IPAddress', 'ip address'],
    ['ZIP5', 'zip'],
    ['Straße', 'strasse'],
    ['userID', 'user id'],
  ])('%s says "%s"', (name, phrase) => {
    expect(findPhrase(readHeader(name), [phrase])).toBe(phrase);
  });

  it.each([
    ['public', 'lic'],
    ['description', 'ip'],
    ['message', 'age'],
    ['capital', 'cap'],
    ['birth', 'date of birth'],
  ])('%s does not say "%s"', (name, phrase) => {
    expect(findPhrase(readHeader(name), [phrase])).toBeUndefined();
  });
});

describe('scores', () => {
  it("has Wilson's interval", () => {
    // 8 of 10 at 95 %, as in the literature: 0.490 to 0.943.
    const { low, high } = wilsonInterval(8, 10, 1.96);
    expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.490', '0.943']);
  });

  it('suggests from one half on, and selects from 0.85', () => {
    expect([suggestFrom, selectFrom]).toEqual([0.5, 0.85]);
  });

  it('is nothing for what chance gives, and nearly 1 for a full column', () => {
    expect(valueScore(100, 1_000, { chance: 0.1 }, false)).toBe(0);
    expect(valueScore(1_000, 1_000, { chance: 0.1 }, false)).toBeGreaterThan(0.99);
    expect(valueScore(300, 1_000, { chance: 0, coverage: 0.25 }, false)).toBe(1);
    expect(valueScore(0, 0, { chance: 0 }, true)).toBe(0);
  });

  it('believes a few values only beside a header', () => {
    expect(valueScore(3, 3, { chance: 0.1 }, false)).toBeLessThan(0.5);
    expect(valueScore(3, 3, { chance: 0.1 }, true)).toBeGreaterThan(0.7);
  });

  it('gives up only where no end could help', () => {
    expect(isHopeless(6, 64, { chance: 0.1 })).toBe(true);
    expect(isHopeless(40, 64, { chance: 0.1 })).toBe(false);
  });
});

describe('masks', () => {
  it('shows the form alone', () => {
    expect(maskValue('anna@web.de')).toBe('a•••@•••.••');
    expect(maskValue('Özgür Şahin')).toBe('Ö•••• •••••');
    expect(maskValue('m')).toBe('•');
    expect(maskValue('x'.repeat(100))).toBe(`x${'•'.repeat(23)}…`);
  });

  it('takes three values that lie apart', () => {
    expect(maskedSamples(['a1', 'b22', 'c333', 'd4444', 'e55555'])).toEqual(['••', 'c•••', 'e•••••']);
    expect(maskedSamples(['b22'])).toEqual(['b••']);
    expect(maskedSamples([])).toEqual([]);
  });
});

describe('dates and types', () => {
  const today = new Date('2026-06-15T00:00:00Z');

  it.each([
    ['2024-02-29', '2024-02-29'],
    ['29.02.2024', '2024-02-29'],
    ['02/29/2024', '2024-02-29'],
    ['03/04/2024', '2024-04-03'],
    ['1/2/99', '1999-02-01'],
    ['3-Mar-1985', '1985-03-03'],
    ['December 24, 1999', '1999-12-24'],
    ['2024-02-29T23:59:59.999Z', '2024-02-29'],
  ])('%s is %s', (text, date) => {
    expect(new Date(readDate(text, today)!).toISOString().slice(0, 10)).toBe(date);
  });

  it.each(['2023-02-29', '31.04.2024', '2024-13-01', '12.50', '1234567', 'May'])('%s is no date', (text) => {
    expect(readDate(text, today)).toBeUndefined();
  });

  it.each([
    ['VARCHAR', 'text'],
    ['HUGEINT', 'integer'],
    ['UTINYINT', 'integer'],
    ['DECIMAL(9,0)', 'integer'],
    ['DECIMAL(18,3)', 'decimal'],
    ['TIMESTAMP WITH TIME ZONE', 'date'],
    ['UUID', 'text'],
    ["ENUM('a', 'b')", 'text'],
    ['VARCHAR[]', 'other'],
    ['STRUCT(a INTEGER)', 'other'],
  ])('%s is %s', (type, kind) => {
    expect(columnKind(type)).toBe(kind);
  });
});
