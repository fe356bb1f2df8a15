import { afterEach, beforeEach, expect, it } from 'vitest';
import { deferred } from '../../../src/base/async.ts';
import { errorShape } from '../../../src/base/errors.ts';
import { Emitter } from '../../../src/base/event.ts';
import { DisposableStore } from '../../../src/base/lifecycle.ts';
import { KeyBook } from '../../../src/keys/keyBook.ts';

let windows: DisposableStore;

beforeEach(() => {
  windows = new DisposableStore();
});

afterEach(() => windows.dispose());

/** A computer with its secret storage and the memory that its windows share. */
function computer() {
  const secrets = new Map<string, string>();
  const memory = new Map<string, unknown>();
  const secretChanged = new Emitter<{ key: string }>();
  const memoryChanged = new Emitter<void>();
  let now = 1000;
  /** As the editor does: a window has its own copy of the memory, and writes all of it when the disk is ready. */
  const openBook = (disk: Promise<void> = Promise.resolve()) => {
    let copy = structuredClone(memory);
    windows.add(
      memoryChanged.event(() => {
        copy = structuredClone(memory);
      }),
    );
    const book = new KeyBook(
      {
        get: async (name) => secrets.get(name),
        store: async (name, text) => {
          secrets.set(name, text);
          secretChanged.fire({ key: name });
        },
        delete: async (name) => {
          secrets.delete(name);
          secretChanged.fire({ key: name });
        },
        onDidChange: secretChanged.event,
      },
      {
        get: (name, otherwise) => (copy.get(name) ?? otherwise) as never,
        update: async (name, value) => {
          copy.set(name, structuredClone(value));
          const all = structuredClone(copy);
          await disk;
          memory.clear();
          for (const [key, kept] of all) {
            memory.set(key, kept);
          }
          memoryChanged.fire();
        },
      },
      () => {
        now += 1;
        return now;
      },
    );
    return windows.add(book);
  };
  const writeOver = (name: string, value: unknown) => {
    memory.set(name, value);
    memoryChanged.fire();
  };
  return { secrets, memory, openBook, writeOver };
}

function opened() {
  const { openBook, ...stores } = computer();
  return { book: openBook(), ...stores };
}

const ids = (book: KeyBook) =>
  book
    .list()
    .map(({ id }) => id)
    .sort();

/** What an export gives away. */
async function exported(book: KeyBook, id: string): Promise<string> {
  let given = '';
  await book.export(id, async (key) => {
    given = key;
  });
  return given;
}

const refusal = (work: Promise<unknown>) => work.then(() => undefined, errorShape);

it('a key has 32 bytes of chance and lies in the secret storage alone', async () => {
  const { book, secrets, memory } = opened();
  await book.make('adult');
  await book.make('patients');
  const adult = await book.read('adult');
  expect(Buffer.from(adult!, 'base64')).toHaveLength(32);
  expect(adult).not.toBe(await book.read('patients'));
  expect([...secrets.keys()]).toEqual(['mlops.key.adult', 'mlops.key.patients']);
  expect(JSON.stringify([...memory])).not.toContain(adult);
  expect(book.list().map(({ id }) => id)).toEqual(['patients', 'adult']);
});

it('no key is written over, nor one that this window does not list', async () => {
  const { book, secrets } = opened();
  secrets.set('mlops.key.adult', 'of another window');
  expect(await refusal(book.make('adult'))).toMatchObject({ code: 'privacy.keyNameTaken' });
  expect(await refusal(book.enter('adult', 'ab'.repeat(32)))).toMatchObject({ code: 'privacy.keyNameTaken' });
  expect(secrets.get('mlops.key.adult')).toBe('of another window');
  expect(await book.freeName('adult')).toBe('adult-2');
});

it('a name is a name', async () => {
  const { book } = opened();
  for (const name of ['', 'a b', '-a', 'a/b', 'x'.repeat(65)]) {
    expect(await refusal(book.make(name))).toMatchObject({ code: 'privacy.keyNameInvalid' });
  }
});

it('an exported key that is entered elsewhere is the same key', async () => {
  const { book } = opened();
  await book.make('adult');
  const text = await exported(book, 'adult');
  const other = opened().book;
  await other.enter('adult', `  ${text}\n`);
  expect(await other.read('adult')).toBe(await book.read('adult'));
});

it('a key is exported once', async () => {
  const { book } = opened();
  await book.make('adult');
  const text = await exported(book, 'adult');
  const refused = await refusal(exported(book, 'adult'));
  expect(refused).toMatchObject({ code: 'privacy.keyAlreadyExported' });
  expect(refused!.message).not.toContain(text);
});

it('an export that fails does not count', async () => {
  const { book } = opened();
  await book.make('adult');
  const refused = await refusal(book.export('adult', () => Promise.reject(new Error('The disk is full.'))));
  expect(refused).toMatchObject({ message: 'The disk is full.' });
  expect(await exported(book, 'adult')).toBe(await book.read('adult'));
});

it('rotation makes a new key and keeps the old one', async () => {
  const { book } = opened();
  await book.make('adult');
  const old = await book.read('adult');
  expect(await book.rotate('adult')).toMatchObject({ id: 'adult-2' });
  expect(await book.rotate('adult-2')).toMatchObject({ id: 'adult-3' });
  expect(await book.read('adult')).toBe(old);
  expect(book.list().find(({ id }) => id === 'adult')).toMatchObject({ replacedBy: 'adult-2' });
  expect(await refusal(book.rotate('gone'))).toMatchObject({ code: 'privacy.noSuchKey' });
});

it('a forgotten key is gone', async () => {
  const { book, secrets } = opened();
  await book.make('adult');
  await book.forget('adult');
  expect(secrets.size).toBe(0);
  expect(book.list()).toEqual([]);
  expect(await refusal(exported(book, 'adult'))).toMatchObject({ code: 'privacy.noSuchKey' });
});

it('no key vanishes from the list when two windows make one at the same moment', async () => {
  const { openBook, secrets } = computer();
  const first = openBook();
  await first.make('adult');
  const disk = deferred<void>();
  const books = [openBook(disk.promise), openBook(disk.promise)] as const;
  const made = Promise.all([books[0].make('patients'), books[1].make('orders'), books[1].rotate('adult')]);
  disk.resolve();
  await made;
  const all = ['adult', 'adult-2', 'orders', 'patients'];
  expect([...secrets.keys()].sort()).toEqual(all.map((id) => `mlops.key.${id}`));
  // A window that is opened later knows what was written alone.
  for (const book of [...books, first, openBook()]) {
    expect(ids(book)).toEqual(all);
  }
  await books[0].forget('orders');
  for (const book of [...books, first, openBook()]) {
    expect(ids(book)).toEqual(['adult', 'adult-2', 'patients']);
  }
});

it('what a window says of a key outlives the list of a window that did not know it', async () => {
  const { openBook, memory, writeOver } = computer();
  const book = openBook();
  await book.make('adult');
  const before = structuredClone(memory.get('mlops.keys'));
  await exported(book, 'adult');
  writeOver('mlops.keys', before);
  expect(await refusal(exported(book, 'adult'))).toMatchObject({ code: 'privacy.keyAlreadyExported' });
  await book.make('orders');
  expect(
    openBook()
      .list()
      .find(({ id }) => id === 'adult'),
  ).toHaveProperty('exported');
});

it('no error quotes what was entered', async () => {
  const { book } = opened();
  await book.make('adult');
  const text = await exported(book, 'adult');
  const refused = await refusal(book.enter('other', `${text}x`));
  expect(refused).toMatchObject({ code: 'privacy.notAKey' });
  expect(JSON.stringify(refused)).not.toContain(text.slice(0, 8));
});
