import { acquireProcessLock } from '../../../../src/service/storage/processLock.ts';

/**
 * A process that takes a lock, keeps no reference to it and collects its garbage; then says whether the lock is held.
 * Usage: node --expose-gc lockHolder.ts FILE
 */
const file = process.argv[2]!;
acquireProcessLock(file);
for (let round = 0; round < 5; round += 1) {
  globalThis.gc!();
  // Native objects are released in a later turn of the event loop.
  await new Promise(setImmediate);
}
process.stdout.write(acquireProcessLock(file) ? 'lost' : 'held');
