import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import { createTrackingServer } from '../../../src/service/mlflow/server.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';

/** A tracking server in a process of its own, to be killed: prints its address, then serves until it dies. */
const [database, artifactRoot, secret, port] = process.argv.slice(2);
const opened = openDatabase(database!, migrations);
const log = { write: (_level: string, _source: string, message: string) => console.error(message) };
const server = await createTrackingServer({
  store: createRunStore({ database: opened.database, log }),
  artifactRoot: artifactRoot!,
  secret: secret!,
  log,
  ...(port && { port: Number(port) }),
});
console.log(server.uri);
