import { describe, expect, it } from 'vitest';
import { LogText, overwrite } from '../../../../webview-ui/run/logText.ts';

function lines(text: LogText): string[] {
  return text.blocks.flatMap((block) =>
    block.lines.map((line) => line.map((segment) => segment.text).join('')),
  );
}

function linesOf(parts: readonly string[]): string[] {
  const text = new LogText();
  for (const part of parts) {
    text.append(part);
  }
  return lines(text);
}

describe('LogText', () => {
  it.each([
    ['lines', 'one\ntwo\n', ['one', 'two']],
    ['a last line without its end', 'one\ntw', ['one', 'tw']],
    ['empty lines', 'one\n\ntwo\n', ['one', '', 'two']],
    ['Windows line ends', 'one\r\ntwo\r\n', ['one', 'two']],
    ['a progress bar', ' 10 %\r 50 %\r100 %\ndone\n', ['100 %', 'done']],
    ['a progress bar under way', ' 10 %\r 50 %\r', [' 50 %']],
    ['backspaces', '1/10\b\b\b\b2/10\n', ['2/10']],
  ])('shows %s as a terminal does', (_, text, expected) => {
    expect(linesOf([text])).toEqual(expected);
  });

  it('gives the same lines however the text is cut', () => {
    const text = 'loading  1 %\rloading 99 %\r\nread\n\nepoch 1\nepoch 2';
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(linesOf([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`).toEqual(linesOf([text]));
    }
    expect(linesOf([...text])).toEqual(linesOf([text]));
  });

  it('starts a new block after 200 lines and changes only the last one', () => {
    const text = new LogText();
    text.append('line\n'.repeat(450));
    expect(text.blocks.map((block) => block.lines.length)).toEqual([200, 200, 50]);
    const versions = text.blocks.map((block) => block.version);
    text.append('more\n');
    expect(text.blocks.map((block) => block.version)).toEqual([versions[0], versions[1], versions[2]! + 1]);
  });

  it('cuts a line that is too long to draw, and says by how much', () => {
    const [line] = linesOf([`${'x'.repeat(25_000)}\n`]);
    expect(line).toHaveLength(10_000 + ' … (15,000 more characters in this line)'.length);
    expect(line).toContain('15,000 more characters');
  });
});

it('keeps the last state of an overwritten line', () => {
  expect(overwrite('a\rb\r\r')).toBe('b');
  expect(overwrite('')).toBe('');
});
