/** How instants of a column are written. */
export interface InstantStyle {
  readonly precision: 'day' | 'minute' | 'second' | 'millisecond';
  readonly separator: 'T' | ' ';
  readonly zone: '' | 'Z';
}

export interface Instant {
  /** Milliseconds since 1970 in universal time; a text without a zone is taken to be in it. */
  readonly time: number;
  readonly style: InstantStyle;
}

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** An ISO 8601 date or instant; anything else, and a day that no calendar has, is undefined. */
export function parseInstant(text: string): Instant | undefined {
  const match = pattern.exec(text);
  if (!match) {
    return undefined;
  }
  const [, year, month, day, separator, hour = '', minute = '', second = '', fraction = '', zone = ''] =
    match;
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const inCalendar = date.getUTCDate() === Number(day) && date.getUTCMonth() === Number(month) - 1;
  if (!inCalendar || hours > 23 || minutes > 59 || seconds > 59) {
    return undefined;
  }
  date.setUTCHours(hours, minutes, seconds, Math.floor(Number(`0.${fraction}0`) * 1000));
  return {
    time: date.getTime() - zoneMilliseconds(zone),
    style: {
      precision: precisionOf(hour, second, fraction),
      separator: separator === ' ' ? ' ' : 'T',
      zone: zone ? 'Z' : '',
    },
  };
}

function precisionOf(hour: string, second: string, fraction: string): InstantStyle['precision'] {
  if (!hour) {
    return 'day';
  }
  return !second ? 'minute' : fraction ? 'millisecond' : 'second';
}

export function formatInstant(time: number, { precision, separator, zone }: InstantStyle): string {
  const iso = new Date(time).toISOString();
  const day = iso.slice(0, 10);
  const length = { day: 0, minute: 5, second: 8, millisecond: 12 }[precision];
  return length === 0 ? day : `${day}${separator}${iso.slice(11, 11 + length)}${zone}`;
}

/** Milliseconds between two instants that the precision can tell apart. */
export function instantStep(precision: InstantStyle['precision']): number {
  return { day: 86_400_000, minute: 60_000, second: 1_000, millisecond: 1 }[precision];
}

function zoneMilliseconds(zone: string): number {
  if (!zone || zone === 'Z') {
    return 0;
  }
  const digits = zone.replace(/\D/g, '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
