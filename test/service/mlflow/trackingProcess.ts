import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import { createTrackingServer } from '../../../src/service/mlflow/server.ts';
import { createModelStore } from '../../../src/service/models/sqliteStore.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { createTraceStore } from '../../../src/service/traces/sqliteStore.ts';

/** A tracking server in a process of its own, to be killed: prints its address, then serves until it dies. */
const [database, artifactRoot, secret, port] = process.argv.slice(2);
const opened = openDatabase(database!, migrations);
const log = { write: (_level: string, _source: string, message: string) => console.error(message) };
const store = createRunStore({ database: opened.database, log });
const server = await createTrackingServer({
  store,
  models: createModelStore({ database: opened.database, runs: store, log }),
  traces: createTraceStore({ database: opened.database, runs: store, log }),
  artifactRoot: artifactRoot!,
  secret: secret!,
  log,
  ...(port && { port: Number(port) }),
});
console.log(server.uri);
