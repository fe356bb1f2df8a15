import { describe, expect, it } from 'vitest';
import { LogWindow, type ReadLog } from '../../../../webview-ui/run/logWindow.ts';

/** A log in memory, with every read noted. */
function logOf(initial: string) {
  const log = { text: initial, reads: [] as { from: number; length: number }[] };
  const read: ReadLog = async (from, length) => {
    log.reads.push({ from, length });
    const start = Math.min(log.text.length, from < 0 ? Math.max(0, log.text.length + from) : from);
    const to = Math.min(log.text.length, start + length);
    return { text: log.text.slice(start, to), from: start, to, size: log.text.length };
  };
  return { log, read };
}

function text(window: LogWindow): string {
  return window.blocks
    .flatMap((block) => block.lines.map((line) => line.map((segment) => segment.text).join('')))
    .join('\n');
}

const megabyte = 1024 * 1024;
const numbered = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) => `line ${first + index}\n`).join('');

describe('LogWindow', () => {
  it('reads a short log whole and then only what is new', async () => {
    const { log, read } = logOf('one\n');
    const window = new LogWindow();
    await window.follow(read, false);
    log.text += 'two\n';
    await window.follow(read, false);
    expect(text(window)).toBe('one\ntwo');
    expect(log.reads.at(-1)).toMatchObject({ from: 4 });
    expect(window.earlierBytes).toBe(0);
  });

  it('opens a 100 MB log at its end without reading the rest', async () => {
    const { log, read } = logOf('x'.repeat(100 * megabyte) + numbered(100_000));
    const window = new LogWindow();
    await window.follow(read, false);
    expect(log.reads).toHaveLength(1);
    expect(text(window)).toMatch(/line 100000$/);
    expect(window.earlierBytes).toBeGreaterThan(90 * megabyte);
  });

  it('shows earlier parts on request, never holding more than about a megabyte', async () => {
    const { log, read } = logOf(numbered(500_000));
    const window = new LogWindow();
    await window.follow(read, false);
    for (let click = 0; click < 10; click += 1) {
      await window.showEarlier(read);
      expect(text(window).length).toBeLessThanOrEqual(1.3 * megabyte);
    }
    expect(window.isAtEnd).toBe(false);
    expect(window.laterBytes).toBeGreaterThan(0);
    const before = log.reads.length;
    log.text += 'news\n';
    await window.follow(read, false);
    expect(log.reads).toHaveLength(before);
    await window.showEnd(read);
    expect(text(window)).toMatch(/news$/);
  });

  it('reaches the very beginning', async () => {
    const { read } = logOf(numbered(100_000));
    const window = new LogWindow();
    await window.follow(read, false);
    while (window.earlierBytes > 0) {
      await window.showEarlier(read);
    }
    expect(text(window)).toMatch(/^line 1\nline 2\n/);
  });

  it('jumps to the end when more came than it would ever show', async () => {
    const { log, read } = logOf('start\n');
    const window = new LogWindow();
    await window.follow(read, false);
    log.text += numbered(1_000_000);
    await window.follow(read, false);
    expect(text(window)).toMatch(/line 1000000$/);
    expect(log.reads.length).toBeLessThan(5);
  });

  it('drops nothing of what somebody reads further up', async () => {
    const { log, read } = logOf(numbered(50_000));
    const window = new LogWindow();
    await window.follow(read, false);
    while (window.earlierBytes > 0) {
      await window.showEarlier(read);
    }
    log.text += numbered(200_000, 50_001);
    await window.follow(read, true);
    expect(text(window)).toMatch(/^line 1\n/);
    expect(window.isAtEnd).toBe(false);
  });

  it('starts again when the log became shorter', async () => {
    const { log, read } = logOf('a long first log\n');
    const window = new LogWindow();
    await window.follow(read, false);
    log.text = 'new\n';
    await window.follow(read, false);
    expect(text(window)).toBe('new');
  });
});
