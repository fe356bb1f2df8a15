import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Attached } from '../../../src/attach/attach.ts';
import type { ServiceConnection } from '../../../src/attach/connection.ts';
import { type ErrorShape, errorShape } from '../../../src/base/errors.ts';
import {
  changeRecipe,
  handKey,
  openRecipe,
  type RecipeChange,
  type RecipeState,
} from '../../../src/protocol/privacy.ts';
import { repository, ServedFolder } from '../../support/service.ts';

export const sharedData = path.join(repository, '..', 'shared', 'data');

/** A folder with its service, and a table of people whose key nobody else has. */
export class Scene {
  readonly folder = new ServedFolder();
  readonly key = randomBytes(32);
  #service: Attached | undefined;

  get root(): string {
    return this.folder.root;
  }

  async start(): Promise<void> {
    this.#service = await this.folder.attach({ idleSeconds: 60 });
  }

  get connection(): ServiceConnection {
    return this.#service!.connection;
  }

  get processId(): number {
    return this.#service!.welcome.processId;
  }

  handOver(id: string, key = this.key): Promise<unknown> {
    return this.connection.send(handKey, { id, key: key.toString('base64') });
  }

  open(table: string): Promise<RecipeState> {
    return this.connection.send(openRecipe, { path: table });
  }

  change(state: RecipeState, change: RecipeChange): Promise<RecipeState> {
    return this.connection.send(changeRecipe, { recipe: state.recipe, version: state.version, change });
  }

  /** Proposed and saved. */
  async suggest(table: string): Promise<RecipeState> {
    return this.change(await this.open(table), { kind: 'save' });
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), 'utf8');
  }

  write(name: string, text: string): void {
    this.folder.write(name, text);
  }

  /** All files below the folder but git's, relative. */
  files(under = ''): string[] {
    return fs.readdirSync(path.join(this.root, under), { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(under, entry.name);
      return entry.isDirectory() ? this.files(name) : [name];
    });
  }

  /** What is in the workspace besides the service's own folder. */
  visible(): string[] {
    return this.files()
      .filter((name) => !name.startsWith('.mlops'))
      .sort();
  }

  dispose(): Promise<void> {
    return this.folder.dispose();
  }
}

export function copyAdult(scene: Scene): string[][] {
  const text = fs.readFileSync(path.join(sharedData, 'adult', 'adult.csv'), 'utf8');
  scene.write('adult.csv', text);
  return rowsOf(text, ';');
}

/** Without the header. */
export function rowsOf(text: string, delimiter = ','): string[][] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(delimiter));
}

/** People who are nobody; the same ones each time. */
export function peopleTable(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const mixed = createHash('sha256').update(`person ${index}`).digest();
    const amount = (mixed.readUInt32LE(0) % 9_000_000) + 1_000_000;
    const day = new Date(Date.UTC(2020, 0, 1 + (mixed.readUInt16LE(4) % 1500))).toISOString().slice(0, 10);
    const age = 20 + (mixed[6]! % 60);
    const city = ['Berlin', 'Hamburg', 'Wien', 'Zürich', 'Bern'][mixed[7]! % 5];
    return `${index + 1},person${index + 1}@example.org,${age},${city},${amount},${day},${(amount / 100).toFixed(2)}`;
  });
  return `id,email,age,city,balance,joined,price\n${lines.join('\n')}\n`;
}

/** A recipe for the table of people with the methods that need a key. */
export function peopleRecipe(input = 'people.csv', extra = ''): string {
  return `# Ours.
version: 1
dataset: people
release: first
key:
  id: team # of the data owners
input:
  path: ${input}
output:
  path: people.anonymised.csv
subject: email
columns:
  id: { method: drop, role: directIdentifier }
  email: { method: pseudonym, role: directIdentifier, prefix: p_ }
  age: { method: generalise, role: quasiIdentifier, bins: [30, 50] }
  city: { method: keep, role: quasiIdentifier }
  balance: { method: noise, role: sensitive, scale: 1000 }
  joined: { method: dateShift, days: 30 }
  price: { method: noise, scale: 2.5, decimals: 2, distribution: gaussian }
${extra}`;
}

export async function refusal(work: Promise<unknown>): Promise<ErrorShape> {
  try {
    await work;
  } catch (error) {
    return errorShape(error);
  }
  throw new Error('It was not refused.');
}

/** How a key may be written down: none of these may be found anywhere. */
export function writings(key: Buffer): Buffer[] {
  return [
    key,
    Buffer.from(key.toString('hex')),
    Buffer.from(key.toString('hex').toUpperCase()),
    Buffer.from(key.toString('base64').replace(/=+$/, '')),
    Buffer.from(key.toString('base64url')),
    Buffer.from(base32(key, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')),
    Buffer.from(base32(key, '0123456789abcdefghijklmnopqrstuv')),
    Buffer.from(JSON.stringify([...key]).slice(1, -1)),
  ];
}

function base32(bytes: Buffer, alphabet: string): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]!).join('');
}
