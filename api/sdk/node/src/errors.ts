// The one error every call of this package throws, recognisable across bundles, realms and minifiers.

import type { DenyReason, FieldError, ProblemCode } from "./types.js";

/** What went wrong before or without a problem document of the server. */
export type ClientErrorCode =
  /** The SDK was set up wrongly; the message says what to change. */
  | "configuration"
  /** The caller's `AbortSignal` fired. */
  | "aborted"
  /** One try took longer than `timeoutMs`, reading the body included. */
  | "timeout"
  /** All tries together took longer than `deadlineMs`. */
  | "deadline_exceeded"
  /** No connection, or it broke. */
  | "network"
  /** The answer is not what the API documents: a proxy's page, a redirect, broken JSON. */
  | "unexpected_response"
  /** The verification ran and the credential cannot be relied on; see `denyReason`. */
  | "credential_refused"
  /** The person declined the session. */
  | "session_declined"
  /** Nobody answered the session in time. */
  | "session_expired"
  /** The webhook is not to be trusted; the message says why. */
  | "webhook_signature";

/** Every value of {@link PassidError.code}. Newer servers may send codes this list does not have yet. */
export type PassidErrorCode = ClientErrorCode | ProblemCode | (string & {});

export interface PassidErrorDetails {
  status?: number | undefined;
  requestId?: string | undefined;
  denyReason?: DenyReason | (string & {}) | undefined;
  retryable?: boolean | undefined;
  docUrl?: string | undefined;
  errors?: readonly FieldError[] | undefined;
  verificationId?: string | undefined;
  cause?: unknown;
}

// Registered under a global name: a second copy of this package in another bundle has the same symbol.
const BRAND = Symbol.for("passid.error.v1");

/** A failed call. Compare `code`, never the message. */
export class PassidError extends Error {
  /** Stable word for the failure. */
  readonly code: PassidErrorCode;
  /** HTTP status of the last answer, if there was one. */
  readonly status: number | undefined;
  /** Quote it when asking for help. */
  readonly requestId: string | undefined;
  /** Why the credential was refused, such as `TOKEN_EXPIRED`. */
  readonly denyReason: DenyReason | (string & {}) | undefined;
  /** Whether the same call may succeed later. The client has already retried such failures. */
  readonly retryable: boolean;
  /** A page about the code. */
  readonly docUrl: string | undefined;
  /** Fields of the request that are wrong, each with a JSON pointer. */
  readonly errors: readonly FieldError[];
  /** The run of the verifier that refused, for your file. */
  readonly verificationId: string | undefined;

  constructor(code: PassidErrorCode, message: string, details: PassidErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    // A literal: the class's own name changes when a bundler shortens it.
    this.name = "PassidError";
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.denyReason = details.denyReason;
    this.retryable = details.retryable ?? false;
    this.docUrl = details.docUrl;
    this.errors = details.errors ?? [];
    this.verificationId = details.verificationId;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** What a log may hold: no key, no token, no claim. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, status, requestId, denyReason, retryable, docUrl, errors, verificationId } = this;
    return { name, code, message, status, requestId, denyReason, retryable, docUrl, errors, verificationId };
  }
}

/** Whether `value` is a {@link PassidError}, also one thrown by another copy of this package. */
export function isPassidError(value: unknown): value is PassidError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
