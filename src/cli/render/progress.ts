import type { Progress } from '../../protocol/rpc.ts';
import { cutToWidth } from './table.ts';

/** "Versioning images  42 %  5,100 of 12,480 files", cut to the terminal. */
export function progressLine(title: string, { message, fraction }: Progress, width = 80): string {
  const percent = fraction === undefined ? '' : `${Math.floor(fraction * 100)} %`;
  return cutToWidth([title, percent, message].filter((part) => part !== '').join('  '), width - 1);
}
