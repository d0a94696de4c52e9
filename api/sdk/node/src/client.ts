// The client: one method per thing an institution does.

import { asVerification, type VerificationClaims, type ValidVerification, type Verification } from "./claims.js";
import { sleep } from "./clock.js";
import { PassidError } from "./errors.js";
import { normaliseToken } from "./tokens.js";
import { type CallOptions, Transport, type TransportOptions } from "./transport.js";
import type {
  ClaimPackage,
  CreateSession,
  Evidence,
  OutcomeReport,
  OutcomeRecord,
  SessionCreated,
  SessionView,
  VerificationSummary,
  VerificationSummaryPage,
  VerifyResponse,
} from "./types.js";

/** Seconds the server is asked to hold a poll open. */
const LONG_POLL_SECONDS = 25;
/** Milliseconds between polls when the server answers at once. */
const POLL_INTERVAL_MS = 2_500;
/** The longest a session lives, milliseconds; waiting longer makes no sense. */
const MAX_SESSION_MS = 3_600_000;

export type PassidClientOptions = TransportOptions;

/** How to verify. */
export interface VerifyOptions extends CallOptions {
  /** Your own name for the application, at most 200 characters; comes back with every answer and event. */
  institutionRef?: string | undefined;
}

/** What to package. */
export interface PackageRequest {
  /** The token that was verified; for a session, its `verification_id`. */
  token: string;
  /** Your own name for the application. */
  institutionRef?: string | undefined;
}

/** How to wait for a session. */
export interface WaitOptions extends CallOptions {
  /** Milliseconds to wait in all; until the session ends when left out. */
  waitMs?: number | undefined;
}

/** Which verifications to list. */
export interface ListOptions extends CallOptions {
  /** Items per request, at most 100. */
  limit?: number | undefined;
  /** Continue after this cursor. */
  cursor?: string | undefined;
  /** Only those that were (or were not) valid. */
  credentialValid?: boolean | undefined;
}

/** Sessions: ask a person to share. */
export class Sessions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Creates a session; show its `deepLink` as a QR code and its `code` for typing. */
  create(request: CreateSession = {}, options?: CallOptions): Promise<SessionCreated> {
    return this.#transport.send({ method: "POST", path: "/v1/sessions", body: request }, options);
  }

  /** Reads a session. */
  get(requestId: string, options?: CallOptions): Promise<SessionView> {
    return this.#transport.send({ method: "GET", path: `/v1/sessions/${encodeURIComponent(requestId)}` }, options);
  }

  /**
   * Waits until the person has answered, and returns the completed session.
   *
   * Throws {@link PassidError} `session_declined`, `session_expired`, or `timeout` when `waitMs` is over.
   */
  async waitFor(requestId: string, options: WaitOptions = {}): Promise<SessionView> {
    const { waitMs = MAX_SESSION_MS, ...call } = options;
    const { clock } = this.#transport;
    const started = clock.now();
    for (;;) {
      const left = waitMs - (clock.now() - started);
      if (left <= 0) throw new PassidError("timeout", `The session is still pending after ${waitMs} ms.`, { retryable: true });
      const wait = Math.max(0, Math.min(LONG_POLL_SECONDS, Math.floor(left / 1_000)));
      const asked = clock.now();
      const path = `/v1/sessions/${encodeURIComponent(requestId)}`;
      // The server may hold the answer back for `wait` seconds, which is no reason to give up the try.
      const limits = { timeoutMs: (call.timeoutMs ?? 10_000) + wait * 1_000, deadlineMs: (call.deadlineMs ?? 30_000) + wait * 1_000 };
      const session = await this.#transport.send<SessionView>({ method: "GET", path, query: { wait } }, { ...call, ...limits });
      if (session.status === "completed") return session;
      if (session.status === "declined") throw new PassidError("session_declined", session.decline_reason ?? "The person declined to share.");
      if (session.status === "expired") throw new PassidError("session_expired", "Nobody answered the session in time; create another.");
      const pause = Math.min(POLL_INTERVAL_MS - (clock.now() - asked), waitMs - (clock.now() - started));
      if (pause > 0) {
        await sleep(clock, pause, call.signal).catch((cause: unknown) => {
          throw new PassidError("aborted", "Waiting for the session was cancelled by its signal.", { cause });
        });
      }
    }
  }
}

/** Verifications: what the verifier said about tokens and sessions. */
export class Verifications {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Verifies a token or code. A refusal is a result here, not an error: look at `credential_valid` first. */
  async create(token: string, options: VerifyOptions = {}): Promise<Verification> {
    const { institutionRef, ...call } = options;
    const body = { token: normaliseToken(token), ...(institutionRef === undefined ? {} : { institution_reference: institutionRef }) };
    return asVerification(await this.#transport.send<VerifyResponse>({ method: "POST", path: "/v1/verify", body }, call));
  }

  /** Reads a verification, for example to confirm the `verification_id` a browser reported. */
  async get(verificationId: string, options?: CallOptions): Promise<Verification> {
    const path = `/v1/verifications/${encodeURIComponent(verificationId)}`;
    return asVerification(await this.#transport.send<VerifyResponse>({ method: "GET", path }, options));
  }

  /** All verifications of the key's environment, newest first, fetched page by page while you iterate (`GET /v1/verifications`). */
  async *list(options: ListOptions = {}): AsyncGenerator<VerificationSummary, void, undefined> {
    const { limit, cursor, credentialValid, ...call } = options;
    let after = cursor;
    do {
      const query = { limit, after, credential_valid: credentialValid === undefined ? undefined : String(credentialValid) };
      const page: VerificationSummaryPage = await this.#transport.send({ method: "GET", path: "/v1/verifications", query }, call);
      yield* page.data;
      after = page.has_more ? (page.next_cursor ?? undefined) : undefined;
    } while (after !== undefined);
  }
}

/** The API, with your secret key. For servers only. */
export class PASSIDClient {
  /** Ask a person to share. */
  readonly sessions: Sessions;
  /** What the verifier said. */
  readonly verifications: Verifications;
  readonly #transport: Transport;

  constructor(options: PassidClientOptions) {
    this.#transport = new Transport(options);
    this.sessions = new Sessions(this.#transport);
    this.verifications = new Verifications(this.#transport);
  }

  /** Sandbox or live, by the key. */
  get environment(): "sandbox" | "live" {
    return this.#transport.environment;
  }

  /**
   * Verifies a token or code and returns its claims.
   *
   * Throws {@link PassidError} `credential_refused` with `denyReason` when they cannot be relied on. Never proceed on
   * `HARD_DENY_SANCTIONS_MATCH`.
   */
  async verify(token: string, options?: VerifyOptions): Promise<VerificationClaims> {
    const verification = await this.verifications.create(token, options);
    return accepted(verification).claims;
  }

  /** The claims of a token you have verified, with everything a reviewer files beside them; `not_found` before it was verified. */
  package(request: PackageRequest, options?: CallOptions): Promise<ClaimPackage> {
    const { token, institutionRef } = request;
    const body = { token: normaliseToken(token), ...(institutionRef === undefined ? {} : { institutionRef }) };
    return this.#transport.send({ method: "POST", path: "/v1/package", body }, options);
  }

  /** Reports what happened after a verification, weeks or months later. A second report for the same token is a `conflict`. */
  outcome(report: OutcomeReport, options?: CallOptions): Promise<OutcomeRecord> {
    return this.#transport.send({ method: "POST", path: "/v1/outcome", body: report }, options);
  }

  /** What lets you check a verification without trusting the server; see `@passidio/node/evidence`. */
  evidence(verificationId: string, options?: CallOptions): Promise<Evidence> {
    return this.#transport.send({ method: "GET", path: `/v1/verifications/${encodeURIComponent(verificationId)}/evidence` }, options);
  }
}

/** The verification, if its claims can be relied on; throws `credential_refused` otherwise. */
export function accepted(verification: Verification): ValidVerification {
  if (verification.credential_valid) return verification;
  throw new PassidError("credential_refused", verification.message ?? "The credential cannot be relied on.", {
    denyReason: verification.deny_reason,
    verificationId: verification.verification_id,
  });
}
