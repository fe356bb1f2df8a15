import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answeredAsByMlflow3, common, differences, expected } from './differences.ts';
import { casesOf, drive, type Report } from './drive.ts';
import { type ClientName, clients, pythonWithClient } from './mlflowScript.ts';
import { type Peer, startMlflow, startOurs } from './servers.ts';

/*
 * The same Python code against MLflow's own server and against ours, with two generations of the client:
 * whatever a case saw must be the same, ids and times aside. `differences.ts` tells what deliberately is not.
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
  const [python3, python2] = await Promise.all([pythonWithClient('mlflow 3'), pythonWithClient('mlflow 2')]);
  const place = (name: string) => path.join(folder, name);
  const starts = [
    startMlflow(python3, place('theirs 3')),
    startMlflow(python2, place('theirs 2')),
    startMlflow(python3, place('theirs 3 for client 2')),
    startOurs(place('ours 3')),
    startOurs(place('ours 2')),
  ].map(async (starting) => {
    const peer = await starting;
    peers.push(peer);
    return peer.uri;
  });
  const [theirs3, theirs2, theirsNewer, ours3, ours2] = (await Promise.all(starts)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  // Two at a time, as there are two cores; MLflow's server takes longest and goes first.
  const [first, second, newer, third, fourth] = (await twoAtATime([
    () => drive(python3, theirs3, place('cases 3a')),
    () => drive(python2, theirs2, place('cases 2a')),
    () => drive(python2, theirsNewer, place('cases 2c'), answeredAsByMlflow3),
    () => drive(python3, ours3, place('cases 3b')),
    () => drive(python2, ours2, place('cases 2b')),
  ])) as [Report, Report, Report, Report, Report];
  reports.set('mlflow 3', { theirs: first, ours: third });
  reports.set('mlflow 2', { theirs: new Map([...second, ...newer]), ours: fourth });
}, 1_200_000);

afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.stop()));
  if (process.env.MLOPS_TEST_KEEP) {
    console.log(`The reports are in ${folder}`);
  } else {
    fs.rmSync(folder, { recursive: true, force: true });
  }
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
      expect(theirs.broke?.[2], "the case does not hold with MLflow's own server").toBeUndefined();
      expect(ours.broke?.[2], 'the case does not hold with ours').toBeUndefined();
      expect(common(ours.saw)).toEqual(expected(caseName, name, common(theirs.saw)));
    },
  );
});

test('every difference that is told belongs to a case', () => {
  const known = new Set(names.flatMap((name) => casesOf(majorOf(name))));
  const told = [...differences.map((difference) => difference.case), ...answeredAsByMlflow3];
  expect(told.filter((caseName) => !known.has(caseName))).toEqual([]);
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
