import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scriptOfTags } from '../../../../src/service/experiments/scriptOfTags.ts';

let parent: string;
let workspace: string;

beforeAll(() => {
  parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-script-')));
  workspace = path.join(parent, 'workspace');
  fs.mkdirSync(path.join(workspace, 'src'), { recursive: true });
  fs.writeFileSync(path.join(workspace, 'src', 'train.py'), '');
  fs.writeFileSync(path.join(parent, 'outside.py'), '');
});

afterAll(() => fs.rmSync(parent, { recursive: true }));

const found = (name: string, type = 'LOCAL') =>
  scriptOfTags(
    [
      { key: 'mlflow.source.name', value: name },
      { key: 'mlflow.source.type', value: type },
    ],
    workspace,
  );

test('a script of the workspace is known, as it was typed there or from the root', () => {
  expect(found('src/train.py')).toBe('src/train.py');
  expect(found(path.join(workspace, 'src', 'train.py'))).toBe('src/train.py');
});

test('anything else is none', () => {
  expect(found('train.py')).toBeUndefined();
  expect(found('../outside.py')).toBeUndefined();
  expect(found(path.join(parent, 'outside.py'))).toBeUndefined();
  expect(found('src')).toBeUndefined();
  expect(found('<console>')).toBeUndefined();
  expect(found('src/train.py\0')).toBeUndefined();
  expect(found('src/train.py', 'PROJECT')).toBeUndefined();
  expect(scriptOfTags([], workspace)).toBeUndefined();
});
