import { createHmac } from 'node:crypto';

/*
 * How everything random comes out of one master key (reference 2.1).
 * The texts and their order are part of every released table: a change here is another algorithm version.
 */

/** What a subkey is for; two purposes never share one. */
export type KeyPurpose = 'pseud' | 'noise' | 'fpe' | 'shift' | 'swap' | 'dp' | 'synth';

/** What a subkey is bound to. */
export interface SubkeyScope {
  readonly purpose: KeyPurpose;
  /** The dataset's id in the recipe. */
  readonly dataset: string;
  /** A fresh one for every release: the same noise twice would cancel out. */
  readonly release: string;
  /** The column, or the name of a domain whose pseudonyms join across columns and files. */
  readonly subject: string;
}

/** Bytes of a master key, and of a subkey. */
export const keyLength = 32;

/** `HMAC-SHA256(K, "anon/v1" ‖ purpose ‖ dataset ‖ release ‖ subject)`, each part after its length: 32 bytes. */
export function deriveSubkey(master: Uint8Array, scope: SubkeyScope): Buffer {
  const { purpose, dataset, release, subject } = scope;
  const parts = ['anon/v1', purpose, dataset, release, subject].map((part) => part.normalize('NFC'));
  return createHmac('sha256', master).update(lengthPrefixed(parts)).digest();
}

/** What a recipe says of its key, so that a wrong one is refused before anything is written: 16 hex digits. */
export function keyCheckValue(master: Uint8Array): string {
  return createHmac('sha256', master).update('check').digest('hex').slice(0, 16);
}

/** Each part as UTF-8 after its length in 4 bytes, little end first, so that ("ab", "c") is not ("a", "bc"). */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
