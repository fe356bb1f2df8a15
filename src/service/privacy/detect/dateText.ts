const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const forms: readonly { readonly form: RegExp; readonly order: readonly ('year' | 'month' | 'day')[] }[] = [
  { form: /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?$/, order: ['year', 'month', 'day'] },
  {
    form: /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}.*)?$/,
    order: ['day', 'month', 'year'],
  },
  { form: /^(\d{4})()(\d{2})(\d{2})$/, order: ['year', 'month', 'day'] },
];
const named = new RegExp(`^(\\d{1,2})[-. /]*(${months})[a-z]*[-. /,]*(\\d{4}|\\d{2})$`, 'i');
const americanNamed = new RegExp(`^(${months})[a-z]*[-. /]*(\\d{1,2})(?:st|nd|rd|th)?[-. /,]+(\\d{4})$`, 'i');

/**
 * A date as people and databases write it, in milliseconds since 1970, UTC; undefined when it is none. A time of
 * day is left out. Where day and month could be either way round, the day comes first unless that is no date.
 */
export function readDate(value: string, today: Date): number | undefined {
  for (const { form, order } of forms) {
    const match = form.exec(value);
    if (match !== null) {
      const parts = [match[1]!, match[3]!, match[4]!].map(Number);
      const at = (part: 'year' | 'month' | 'day') => parts[order.indexOf(part)]!;
      const year = fullYear(at('year'), today);
      return (
        timeOf(year, at('month'), at('day')) ??
        (order[0] === 'day' ? timeOf(year, at('day'), at('month')) : undefined)
      );
    }
  }
  const european = named.exec(value);
  if (european !== null) {
    return timeOf(fullYear(Number(european[3]), today), monthOf(european[2]!), Number(european[1]));
  }
  const american = americanNamed.exec(value);
  return american === null
    ? undefined
    : timeOf(Number(american[3]), monthOf(american[1]!), Number(american[2]));
}

function monthOf(name: string): number {
  return months.split('|').indexOf(name.toLowerCase()) + 1;
}

/** Of two digits: the latest such year that is not to come. */
function fullYear(year: number, today: Date): number {
  if (year > 99) {
    return year;
  }
  const thisYear = today.getUTCFullYear();
  const candidate = thisYear - (thisYear % 100) + year;
  return candidate > thisYear ? candidate - 100 : candidate;
}

function timeOf(year: number, month: number, day: number): number | undefined {
  if (year < 1600 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) {
    return undefined;
  }
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCDate() === day ? date.getTime() : undefined;
}
