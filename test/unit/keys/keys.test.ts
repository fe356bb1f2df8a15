import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { deriveSubkey, keyCheckValue } from '../../../src/keys/derive.ts';
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
