import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { hmacSha256 } from '../../../../../src/service/privacy/methods/hmac.ts';

test('gives the bytes of Node for texts and bytes of every length, one after another', () => {
  const key = Buffer.alloc(32, 0x5a);
  const hmac = hmacSha256(key);
  for (const length of [0, 1, 31, 32, 55, 63, 64, 65, 1023, 1024, 5000, 3, 100_000]) {
    for (const message of ['a'.repeat(length), 'é😀'.repeat(length), Buffer.alloc(length, 9)]) {
      expect(hmac(message)).toEqual(createHmac('sha256', key).update(message).digest());
    }
  }
});

test('gives the published bytes of RFC 4231, and those of Node for keys of every length', () => {
  const hex = (text: string) => Buffer.from(text, 'hex');
  const cases = [
    [hex('0b'.repeat(20)), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      hex('aa'.repeat(20)),
      hex('dd'.repeat(50)),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
  ] as const;
  for (const [key, message, expected] of cases) {
    expect(hmacSha256(key)(message).toString('hex')).toBe(expected);
  }
  for (let length = 0; length <= 64; length += 1) {
    const key = Buffer.alloc(length, length);
    expect(hmacSha256(key)('x')).toEqual(createHmac('sha256', key).update('x').digest());
  }
});

test('an answer stays as it is when the next one comes', () => {
  const hmac = hmacSha256(Buffer.alloc(64, 1));
  const first = hmac('a');
  const text = first.toString('hex');
  hmac('b');
  expect(first.toString('hex')).toBe(text);
  expect(() => hmacSha256(Buffer.alloc(65))).toThrow(RangeError);
});
