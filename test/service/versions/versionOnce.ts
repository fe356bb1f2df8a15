import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { createVersions } from '../../../src/service/versions/versions.ts';

/*
 * A process to be killed: `versionOnce.ts WORKSPACE DATABASE version|checkout PATH [VERSION]`.
 * Prints `begin` when it begins and `done` when it is done.
 */
const [workspace = '', file = '', verb = '', path = '', version = ''] = process.argv.slice(2);
const { database } = openDatabase(file, migrations);
const versions = createVersions({ workspace, database, log: { write: () => undefined } });
const operation = { signal: new AbortController().signal, report: () => undefined };
process.stdout.write('begin\n');
if (verb === 'version') {
  await versions.versionDataset({ path }, operation);
} else {
  await versions.checkoutVersion({ path, version: Number(version) }, operation);
}
process.stdout.write('done\n');
