import * as z from 'zod';
import {
  keyAlreadyExported,
  keyNameInvalid,
  keyNameTaken,
  keyStoreUnreadable,
  noSuchKey,
  notAKey,
} from './errors.ts';
import { isKeyName, type KeyRing, keyRingOf, MasterKey, makeMasterKey, parseKeyText } from './masterKey.ts';

/** Where secrets are kept: the editor's SecretStorage, or a stand-in of a test. */
export interface SecretPlace {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** What may be shown of a key. */
export interface KeySummary {
  readonly id: string;
  readonly name: string;
  /** ISO-8601. */
  readonly created: string;
  readonly checkValue: string;
  /** When it was exported; absent as long as it never was. */
  readonly exported?: string | undefined;
  /** The id of the key that took its place; it is kept to restore what was made with it. */
  readonly replacedBy?: string | undefined;
}

export interface ExportedKey {
  readonly text: string;
  readonly warning: string;
}

const recordSchema = z.object({
  id: z.string(),
  name: z.string(),
  created: z.string(),
  key: z.string(),
  exported: z.string().optional(),
  replacedBy: z.string().optional(),
});
const storeSchema = z.object({ version: z.literal(1), keys: z.array(recordSchema) });
type KeyRecord = z.infer<typeof recordSchema>;

/** Keys made, named, rotated, exported once and forgotten. Each change is one write of the whole. */
export class KeyStore {
  readonly #place: SecretPlace;
  readonly #now: () => Date;

  constructor(place: SecretPlace, now: () => Date = () => new Date()) {
    this.#place = place;
    this.#now = now;
  }

  async list(): Promise<readonly KeySummary[]> {
    return (await this.#read()).map(summary);
  }

  /** All keys, those that were replaced too. */
  async keyRing(): Promise<KeyRing> {
    return keyRingOf((await this.#read()).map(masterKey));
  }

  make(name: string): Promise<KeySummary> {
    return this.#add(name, (id) => makeMasterKey(id));
  }

  /** A key that was exported elsewhere, under the name it had there: it becomes the id that recipes know. */
  async import(name: string, text: string): Promise<KeySummary> {
    const bytes = parseKeyText(text);
    if (!bytes) {
      throw notAKey('The text that was entered');
    }
    return this.#add(name, (id) => new MasterKey(id, bytes));
  }

  /** Only what people read changes: recipes know a key by its id. */
  async rename(keyId: string, name: string): Promise<KeySummary> {
    const keys = await this.#read();
    const old = find(keys, keyId);
    checkName(name, keys, keyId);
    return this.#replace(keys, old, { ...old, name });
  }

  /** A new key takes the name; the old one stays, to restore what was made with it. */
  async rotate(keyId: string): Promise<KeySummary> {
    const keys = await this.#read();
    const old = find(keys, keyId);
    const generation = freeId(old.name, keys);
    const record = this.#record(generation, old.name, makeMasterKey(generation));
    const retired = {
      ...old,
      name: `${old.name} until ${record.created.slice(0, 10)}`,
      replacedBy: generation,
    };
    await this.#write([...keys.map((key) => (key === old ? retired : key)), record]);
    return summary(record);
  }

  /** The key as text, once. */
  async export(keyId: string): Promise<ExportedKey> {
    const keys = await this.#read();
    const record = find(keys, keyId);
    if (record.exported) {
      throw keyAlreadyExported(keyId, record.exported);
    }
    await this.#replace(keys, record, { ...record, exported: this.#now().toISOString() });
    return {
      text: record.key,
      warning:
        `Whoever has this key can undo every pseudonym, noise and shift made with ${record.name}. ` +
        'Keep it in a safe place outside the workspace, never beside the data. It is shown this once.',
    };
  }

  /** After this nobody here can restore what was made with the key. */
  async forget(keyId: string): Promise<void> {
    const keys = await this.#read();
    const record = find(keys, keyId);
    await this.#write(keys.filter((key) => key !== record));
  }

  async #add(name: string, key: (id: string) => MasterKey): Promise<KeySummary> {
    const keys = await this.#read();
    checkName(name, keys);
    const record = this.#record(name, name, key(name));
    if (keys.some(({ id }) => id === name)) {
      throw keyNameTaken(name);
    }
    await this.#write([...keys, record]);
    return summary(record);
  }

  #record(id: string, name: string, key: MasterKey): KeyRecord {
    return { id, name, created: this.#now().toISOString(), key: key.exportText() };
  }

  async #replace(keys: readonly KeyRecord[], old: KeyRecord, changed: KeyRecord): Promise<KeySummary> {
    await this.#write(keys.map((key) => (key === old ? changed : key)));
    return summary(changed);
  }

  async #read(): Promise<readonly KeyRecord[]> {
    const text = await this.#place.read();
    if (text === undefined) {
      return [];
    }
    try {
      return storeSchema.parse(JSON.parse(text)).keys;
    } catch {
      // The cause would quote what is stored.
      throw keyStoreUnreadable();
    }
  }

  #write(keys: readonly KeyRecord[]): Promise<void> {
    return this.#place.write(JSON.stringify({ version: 1, keys }));
  }
}

function find(keys: readonly KeyRecord[], keyId: string): KeyRecord {
  const record = keys.find(({ id }) => id === keyId);
  if (!record) {
    throw noSuchKey(keyId);
  }
  return record;
}

function checkName(name: string, keys: readonly KeyRecord[], except?: string): void {
  if (!isKeyName(name)) {
    throw keyNameInvalid(name);
  }
  if (keys.some((key) => key.name === name && key.id !== except)) {
    throw keyNameTaken(name);
  }
}

/** NAME-2, NAME-3, … */
function freeId(name: string, keys: readonly KeyRecord[]): string {
  for (let generation = 2; ; generation += 1) {
    const id = `${name}-${generation}`;
    if (!keys.some((key) => key.id === id)) {
      return id;
    }
  }
}

function masterKey(record: KeyRecord): MasterKey {
  const bytes = parseKeyText(record.key);
  if (!bytes) {
    throw keyStoreUnreadable();
  }
  return new MasterKey(record.id, bytes);
}

function summary(record: KeyRecord): KeySummary {
  const { id, name, created, exported, replacedBy } = record;
  return { id, name, created, checkValue: masterKey(record).checkValue, exported, replacedBy };
}
