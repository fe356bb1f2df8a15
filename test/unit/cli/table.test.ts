import { describe, expect, it } from 'vitest';
import {
  cleanText,
  cutToWidth,
  displayWidth,
  plainStyle,
  renderTable,
} from '../../../src/cli/render/table.ts';

const plain = { style: plainStyle };

describe('a table', () => {
  it('aligns its columns, numbers to the right', () => {
    const columns = [{ title: 'RUN' }, { title: 'VALUE', align: 'right' as const }, { title: 'STATE' }];
    const rows = [
      ['calm-heron', '0.981', 'finished'],
      ['ox', '12', 'failed'],
    ];
    expect(renderTable(columns, rows, plain)).toBe(
      ['RUN         VALUE  STATE', 'calm-heron  0.981  finished', 'ox             12  failed'].join('\n'),
    );
  });

  it('aligns by what is seen: wide, combined and accented characters', () => {
    const columns = [{ title: '' }, { title: '' }];
    const rows = [
      ['模型', 'a'],
      ['u\u0308ber', 'b'],
      ['four', 'c'],
    ];
    expect(renderTable(columns, rows, plain)).toBe('模型  a\nu\u0308ber  b\nfour  c');
  });

  it('leaves the header out when no column has a title, and ends no line with blanks', () => {
    expect(
      renderTable(
        [{ title: '' }, { title: '' }],
        [
          ['a', 'b'],
          ['c', ''],
        ],
        plain,
      ),
    ).toBe('a  b\nc');
  });

  it('cuts lines to the width of the screen', () => {
    const rows = [['odd-finch', "failed: KeyError 'sex' in a very long line"]];
    const text = renderTable([{ title: '' }, { title: '' }], rows, { ...plain, width: 24 });
    expect(text).toBe('odd-finch  failed: KeyE…');
    expect(displayWidth(text)).toBe(24);
  });

  it('colours the text alone, so that colours change no alignment', () => {
    const style = (name: string, text: string) => `<${name}>${text}</>`;
    const rows = [
      [{ text: 'ok', style: 'green' as const }, 'x'],
      ['longer', 'y'],
    ];
    expect(renderTable([{ title: '' }, { title: '' }], rows, { style })).toBe(
      '<green>ok</>      x\nlonger  y',
    );
  });

  it('never passes on what a terminal would obey', () => {
    const rows = [['\u001b[2J\u001b]0;title\u0007evil\u001b[31m\r\nname\u0008', 'x']];
    expect(renderTable([{ title: '' }, { title: '' }], rows, plain)).toBe('evil name  x');
  });
});

it('measures and cuts text by columns', () => {
  expect(displayWidth('été')).toBe(3);
  expect(displayWidth('模型')).toBe(4);
  expect(cutToWidth('模型模型', 5)).toBe('模型…');
  expect(cutToWidth('abc', 3)).toBe('abc');
  expect(cutToWidth('abc', 0)).toBe('');
  expect(cleanText('a\tb\n c')).toBe('a b c');
});
