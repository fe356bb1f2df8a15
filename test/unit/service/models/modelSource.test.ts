import { describe, expect, test } from 'vitest';
import { liesWithin, readModelSource } from '../../../../src/service/models/modelSource.ts';

test.each([
  ['models:/m-1', { kind: 'loggedModel', modelId: 'm-1' }],
  ['models:/Penguins/3', { kind: 'version', name: 'Penguins', version: 3 }],
  ['models:/a@b@c', { kind: 'alias', name: 'a@b', alias: 'c' }],
  ['models:/a/Production', { kind: 'stage', name: 'a', stage: 'Production' }],
  ['models:/a/latest', { kind: 'stage', name: 'a', stage: 'latest' }],
  ['models:/a/b/c', { kind: 'malformed', names: 'model' }],
  ['models:a', { kind: 'malformed', names: 'model' }],
  ['models://host/a/1', { kind: 'malformed', names: 'model' }],
  ['runs:/r/model/part', { kind: 'run', runId: 'r' }],
  ['runs:/r', { kind: 'malformed', names: 'run' }],
  ['mlflow-artifacts:/0/r/artifacts/x', { kind: 'ownArtifacts' }],
  ['mlflow-artifacts://host:1/0/r', { kind: 'foreign' }],
  ['S3://bucket/a b+c', { kind: 'foreign' }],
  ['dbfs:/x', { kind: 'foreign' }],
  ['/tmp/x', { kind: 'local' }],
  ['FILE:///tmp/x', { kind: 'local' }],
  ['c:\\x', { kind: 'local' }],
])('%s', (source, read) => {
  expect(readModelSource(source)).toEqual(read);
});

test.each([
  's3://b/../x',
  's3://b/%2e%2e/x',
  's3://b/x#y',
  's3://b/x?y',
  's3://b\\..\\x',
  's3://b/%00',
  's3:/C:/x',
])('%s may lead elsewhere', (source) => {
  expect(() => readModelSource(source)).toThrow('Invalid model version source');
});

describe('liesWithin', () => {
  const root = 'mlflow-artifacts:/0/run/artifacts';
  test.each([
    ['mlflow-artifacts:/0/run/artifacts', true],
    ['mlflow-artifacts:/0/run/artifacts/', true],
    ['mlflow-artifacts:///0/run/artifacts/x', true],
    ['mlflow-artifacts:/0/r%75n/artifacts/x', true],
    ['mlflow-artifacts:/0/run/artifacts2', false],
    ['mlflow-artifacts:/0/run', false],
    ['mlflow-artifacts://host/0/run/artifacts', false],
    ['mlflow-artifacts:/0/run/artifacts/../../x', false],
    ['mlflow-artifacts:/0/run/artifacts/%2e%2e/x', false],
    ['s3:/0/run/artifacts', false],
    ['/0/run/artifacts', false],
  ])('%s', (source, inside) => {
    expect(liesWithin(source, root)).toBe(inside);
  });
});
