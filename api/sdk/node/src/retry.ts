// When to try again, and after how long. Pure functions.

/** First upper bound of the wait, milliseconds; it doubles with every try. */
export const BASE_DELAY_MS = 500;
/** Largest upper bound of the wait, milliseconds. */
export const MAX_DELAY_MS = 8_000;
/** A server that asks for a longer pause is not waited for, milliseconds. */
export const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Whether a status may change on a later try: 408, 425, 429 and 5xx. Never 409 (the object exists, or the first request still runs)
 * and never 410.
 */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599);
}

/** Milliseconds asked for by `Retry-After` (RFC 9110, section 10.2.3: seconds, or an HTTP date), or undefined when it is unusable. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Milliseconds to wait before try number `retry` (1 for the first repetition).
 *
 * Full jitter ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015): uniform between 0 and the doubled bound, so that
 * clients that failed together do not come back together. A `Retry-After` is a lower bound; up to a tenth is added to it.
 */
export function retryDelay(retry: number, retryAfterMs: number | undefined, random: () => number): number {
  if (retryAfterMs !== undefined) return Math.ceil(retryAfterMs * (1 + 0.1 * random()));
  return Math.floor(random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (retry - 1)));
}
