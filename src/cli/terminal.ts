import process from 'node:process';
import { styleText } from 'node:util';
import type { Disposable } from '../base/lifecycle.ts';
import type { Progress } from '../protocol/rpc.ts';
import { progressLine } from './render/progress.ts';
import { plainStyle, type Style } from './render/table.ts';

/** Answers and logs go to standard output, everything said about them to standard error. */
export class Terminal implements Disposable {
  readonly json: boolean;
  readonly style: Style;
  /** Columns of the screen; undefined when the output goes elsewhere, where nothing is cut. */
  readonly width: number | undefined;
  #outputGone = false;
  #outputFailed = false;
  #progressShown = false;

  constructor({ json }: { json: boolean }) {
    this.json = json;
    const { stdout } = process;
    this.width = stdout.isTTY ? stdout.columns : undefined;
    this.style =
      stdout.isTTY && hasColours() ? (format, text) => styleText(format, text, unchecked) : plainStyle;
    stdout.on('error', this.#outputLost);
    // There is nobody left to tell.
    process.stderr.on('error', () => undefined);
  }

  /** The reader of standard output has left, as `head` does when it has seen enough. */
  get outputGone(): boolean {
    return this.#outputGone;
  }

  /** It was lost for another reason: a full disk. What was asked for is not all there. */
  get outputFailed(): boolean {
    return this.#outputFailed;
  }

  /** Lines for a person; nothing with --json. */
  print(text: string): void {
    if (!this.json && text !== '') {
      this.#write(`${text}\n`);
    }
  }

  /** The one value that standard output holds with --json. */
  printJson(value: unknown): void {
    if (this.json) {
      this.#write(`${JSON.stringify(value, undefined, 2)}\n`);
    }
  }

  /** With --json one line, for a program that reads on while this one goes on. */
  printJsonLine(value: unknown): void {
    if (this.json) {
      this.#write(`${JSON.stringify(value)}\n`);
    }
  }

  /** What a script wrote, as it is; resolves when the reader is ready for more. */
  async printLog(text: string): Promise<void> {
    const stream = this.json ? process.stderr : process.stdout;
    if (!this.#outputGone && !stream.write(text)) {
      await new Promise<void>((resolve) => {
        const ready = () => {
          stream.removeListener('drain', ready).removeListener('error', ready);
          resolve();
        };
        stream.on('drain', ready).on('error', ready);
      });
    }
  }

  say(text: string): void {
    this.clearProgress();
    process.stderr.write(`${text}\n`);
  }

  /** One line that is written over; only where somebody watches. */
  showProgress(title: string, progress: Progress): void {
    const { stderr } = process;
    if (stderr.isTTY) {
      this.#progressShown = true;
      stderr.write(`\r\u001b[2K${progressLine(title, progress, stderr.columns)}`);
    }
  }

  clearProgress(): void {
    if (this.#progressShown) {
      this.#progressShown = false;
      process.stderr.write('\r\u001b[2K');
    }
  }

  dispose(): void {
    this.clearProgress();
  }

  #write(text: string): void {
    if (!this.#outputGone) {
      process.stdout.write(text);
    }
  }

  readonly #outputLost = (error: NodeJS.ErrnoException): void => {
    if (!this.#outputGone && error.code !== 'EPIPE') {
      this.#outputFailed = true;
      this.say(`The output could not be written: ${error.message}.`);
    }
    this.#outputGone = true;
  };
}

/** The choice was made already, for standard output. */
const unchecked = { validateStream: false } as const;

function hasColours(): boolean {
  return !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
