import { describe, expect, it } from 'vitest';
import { decode, findEncoding } from '../../../../src/service/data/encoding.ts';

const sentence = 'name,town\nMüller,Zürich\nŁukasz,Łódź\n';

describe('findEncoding', () => {
  it.each([
    ['utf-8', Buffer.from(sentence), false],
    ['utf-8', Buffer.from(`\ufeff${sentence}`), true],
    ['utf-16le', Buffer.from(`\ufeff${sentence}`, 'utf16le'), true],
    ['utf-16le', Buffer.from(sentence, 'utf16le'), false],
    ['utf-16be', Buffer.from(`\ufeff${sentence}`, 'utf16le').swap16(), true],
    ['utf-16be', Buffer.from(sentence, 'utf16le').swap16(), false],
    ['windows-1252', Buffer.from('name\nM\xfcller\ncaf\xe9 \x80\n', 'latin1'), false],
  ])('finds %s', (encoding, bytes, byteOrderMark) => {
    expect(findEncoding(bytes, true)).toEqual({ encoding, byteOrderMark });
  });

  it('is not misled by a character that the end of the sample cuts', () => {
    const bytes = Buffer.from('abc €');
    for (const cut of [1, 2]) {
      expect(findEncoding(bytes.subarray(0, -cut), false)).toMatchObject({ encoding: 'utf-8' });
    }
  });

  it('names the row where UTF-8 is damaged', () => {
    const bytes = Buffer.concat([Buffer.from('näme\nÄ\nÖ\n'), Buffer.from([0xc3, 0x28]), Buffer.from('\n')]);
    expect(findEncoding(bytes, true)).toEqual({ brokenRow: 4 });
  });

  it('takes zeros that are no 16-bit text for binary data', () => {
    expect(findEncoding(Buffer.from([1, 0, 0, 0, 7, 0, 0, 0, 9]), true)).toEqual({ binary: true });
  });
});

describe('decode', () => {
  it('knows the characters that Windows has where Latin-1 has none', () => {
    const bytes = Buffer.from([0x80, 0x8c, 0x93, 0x94, 0x99, 0xe9]);
    expect(decode(bytes, 'windows-1252')).toBe('€Œ“”™é');
  });

  it('reads both orders of 16-bit text', () => {
    const little = Buffer.from(sentence, 'utf16le');
    expect(decode(little, 'utf-16le')).toBe(sentence);
    expect(decode(Buffer.from(little).swap16(), 'utf-16be')).toBe(sentence);
  });
});
