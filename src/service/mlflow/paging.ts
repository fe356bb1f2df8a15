import { invalidParameter } from './errors.ts';

/** MLflow's page tokens: opaque to clients, an offset within. */
export function offsetOf(token: string | null | undefined): number {
  if (!token) {
    return 0;
  }
  try {
    const { offset } = JSON.parse(Buffer.from(token, 'base64').toString()) as { offset: unknown };
    if (Number.isSafeInteger(offset) && (offset as number) >= 0) {
      return offset as number;
    }
  } catch {
    // Falls through to the one answer for every malformed token.
  }
  throw invalidParameter('Invalid page token, could not base64-decode');
}

/** Absent on the last page. */
export function nextPage(offset: number, count: number, more: boolean): { next_page_token?: string } {
  return more
    ? { next_page_token: Buffer.from(JSON.stringify({ offset: offset + count })).toString('base64') }
    : {};
}
