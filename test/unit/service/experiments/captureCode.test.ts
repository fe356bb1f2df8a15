import { expect, test } from 'vitest';
import { parseStatus } from '../../../../src/service/experiments/captureCode.ts';

const head = '# branch.oid 0123abc\0# branch.head main\0';

test('counts changes, and a rename once', () => {
  const status = `${head}1 .M N... 100644 100644 100644 a a train.py\x002 R. N... 100644 100644 100644 a a R100 new.py\x00old 1 .py\x00u UU N... 1 1 1 1 a b c both.py\0`;
  expect(parseStatus(status)).toEqual({ commit: '0123abc', branch: 'main', changed: 3 });
});

test('knows a detached head and a repository without commits', () => {
  expect(parseStatus('# branch.oid 0123abc\0# branch.head (detached)\0')).toEqual({
    commit: '0123abc',
    changed: 0,
  });
  expect(parseStatus('# branch.oid (initial)\0# branch.head main\0')).toBeUndefined();
  expect(parseStatus('')).toBeUndefined();
});
