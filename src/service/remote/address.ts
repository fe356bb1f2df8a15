import { createHash } from 'node:crypto';
import { badAddress } from './errors.ts';

/**
 * The address as it is used and shown: scheme, host, port and prefix, without a slash at the end.
 * Credentials in it are refused without being repeated: an address is kept in settings and files.
 */
export function normalizedAddress(text: string): string {
  const url = parse(text.trim());
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badAddress('does not start with http:// or https://, and only these lead to a tracking server');
  }
  if (url.username !== '' || url.password !== '') {
    throw badAddress(
      'holds a user name or password, which would be kept where others can read it. Sign in instead',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw badAddress('holds a ? or #, which is no part of where a server is');
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/** The name of the mirror of this server in `.mlops`. */
export function mirrorFileName(address: string): string {
  return `remote-${createHash('sha256').update(address).digest('hex').slice(0, 12)}.db`;
}

/** How sentences name the server. */
export function hostOf(address: string): string {
  return new URL(address).host;
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw badAddress('cannot be read as an address');
  }
}
