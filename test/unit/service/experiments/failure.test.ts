import { describe, expect, test } from 'vitest';
import type { SupervisorEnd } from '../../../../src/protocol/runner.ts';
import { outcomeOf, uncaughtError } from '../../../../src/service/experiments/failure.ts';

describe('the line that names the error', () => {
  test.each([
    [
      'Traceback (most recent call last):\n  File "t.py", line 2\n    x\n    ^\nKeyError: \'sex\'\n',
      "KeyError: 'sex'",
    ],
    ['Traceback (most recent call last):\n  File "t.py"\nValueError: one\ntwo\n', 'ValueError: one'],
    [
      'Traceback (most recent call last):\n  a\nKeyError: 1\n\nDuring handling of the above exception, another:\n\n' +
        'Traceback (most recent call last):\n  b\nmy.pkg.Custom: second\n',
      'my.pkg.Custom: second',
    ],
    [
      '  File "t.py", line 1\n    def\n       ^\nSyntaxError: invalid syntax\n',
      'SyntaxError: invalid syntax',
    ],
    [
      "file:///t.mjs:1\nnull.x\n     ^\n\nTypeError: Cannot read properties of null (reading 'x')\n    at file:///t.mjs:1:6\n\nNode.js v24\n",
      "TypeError: Cannot read properties of null (reading 'x')",
    ],
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'\n    at a (node:internal)\n",
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'",
    ],
    [
      '\u001b[31mTraceback (most recent call last):\u001b[0m\r\n  x\r\n\u001b[1mRuntimeError: red\u001b[0m\r\n',
      'RuntimeError: red',
    ],
    ['epoch 1\nepoch 2\n', undefined],
    ['', undefined],
  ])('%#', (tail, expected) => {
    expect(uncaughtError(tail)).toBe(expected);
  });

  test('is cut when somebody put the data into it', () => {
    const line = uncaughtError(`Traceback (most recent call last):\nValueError: ${'x'.repeat(1000)}`)!;
    expect(line).toHaveLength(300);
    expect(line.endsWith('…')).toBe(true);
  });
});

describe('what a run ended as', () => {
  const end = (part: Partial<SupervisorEnd>): SupervisorEnd => ({ time: 1, stopped: false, ...part });

  test.each([
    [end({ exitCode: 0 }), { status: 'FINISHED' }],
    [end({ exitCode: 2 }), { status: 'FAILED', failure: 'Exit code 2' }],
    [end({ exitCode: 1 }), { status: 'FAILED', failure: 'Exit code 1' }],
    [end({ signal: 'SIGSEGV' }), { status: 'FAILED', failure: 'Ended by SIGSEGV' }],
    [end({ signal: 'SIGTERM', stopped: true }), { status: 'KILLED' }],
    [end({ exitCode: 0, stopped: true }), { status: 'KILLED' }],
    [end({ startError: 'ENOENT' }), { status: 'FAILED', failure: 'Could not start: python3 was not found' }],
    [end({}), { status: 'KILLED', failure: expect.stringContaining('ended from outside') }],
  ])('%j', (ended, expected) => {
    expect(outcomeOf(ended, 'RUNNING', '', 'python3')).toEqual(expected);
  });

  test('a script that reported its failure and left with 0 has failed', () => {
    expect(outcomeOf(end({ exitCode: 0 }), 'FAILED', '', '')).toEqual({ status: 'FAILED' });
  });
});
