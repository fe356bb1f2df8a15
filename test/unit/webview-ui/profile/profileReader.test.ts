import { expect, it } from 'vitest';
import { cancelled, WorkbenchError } from '../../../../src/base/errors.ts';
import type { DataProfile, ProfileData } from '../../../../src/protocol/data.ts';
import type { Progress, RequestType } from '../../../../src/protocol/rpc.ts';
import { ProfileReader } from '../../../../webview-ui/profile/profileReader.ts';
import type { Host } from '../../../../webview-ui/shared/host.ts';

const path = '/project/data.csv';

function profileOf(kind: 'sample' | 'whole', rows: number, bytes = 100): DataProfile {
  return {
    path: 'data.csv',
    kind: 'csv',
    bytes,
    basis: { kind, rows },
    columnCount: 0,
    duplicateRows: 0,
    columns: [],
    associations: { rows, columns: [], pairs: [] },
    hints: [],
    notices: [],
  };
}

interface Asked {
  readonly method: string;
  readonly parameters: ProfileData;
  readonly signal: AbortSignal;
  answer(profile: DataProfile): Promise<void>;
  fail(error: Error): Promise<void>;
  progress(progress: Progress): void;
}

/** A host whose answers are given by hand. */
function scene() {
  const asked: Asked[] = [];
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const host: Pick<Host, 'send'> = {
    send: <P, R>(
      type: RequestType<P, R>,
      parameters: P,
      signal?: AbortSignal,
      onProgress?: (progress: Progress) => void,
    ) =>
      new Promise<R>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(cancelled()));
        asked.push({
          method: type.method,
          parameters: parameters as ProfileData,
          signal: signal!,
          answer: (profile) => {
            resolve(profile as R);
            return turn();
          },
          fail: (error) => {
            reject(error);
            return turn();
          },
          progress: (progress) => onProgress?.(progress),
        });
      }),
  };
  return { asked, reader: new ProfileReader(host, () => undefined) };
}

it('has a first picture, then how far the exact figures are, then those', async () => {
  const { asked, reader } = scene();
  reader.read({ path });
  expect([reader.stage, reader.figures]).toEqual(['sketching', undefined]);
  await asked[0]!.answer(profileOf('sample', 10));
  expect([reader.stage, reader.figures?.basis.rows]).toEqual(['refining', 10]);
  asked[1]!.progress({ message: '3 of 4 columns', fraction: 0.5 });
  expect(reader.progress).toEqual({ message: '3 of 4 columns', fraction: 0.5 });
  await asked[1]!.answer(profileOf('whole', 99));
  expect([reader.stage, reader.figures?.basis.rows, reader.progress]).toEqual(['exact', 99, undefined]);
  expect(asked.map(({ method }) => method)).toEqual(['data/sketch', 'data/profile']);
});

it('asks for nothing more where the exact figures were kept', async () => {
  const { asked, reader } = scene();
  reader.read({ path });
  await asked[0]!.answer(profileOf('whole', 99));
  expect([reader.stage, asked.length]).toEqual(['exact', 1]);
});

it('keeps exact figures while another target is looked at, but not those of another file', async () => {
  const { asked, reader } = scene();
  reader.read({ path });
  await asked[0]!.answer(profileOf('whole', 99));
  reader.readTarget({ path, target: 'y' });
  expect([reader.relations, reader.figures?.basis.rows]).toEqual([undefined, 99]);
  await asked[1]!.answer(profileOf('sample', 10));
  expect([reader.relations?.basis.rows, reader.figures?.basis.rows]).toEqual([10, 99]);
  reader.readTarget({ path, target: 'z' });
  await asked[3]!.answer(profileOf('sample', 11, 101));
  expect(reader.figures?.basis.rows).toBe(11);
});

it('stops the work when told to, keeps the first picture, and goes on when told to', async () => {
  const { asked, reader } = scene();
  reader.read({ path, target: 'y' });
  await asked[0]!.answer(profileOf('sample', 10));
  reader.stop();
  expect(asked[1]!.signal.aborted).toBe(true);
  await asked[1]!.answer(profileOf('whole', 99));
  expect([reader.stage, reader.figures?.basis.rows, reader.error]).toEqual(['stopped', 10, undefined]);
  reader.goOn();
  expect(asked[2]!.parameters).toEqual({ path, target: 'y' });
});

it('says why the exact figures cannot be had, beside the first picture', async () => {
  const { asked, reader } = scene();
  reader.read({ path });
  await asked[0]!.answer(profileOf('sample', 10));
  await asked[1]!.fail(new WorkbenchError('data.raggedRow', 'Row 7 ends too soon.'));
  expect([reader.stage, reader.figures?.basis.rows]).toEqual(['stopped', 10]);
  expect(reader.error?.message).toBe('Row 7 ends too soon.');
});

it('takes no answer to an older question', async () => {
  const { asked, reader } = scene();
  reader.read({ path });
  reader.readTarget({ path, target: 'y' });
  expect(asked[0]!.signal.aborted).toBe(true);
  await asked[0]!.answer(profileOf('whole', 1));
  expect(reader.figures).toBeUndefined();
  await asked[1]!.answer(profileOf('whole', 2));
  expect(reader.figures?.basis.rows).toBe(2);
});
