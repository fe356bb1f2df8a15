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

test('an answer stays as it is when the next one comes', () => {
  const hmac = hmacSha256(Buffer.alloc(64, 1));
  const first = hmac('a');
  const text = first.toString('hex');
  hmac('b');
  expect(first.toString('hex')).toBe(text);
  expect(() => hmacSha256(Buffer.alloc(65))).toThrow(RangeError);
});
