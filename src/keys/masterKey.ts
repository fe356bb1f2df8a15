import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { deriveSubkey, keyCheckValue, keyLength, type SubkeyScope } from './derive.ts';

/**
 * A key of the owners of the data. Its bytes do not leave it but by `exportText`: printing, logging or writing it
 * as JSON gives its id alone.
 */
export class MasterKey {
  readonly id: string;
  readonly #bytes: Buffer;

  constructor(id: string, bytes: Uint8Array) {
    if (bytes.length !== keyLength) {
      throw new RangeError(`A key has ${keyLength} bytes.`);
    }
    this.id = id;
    this.#bytes = Buffer.from(bytes);
  }

  /** A subkey is as secret as the key: it goes into a method and nowhere else. */
  subkey(scope: SubkeyScope): Buffer {
    return deriveSubkey(this.#bytes, scope);
  }

  /** This may be written down: it tells a wrong key, and nothing of the key. */
  get checkValue(): string {
    return keyCheckValue(this.#bytes);
  }

  /** The key as text, for the store of secrets and for the one export; `parseKeyText` reads it. */
  exportText(): string {
    return this.#bytes.toString('base64');
  }

  toJSON(): { readonly id: string } {
    return { id: this.id };
  }

  toString(): string {
    return `key ${this.id}`;
  }

  [inspect.custom](): string {
    return `MasterKey(${this.id})`;
  }
}

export function makeMasterKey(id: string): MasterKey {
  return new MasterKey(id, randomBytes(keyLength));
}

/** 32 bytes from 64 hex digits or from base64; undefined for anything else. */
export function parseKeyText(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) {
    return Buffer.from(trimmed, 'hex');
  }
  if (/^[A-Za-z0-9+/]{43}=$/.test(trimmed) || /^[A-Za-z0-9_-]{43}$/.test(trimmed)) {
    const bytes = Buffer.from(trimmed, 'base64');
    return bytes.length === keyLength ? bytes : undefined;
  }
  return undefined;
}

/** What fits on a line, in a variable and in a recipe. */
export function isKeyName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name);
}

/** Keys by their id. Whoever applies or restores a recipe holds one in memory, as long as the work takes. */
export interface KeyRing {
  get(keyId: string): MasterKey | undefined;
}

export function keyRingOf(keys: readonly MasterKey[]): KeyRing {
  const byId = new Map(keys.map((key) => [key.id, key]));
  return { get: (keyId) => byId.get(keyId) };
}
