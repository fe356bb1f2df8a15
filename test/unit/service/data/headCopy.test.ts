import { expect, it } from 'vitest';
import { lastRowEnd } from '../../../../src/service/data/headCopy.ts';

it('rows end outside quotes', () => {
  expect(lastRowEnd(Buffer.from('a,b\n1,"x\ny"\n2,"z\n'))).toBe('a,b\n1,"x\ny"\n'.length);
  expect(lastRowEnd(Buffer.from('a,"say ""hi""\n"\n3'))).toBe('a,"say ""hi""\n"\n'.length);
  expect(lastRowEnd(Buffer.from('one long row'))).toBe(0);
});
