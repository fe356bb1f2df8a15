import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readLogPart } from '../../../../src/service/experiments/logFile.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-log-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function logOf(content: string | Buffer): string {
  const file = path.join(folder, 'output.log');
  fs.writeFileSync(file, content);
  return file;
}

test('parts of any length put together are the whole text', () => {
  const text = 'a ü € 🐧 end ';
  for (let length = 1; length <= 20; length += 1) {
    const file = logOf(text);
    let read = '';
    for (let from = 0; from < Buffer.byteLength(text); ) {
      const part = readLogPart(file, from, length, false);
      expect(part.from).toBe(from);
      expect(part.to).toBeGreaterThan(from);
      read += part.text;
      from = part.to;
    }
    expect(read).toBe(text);
  }
});

test('a part that begins within a character begins after it', () => {
  const file = logOf('€€€');
  expect(readLogPart(file, 1, 5, false)).toEqual({ text: '€', from: 3, to: 6, size: 9 });
  expect(readLogPart(file, -4, 100, false)).toEqual({ text: '€', from: 6, to: 9, size: 9 });
  expect(readLogPart(file, 8, 100, false)).toEqual({ text: '', from: 9, to: 9, size: 9 });
});

test('a character that is not written to its end waits while the log grows', () => {
  const file = logOf(Buffer.from('ok €').subarray(0, -1));
  expect(readLogPart(file, 0, 100, true)).toEqual({ text: 'ok ', from: 0, to: 3, size: 5 });
  expect(readLogPart(file, 0, 100, false)).toEqual({ text: 'ok \ufffd', from: 0, to: 5, size: 5 });
});

test('bytes that are no UTF-8 never stop a reader', () => {
  const bytes = Buffer.from([0x80, 0x80, 0x80, 0x80, 0xff, 0xc3, 0x41, 0xe2, 0x82, 0x42, 0xf0, 0x9f, 0x90]);
  const file = logOf(bytes);
  for (let length = 1; length <= 4; length += 1) {
    let from = 0;
    let read = '';
    while (from < bytes.length) {
      const part = readLogPart(file, from, length, false);
      expect(part.to).toBeGreaterThan(from);
      read += part.text;
      from = part.to;
    }
    expect(read.replaceAll('\ufffd', '')).toBe('AB');
  }
});

test('what is asked beyond the end, or of no log, is empty', () => {
  expect(readLogPart(logOf('abc'), 10, 5, false)).toEqual({ text: '', from: 3, to: 3, size: 3 });
  expect(readLogPart(logOf('abc'), -10, 2, false)).toEqual({ text: 'ab', from: 0, to: 2, size: 3 });
  expect(readLogPart(path.join(folder, 'none'), 0, 5, false)).toEqual({ text: '', from: 0, to: 0, size: 0 });
});

test('a part is never larger than a message should be', () => {
  const part = readLogPart(logOf(Buffer.alloc(3_000_000, 'x')), 0, 3_000_000, false);
  expect(part.to).toBe(1_000_000);
});
