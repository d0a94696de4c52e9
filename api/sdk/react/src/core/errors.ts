// Why the widget cannot go on.

/** Stable words for a failure of the widget. Codes of the API's problem documents come through as they are. */
export type PassidErrorCode =
  /** A secret live key (`sk_live_…`) is in the page. Nothing was sent; replace the key, it is no longer secret. */
  | "secret_key_in_browser"
  /** A prop is wrong; the message says which. */
  | "configuration"
  /** No connection, or it broke. */
  | "network"
  /** No answer in time. */
  | "timeout"
  /** The answer is not what the API documents. */
  | "unexpected_response"
  /** `confirm` rejected, or answered `false`. */
  | "not_confirmed"
  | (string & {});

/** What `onError` gets. */
export class PassidWidgetError extends Error {
  readonly code: PassidErrorCode;
  /** HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** Quote it when asking for help. */
  readonly requestId: string | undefined;
  /** Milliseconds the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(code: PassidErrorCode, message: string, details: { status?: number; requestId?: string | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "PassidWidgetError";
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether the same request may succeed later: nothing was decided. */
  get isTransient(): boolean {
    return this.code === "network" || this.code === "timeout" || this.status === 408 || this.status === 425 || this.status === 429 || (this.status ?? 0) >= 500;
  }
}
