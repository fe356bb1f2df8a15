import { filterNotSupported, invalidParameter, orderNotSupported } from './errors.ts';

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

/** Until the search language is there, a filter or an order is refused rather than ignored. */
export function plainSearch(message: {
  readonly filter?: string | null | undefined;
  readonly order_by: readonly string[];
}): void {
  if (message.filter?.trim()) {
    throw filterNotSupported(message.filter);
  }
  if (message.order_by.length > 0) {
    throw orderNotSupported(message.order_by);
  }
}
