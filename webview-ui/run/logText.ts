import { groupDigits } from '../../src/base/format.ts';
import { type AnsiStyle, parseAnsi, type Segment } from './ansi.ts';

const linesPerBlock = 200;
const longestLine = 10_000;

/** A stretch of lines that is drawn as one; `version` grows when its last line changes. */
export interface LogBlock {
  readonly index: number;
  readonly lines: (readonly Segment[])[];
  version: number;
}

/**
 * Turns a program's output into lines as a terminal would show them: of a line that was overwritten with
 * carriage returns (a progress bar) the last state is left, colour codes become segments.
 */
export class LogText {
  readonly blocks: LogBlock[] = [];
  /** The unfinished last line, as it came. */
  #open = '';
  #openShown = false;
  #style: AnsiStyle = {};
  #lineCount = 0;

  get lineCount(): number {
    return this.#lineCount;
  }

  append(text: string): void {
    this.#dropOpenLine();
    const lines = (this.#open + text).split('\n');
    const last = lines.pop()!;
    for (const line of lines) {
      const { segments, style } = parseAnsi(shorten(overwrite(line)), this.#style);
      this.#style = style;
      this.#push(segments);
    }
    this.#open = forgetOverwritten(last);
    if (this.#open !== '') {
      this.#push(parseAnsi(shorten(overwrite(this.#open)), this.#style).segments);
      this.#openShown = true;
    }
  }

  #push(segments: readonly Segment[]): void {
    let block = this.blocks.at(-1);
    if (!block || block.lines.length >= linesPerBlock) {
      block = { index: this.blocks.length, lines: [], version: 0 };
      this.blocks.push(block);
    }
    block.lines.push(segments);
    block.version += 1;
    this.#lineCount += 1;
  }

  #dropOpenLine(): void {
    if (!this.#openShown) {
      return;
    }
    const block = this.blocks.at(-1)!;
    block.lines.pop();
    block.version += 1;
    this.#lineCount -= 1;
    this.#openShown = false;
    if (block.lines.length === 0) {
      this.blocks.pop();
    }
  }
}

export function isFull(block: LogBlock): boolean {
  return block.lines.length >= linesPerBlock;
}

/** What is left of a line after its carriage returns and backspaces. */
export function overwrite(line: string): string {
  const states = line.split('\r');
  const state = states.findLast((candidate) => candidate !== '') ?? '';
  return state.includes('\b') ? applyBackspaces(state) : state;
}

function applyBackspaces(line: string): string {
  const characters: string[] = [];
  let position = 0;
  for (const character of line) {
    if (character === '\b') {
      position = Math.max(0, position - 1);
    } else {
      characters[position] = character;
      position += 1;
    }
  }
  return characters.join('');
}

/** Keeps of a growing progress bar only what can still be seen, so that it does not grow without end. */
function forgetOverwritten(open: string): string {
  const last = open.lastIndexOf('\r', open.length - 2);
  return last < 0 ? open : open.slice(last + 1);
}

function shorten(line: string): string {
  return line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine)} … (${groupDigits(line.length - longestLine)} more characters in this line)`;
}
