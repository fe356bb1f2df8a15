import { describe, expect, it } from 'vitest';
import { parseAnsi } from '../../../../webview-ui/run/ansi.ts';

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);

function shown(line: string): string {
  return parseAnsi(line, {})
    .segments.map(({ text, classes }) => (classes === '' ? text : `[${classes}|${text}]`))
    .join('');
}

describe('parseAnsi', () => {
  it.each([
    ['plain text', 'plain text'],
    [`${esc}[32mgreen${esc}[0m plain`, '[ansi-green|green] plain'],
    [`${esc}[1;33mwarning:${esc}[m after`, '[ansi-yellow ansi-bold|warning:] after'],
    [`${esc}[91mbright${esc}[39m`, '[ansi-bright-red|bright]'],
    [`${esc}[38;5;1mother${esc}[0m`, 'other'],
    [`${esc}[38;2;10;31;200mother${esc}[0m`, 'other'],
    [`${esc}[2Kerased ${esc}[1Aup`, 'erased up'],
    [`${esc}]0;a title${bell}text`, 'text'],
    [`${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\`, 'link'],
    [`cut off ${esc}`, 'cut off '],
    [`${esc}[2mdim${esc}[22m not`, '[ansi-dim|dim] not'],
  ])('%j is shown as %j', (line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  it('carries what is switched on over to the next line', () => {
    const { style } = parseAnsi(`${esc}[31mred`, {});
    expect(parseAnsi('still', style).segments).toEqual([{ text: 'still', classes: 'ansi-red' }]);
  });
});
