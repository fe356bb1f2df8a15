import { expect, it } from 'vitest';
import { decodeLz4Frame } from '../../../../src/service/data/lz4Frame.ts';

const frame = (...blocks: number[][]) =>
  Uint8Array.from([
    0x04,
    0x22,
    0x4d,
    0x18,
    0x60,
    0x40,
    0x82,
    ...blocks.flatMap((block) => [block.length, 0, 0, 0, ...block]),
    0,
    0,
    0,
    0,
  ]);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

it('literals and copies, those that run into themselves too', () => {
  // ‘abc’, then six bytes from three back; ‘abcde’ to end with.
  const block = [0x32, 0x61, 0x62, 0x63, 3, 0, 0x50, 0x61, 0x62, 0x63, 0x64, 0x65];
  expect(text(decodeLz4Frame(frame(block)))).toBe('abcabcabcabcde');
});

it('lengths beyond fifteen go on in further bytes', () => {
  const literals = Array.from({ length: 20 }, (_, at) => 0x41 + at);
  expect(text(decodeLz4Frame(frame([0xf0, 5, ...literals])))).toBe('ABCDEFGHIJKLMNOPQRST');
  // One byte, repeated 4 + 15 + 3 times.
  expect(text(decodeLz4Frame(frame([0x1f, 0x7a, 1, 0, 3])))).toBe('z'.repeat(23));
});

it('what is no frame or points before its beginning is refused', () => {
  expect(() => decodeLz4Frame(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toThrow('no LZ4 frame');
  expect(() => decodeLz4Frame(frame([0x10, 0x61, 9, 0]))).toThrow('before its beginning');
});
