import { describe, expect, it } from 'vitest';
import { readRecords, sniffDialect } from '../../../../src/service/data/dialect.ts';

describe('the delimiter', () => {
  it.each([
    [',', 'a,b,c\n1,2,3\n4,5,6\n'],
    [';', 'a;b\n1,5;x\n2,25;y\n'],
    ['\t', 'a\tb\n1\tx, y\n2\tz\n'],
    ['|', 'a|b\n1|2\n3|4\n'],
  ])('%j divides all rows alike', (delimiter, text) => {
    expect(sniffDialect(text)).toMatchObject({ delimiter, hasHeader: true });
  });

  it('is found though some rows are ragged, which are refused later', () => {
    expect(sniffDialect('a;b;c\n1;2;3\n4;5\n6;7;8\n9;9;9\n')).toMatchObject({ delimiter: ';', width: 3 });
  });

  it('inside quotes divides nothing', () => {
    const { delimiter, records } = sniffDialect('name;note\n"a;b";"say ""hi"", twice"\nc;"x\ny"\n');
    expect(delimiter).toBe(';');
    expect(records).toEqual([
      ['name', 'note'],
      ['a;b', 'say "hi", twice'],
      ['c', 'x\ny'],
    ]);
  });

  it('is not needed for one column', () => {
    expect(sniffDialect('name\nada\nbob\n')).toMatchObject({ width: 1, hasHeader: true });
  });

  it('goes with apostrophes as quotes where only they quote', () => {
    const text = "a,b\n'x, y',1\n'z',2\n'q, r',3\n";
    expect(sniffDialect(text)).toMatchObject({ delimiter: ',', quote: "'", width: 2 });
  });
});

describe('the header', () => {
  it.each([
    ['texts over numbers', 'id,name\n1,ada\n2,bob\n', true],
    ['years over numbers beside a text over numbers', 'id,2019,2020\n1,5,6\n2,7,8\n', true],
    ['numbers over numbers', '1,2\n3,4\n5,6\n', false],
    ['texts over texts', 'first,last\nada,lovelace\nalan,turing\n', true],
    ['a row that comes again', 'yes,no\nno,yes\nyes,no\n', false],
    ['only a row of texts', 'a,b\n', true],
  ])('%s', (_, text, hasHeader) => {
    expect(sniffDialect(text).hasHeader).toBe(hasHeader);
  });
});

describe('records', () => {
  it('tell an empty value from an empty text, and skip empty lines', () => {
    expect(readRecords('a,,""\r\n\r\nb,"",\r\n', ',', '"', 9)).toEqual([
      ['a', null, ''],
      ['b', '', null],
    ]);
  });

  it('end with the text when its last line has no end', () => {
    expect(readRecords('a,b\nc,', ',', '"', 9)).toEqual([
      ['a', 'b'],
      ['c', null],
    ]);
  });
});
