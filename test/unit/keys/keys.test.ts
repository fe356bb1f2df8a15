import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { errorShape } from '../../../src/base/errors.ts';
import { deriveSubkey, keyCheckValue } from '../../../src/keys/derive.ts';
import { KeyStore } from '../../../src/keys/keyStore.ts';
import { makeMasterKey, parseKeyText } from '../../../src/keys/masterKey.ts';

const master = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const scope = { purpose: 'pseud', dataset: 'patients', release: '2026-01', subject: 'name' } as const;

describe('subkeys', () => {
  test('are the HMAC of the parts, each after its length', () => {
    const message = Buffer.concat(
      ['anon/v1', 'pseud', 'patients', '2026-01', 'name'].map((part) =>
        Buffer.concat([Buffer.from([part.length, 0, 0, 0]), Buffer.from(part)]),
      ),
    );
    expect(deriveSubkey(master, scope)).toEqual(createHmac('sha256', master).update(message).digest());
  });

  test('differ by purpose, dataset, release and column, and where two parts meet', () => {
    const all = [
      scope,
      { ...scope, purpose: 'noise' as const },
      { ...scope, dataset: 'patient', release: 's2026-01' },
      { ...scope, release: '2026-02' },
      { ...scope, subject: 'Name' },
    ].map((each) => deriveSubkey(master, each).toString('hex'));
    expect(new Set(all).size).toBe(all.length);
  });

  test('are the same for a name in another normal form', () => {
    expect(deriveSubkey(master, { ...scope, subject: 'pre\u0301nom' })).toEqual(
      deriveSubkey(master, { ...scope, subject: 'pr\u00e9nom' }),
    );
  });

  test('the check value is the first 8 bytes of HMAC(K, "check")', () => {
    expect(keyCheckValue(master)).toBe(
      createHmac('sha256', master).update('check').digest().subarray(0, 8).toString('hex'),
    );
  });
});

test('a key shows its id and nothing else', () => {
  const key = makeMasterKey('team');
  const secret = parseKeyText(key.exportText())!;
  const shown = [inspect(key, { depth: 9, showHidden: true }), `${key}`, JSON.stringify({ key })].join('\n');
  expect(shown).toContain('team');
  expect(shown).not.toContain(key.exportText());
  expect(shown).not.toContain(secret.toString('hex'));
});

test.each([
  ['64 digits', master.toString('hex'), true],
  ['base64', master.toString('base64'), true],
  ['base64 of addresses', `${master.toString('base64url')}\n`, true],
  ['31 bytes', master.subarray(1).toString('hex'), false],
  ['a password', 'correct horse battery staple', false],
])('a key as text: %s', (_, text, isKey) => {
  expect(parseKeyText(text) !== undefined).toBe(isKey);
});

describe('the store of keys', () => {
  function store(): { readonly keys: KeyStore; readonly stored: () => string | undefined } {
    let content: string | undefined;
    const place = {
      read: async () => content,
      write: async (text: string) => {
        content = text;
      },
    };
    return {
      keys: new KeyStore(place, () => new Date('2026-03-04T05:06:07Z')),
      stored: () => content,
    };
  }

  test('makes keys under names, each once', async () => {
    const { keys } = store();
    await keys.make('clinic');
    expect(await keys.list()).toMatchObject([
      { id: 'clinic', name: 'clinic', created: '2026-03-04T05:06:07.000Z' },
    ]);
    await expect(keys.make('clinic')).rejects.toMatchObject({ code: 'privacy.keyNameTaken' });
    await expect(keys.make('../x')).rejects.toMatchObject({ code: 'privacy.keyNameInvalid' });
  });

  test('rotating leaves the old key for what was made with it', async () => {
    const { keys } = store();
    const old = await keys.make('clinic');
    const next = await keys.rotate('clinic');
    expect(next).toMatchObject({ id: 'clinic-2', name: 'clinic' });
    expect(next.checkValue).not.toBe(old.checkValue);
    const ring = await keys.keyRing();
    expect(ring.get('clinic')!.checkValue).toBe(old.checkValue);
    expect((await keys.list())[0]).toMatchObject({ name: 'clinic until 2026-03-04', replacedBy: 'clinic-2' });
    expect(await keys.rotate('clinic-2')).toMatchObject({ id: 'clinic-3', name: 'clinic' });
  });

  test('a new name leaves the id, by which recipes know it', async () => {
    const { keys } = store();
    await keys.make('clinic');
    expect(await keys.rename('clinic', 'hospital')).toMatchObject({ id: 'clinic', name: 'hospital' });
    expect((await keys.keyRing()).get('clinic')).toBeDefined();
  });

  test('exports once, with a warning, and what is exported can be imported', async () => {
    const { keys } = store();
    const made = await keys.make('clinic');
    const { text, warning } = await keys.export('clinic');
    expect(warning).toMatch(/can undo every pseudonym/);
    await expect(keys.export('clinic')).rejects.toMatchObject({ code: 'privacy.keyAlreadyExported' });
    const elsewhere = store();
    expect((await elsewhere.keys.import('clinic', text)).checkValue).toBe(made.checkValue);
  });

  test('forgets a key for good', async () => {
    const { keys, stored } = store();
    await keys.make('clinic');
    const { text } = await keys.export('clinic');
    await keys.forget('clinic');
    expect(stored()).not.toContain(text);
    expect((await keys.keyRing()).get('clinic')).toBeUndefined();
    await expect(keys.forget('clinic')).rejects.toMatchObject({ code: 'privacy.noSuchKey' });
  });

  test('no error quotes what is stored or entered', async () => {
    const secret = makeMasterKey('x').exportText();
    const damaged = new KeyStore({
      read: async () => `{"version":1,"keys":[{"id":"a","key":"${secret}`,
      write: async () => undefined,
    });
    const errors = await Promise.all([
      damaged.list().catch(errorShape),
      store().keys.import('a', `${secret}x`).catch(errorShape),
    ]);
    expect(errors).toMatchObject([{ code: 'privacy.keyStoreUnreadable' }, { code: 'privacy.notAKey' }]);
    expect(JSON.stringify(errors)).not.toContain(secret.slice(0, 8));
  });
});
