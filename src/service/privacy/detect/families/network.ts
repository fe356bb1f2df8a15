import ipaddr from 'ipaddr.js';
import type { Detector } from '../detector.ts';
import { hasKnownDomain } from './contact.ts';

const ipHeaders = [
  'ip',
  'ip address',
  'ipaddr',
  'ip addr',
  'ipv 4',
  'ipv 6',
  'client ip',
  'remote addr',
  'host',
  'adresse ip',
  'direccion ip',
];
const ipPattern = /^(\d{1,3}(\.\d{1,3}){3}|(?=.*:.*:)[\da-f:.]{2,45}(%\w+)?)$/i;

/** Addresses of the internet. */
export const networkDetectors: readonly Detector[] = [
  {
    id: 'ip.public',
    entity: 'ipAddress',
    title: 'IP addresses',
    kinds: ['text'],
    pattern: ipPattern,
    valid: (value) => ipRange(value) === 'unicast' && !looksLikeVersion(value),
    chance: 0.01,
    alone: 0.95,
    headers: ipHeaders,
    otherHeaders: ['version'],
  },
  {
    id: 'ip.any',
    entity: 'ipAddress',
    title: 'IP addresses, of private networks among them',
    kinds: ['text'],
    pattern: ipPattern,
    valid: (value) => {
      const range = ipRange(value);
      return (
        range !== undefined && range !== 'unspecified' && range !== 'broadcast' && !looksLikeVersion(value)
      );
    },
    chance: 0.01,
    alone: 0.6,
    withHeader: 0.8,
    headers: ipHeaders,
    otherHeaders: ['version'],
  },
  {
    id: 'mac',
    entity: 'macAddress',
    title: 'MAC addresses',
    kinds: ['text'],
    pattern: /^([\da-f]{2}([:-])[\da-f]{2}(\2[\da-f]{2}){4}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})$/i,
    valid: (value) => !/^[0:.-]+$/.test(value) && !/^[f:.-]+$/i.test(value),
    chance: 0.001,
    alone: 0.95,
    headers: ['mac', 'mac address', 'bssid', 'wifi mac', 'ethernet', 'hardware address'],
  },
  {
    id: 'url',
    entity: 'url',
    title: 'web addresses',
    kinds: ['text'],
    pattern: /^((https?|ftp):\/\/|www\.)[^\s]+$/i,
    valid: isUrl,
    chance: 0.001,
    alone: 0.9,
    headers: [
      'url',
      'uri',
      'website',
      'web',
      'link',
      'homepage',
      'referrer',
      'referer',
      'profile',
      'webseite',
      'site',
      'pagina',
    ],
  },
];

/** The name of the range that an address lies in; undefined when it is none. */
function ipRange(value: string): string | undefined {
  if (value.includes(':')) {
    return ipaddr.IPv6.isValid(value) ? ipaddr.process(value).range() : undefined;
  }
  return ipaddr.IPv4.isValidFourPartDecimal(value) ? ipaddr.IPv4.parse(value).range() : undefined;
}

/** 1.12.3.4 is an address as well, but a column of nothing else is one of versions. */
function looksLikeVersion(value: string): boolean {
  return /^\d{1,2}(\.\d{1,2}){3}$/.test(value) && value.split('.').every((part) => Number(part) < 32);
}

export function isUrl(value: string): boolean {
  const host = /^(?:\w+:\/\/)?(?:[^/@?#]*@)?(\[[\da-f:.]+\]|[^/:?#]+)/i.exec(value)?.[1];
  return (
    host !== undefined &&
    (host.startsWith('[') ||
      ipaddr.IPv4.isValidFourPartDecimal(host) ||
      host === 'localhost' ||
      hasKnownDomain(host))
  );
}
