/** How numbers, sizes and times read for a person; the same words in trees, panels and the terminal. */

/** Four significant digits, no exponent between 1e-4 and 1e6, no trailing zeros. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) {
    return 'NaN';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '∞' : '−∞';
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e9) {
    return groupDigits(value);
  }
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || (magnitude > 0 && magnitude < 1e-4)) {
    return minus(value.toExponential(3).replace(/\.?0+e/, 'e'));
  }
  return minus(String(Number(value.toPrecision(4))));
}

/** An integer with thousands separated by commas. */
export function groupDigits(value: number): string {
  return minus(String(Math.trunc(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ','));
}

/** 00:31 below an hour, 1:02:03 above; under ten seconds with one decimal: 3.2 s. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** 12.3 %. What is there but rounds to nothing is < 0.1 %, and what is not quite all is never 100 %. */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (100 * part) / whole : 0;
  if (percent > 0 && percent < 0.1) {
    return '< 0.1 %';
  }
  if (percent < 100 && percent > 99.9) {
    return '> 99.9 %';
  }
  return `${Number(percent.toFixed(1))} %`;
}

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0
    ? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
    : `${Number(value.toPrecision(3))} ${units[unit]}`;
}

/** "12,480 files, 1.2 GB"; what is not known is left out. */
export function formatSize({ bytes, files }: { readonly bytes?: number; readonly files?: number }): string {
  const count = files === undefined ? [] : [plural(files, 'file')];
  const size = bytes === undefined ? [] : [formatBytes(bytes)];
  return [...count, ...size].join(', ');
}

/** Relative to `now`, in milliseconds since the epoch: just now, 3 min ago, 2 h ago, yesterday, 5 d ago, then the date. */
export function formatRelativeTime(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) {
    return 'just now';
  }
  if (minutes < 60) {
    return `${minutes} min ago`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return `${hours} h ago`;
  }
  const days = Math.floor(hours / 24);
  if (days === 1) {
    return 'yesterday';
  }
  return days < 30 ? `${days} d ago` : new Date(time).toISOString().slice(0, 10);
}

/** 14:02, in the time zone of this machine. */
export function formatClock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A line of block characters, lowest to highest; empty for fewer than two finite values. */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) {
    return '';
  }
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  const blocks = '▁▂▃▄▅▆▇█';
  return finite.map((value) => blocks[span === 0 ? 3 : Math.round(((value - low) / span) * 7)]).join('');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`;
}

function minus(text: string): string {
  return text.replace('-', '−').replace('e−', 'e-');
}
