import process from 'node:process';
import { expect, test } from 'vitest';
import { requireNode } from '../../../src/cli/errors.ts';

test('a Node that the database cannot be loaded into is named, with what to do', () => {
  expect(() => requireNode('20.20.2')).toThrow(
    /needs Node 22 or later, and this is Node 20\.20\.2.*MLOPS_NODE/,
  );
  expect(() => requireNode(process.versions.node)).not.toThrow();
});
