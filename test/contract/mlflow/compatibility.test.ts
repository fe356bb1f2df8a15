import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expected } from './differences.ts';
import { casesOf, drive, type Report } from './drive.ts';
import { type ClientName, clients, pythonWithClient } from './mlflowScript.ts';
import { type Peer, startMlflow, startOurs } from './servers.ts';

/*
 * The same Python code against MLflow's own server and against ours, with two generations of the client:
 * whatever a case saw must be the same, ids and times aside.
 */

const names = Object.keys(clients) as ClientName[];
const majorOf = (name: ClientName) => Number(name.replace(/\D/g, ''));

interface Reports {
  readonly theirs: Report;
  readonly ours: Report;
}

let folder: string;
const peers: Peer[] = [];
const reports = new Map<ClientName, Reports>();

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-compatible-'));
  const scenes = await Promise.all(
    names.map(async (name) => {
      const python = await pythonWithClient(name);
      const theirs = await startMlflow(python, path.join(folder, name, 'mlflow'));
      peers.push(theirs);
      const ours = await startOurs(path.join(folder, name, 'ours'));
      peers.push(ours);
      return { name, python, theirs, ours };
    }),
  );
  // Two at a time, as there are two cores; MLflow's server takes longest and goes first.
  const inFolder = (name: string, side: string) => path.join(folder, name, `case files ${side}`);
  const theirs = scenes.map(
    ({ name, python, theirs }) =>
      () =>
        drive(python, theirs.uri, inFolder(name, 'a')),
  );
  const ours = scenes.map(
    ({ name, python, ours }) =>
      () =>
        drive(python, ours.uri, inFolder(name, 'b')),
  );
  const all = await twoAtATime([...theirs, ...ours]);
  names.forEach((name, index) => {
    reports.set(name, { theirs: all[index]!, ours: all[names.length + index]! });
  });
}, 1_200_000);

afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.stop()));
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.each(names)('the client of %s sees the same', (name) => {
  const cases = casesOf(majorOf(name));

  test('in at least 120 cases, all of which ran', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120);
    for (const report of Object.values(reports.get(name)!)) {
      expect([...report.keys()].sort()).toEqual([...cases].sort());
    }
  });

  test.for(cases.map((caseName) => [caseName.replaceAll('_', ' '), caseName] as const))(
    '%s',
    ([, caseName]) => {
      const theirs = reports.get(name)!.theirs.get(caseName)!;
      const ours = reports.get(name)!.ours.get(caseName)!;
      expect(theirs.broke, "the case does not hold with MLflow's own server").toBeUndefined();
      expect(ours.broke?.[2]).toBeUndefined();
      expect(ours.saw).toEqual(expected(caseName, theirs.saw));
    },
  );
});

async function twoAtATime<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < works.length; index = next++) {
      results[index] = await works[index]!();
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
