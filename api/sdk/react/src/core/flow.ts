// Runs the states: requests, polls, timers, and the host's callbacks. Knows no React, so that it can be tested on a clock of its own.

import { BrowserApi, type CreatedSession, type SessionRequest } from "./api.js";
import { type Clock, onWake, systemClock } from "./clock.js";
import { PassidWidgetError } from "./errors.js";
import { IDLE, type VerificationEvent, type VerificationState, reduce } from "./state.js";
import type { Decline, VerificationResult } from "./types.js";

/** Where the hosted API is. */
export const DEFAULT_BASE_URL = "https://api.passid.io";
/** Milliseconds between the end of one poll and the next. */
export const POLL_INTERVAL_MS = 2_500;
/** Milliseconds a poll may take. */
export const POLL_TIMEOUT_MS = 6_000;
/** Milliseconds the first poll after a wake-up may take: the connection it goes out on is often dead. */
export const WAKE_POLL_TIMEOUT_MS = 2_000;
/** The longest pause between failing polls, milliseconds. */
const MAX_POLL_PAUSE_MS = 20_000;
const REQUEST_TIMEOUT_MS = 10_000;
const REQUEST_RETRIES = 2;

export interface FlowOptions extends SessionRequest {
  /** A publishable key, `pk_sandbox_…` or `pk_live_…`. */
  apiKey: string;
  /** The API's address. */
  baseUrl?: string | undefined;
  /** When given, the key must belong to it. */
  environment?: "sandbox" | "live" | undefined;
  /** Create the session as soon as the widget is there, without a click. */
  autoStart?: boolean | undefined;
  /** Lets your server confirm the result before the widget shows success; reject, or answer `false`, to refuse. */
  confirm?: ((result: VerificationResult) => Promise<boolean | void>) | undefined;
  onVerified?: ((result: VerificationResult) => void) | undefined;
  onDecline?: ((reason: string, decline: Decline) => void) | undefined;
  onError?: ((error: PassidWidgetError) => void) | undefined;
}

/** The world around a flow. */
export interface FlowEnvironment {
  fetch: typeof globalThis.fetch;
  clock: Clock;
  onWake: (callback: () => void) => () => void;
  /** A fresh idempotency key. */
  newKey: () => string;
}

const browser: FlowEnvironment = {
  fetch: (input, init) => globalThis.fetch(input, init),
  clock: systemClock,
  onWake,
  // Not randomUUID: it is missing on pages without TLS, such as a phone testing a developer's machine.
  newKey: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
};

const warned = new Set<string>();

/** Why the options cannot work, before anything is sent. */
export function checkOptions(options: FlowOptions): PassidWidgetError | undefined {
  const key = options.apiKey ?? "";
  if (key.startsWith("sk_live_")) {
    return new PassidWidgetError("secret_key_in_browser", "A secret live key (sk_live_…) is in this page, where everybody can read it. Revoke it, and use the publishable key (pk_live_…). Nothing was sent.");
  }
  if (!/^(pk|sk)_(sandbox|live)_[0-9A-Za-z]+$/.test(key)) return new PassidWidgetError("configuration", "apiKey is not a PASSID key (pk_sandbox_… or pk_live_…).");
  if (options.environment !== undefined && !key.includes(`_${options.environment}_`)) {
    return new PassidWidgetError("configuration", `environment is "${options.environment}", but the key belongs to the other one.`);
  }
  if (key.startsWith("sk_") && !warned.has(key)) {
    warned.add(key);
    console.warn("PASSID: a secret sandbox key is in this page. It works for trying things out only; use the publishable key (pk_sandbox_…).");
  }
  return undefined;
}

/** One widget's life: a store of its state, and everything that changes it. */
export class VerificationFlow {
  #options: FlowOptions;
  readonly #environment: FlowEnvironment;
  #state: VerificationState = IDLE;
  readonly #listeners = new Set<() => void>();
  /** Aborts whatever the present run has under way. A new one for every run: late results find theirs aborted. */
  #run = new AbortController();
  #created: CreatedSession | undefined;
  #isPolling = false;
  #pollFailures = 0;
  #cancelPoll: () => void = () => undefined;
  #cancelExpiry: () => void = () => undefined;
  /** The last code sent and its key: the same code sent again after a broken connection is the same request. */
  #submitted: { code: string; key: string } | undefined;

  constructor(options: FlowOptions, environment: Partial<FlowEnvironment> = {}) {
    this.#options = options;
    this.#environment = { ...browser, ...environment };
  }

  /** The present props; callbacks are always the latest ones. */
  setOptions(options: FlowOptions): void {
    this.#options = options;
  }

  readonly getState = (): VerificationState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Milliseconds until the session ends, by the server's clock; 0 when there is none. */
  readonly remainingMs = (): number => {
    if (this.#created === undefined) return 0;
    return Math.max(0, this.#created.session.expiresAt - (this.#environment.clock.now() + this.#created.clockOffset));
  };

  get clock(): Clock {
    return this.#environment.clock;
  }

  /** The widget is on the page. The returned function takes it off: requests and timers end, late answers are ignored. */
  attach(): () => void {
    const stopListening = this.#environment.onWake(() => this.#wake());
    let cancelStart: () => void = () => undefined;
    if (this.#run.signal.aborted) this.#run = new AbortController();
    if (this.#state.status === "awaiting") {
      // Taken off and put back, as React's StrictMode does: the session goes on.
      this.#watchExpiry();
      void this.#poll(POLL_TIMEOUT_MS);
    } else if (this.#state.status === "requesting" || this.#state.status === "verifying") {
      this.#set(IDLE);
    }
    if (this.#options.autoStart === true && this.#state.status === "idle") {
      // Not at once: a widget that is taken off right away must not leave a session behind.
      cancelStart = this.#environment.clock.after(0, () => void this.start());
    }
    return () => {
      cancelStart();
      stopListening();
      this.#stop();
    };
  }

  /** Creates a session and waits for the person. */
  readonly start = async (): Promise<void> => {
    if (this.#refuseOptions() || !this.#dispatch({ type: "start" })) return;
    const { signal } = this.#newRun();
    const { institutionName, permissions, predicates, ttlSeconds } = this.#options;
    const key = this.#environment.newKey();
    try {
      const request = { institutionName, permissions, predicates, ttlSeconds };
      const created = await this.#persist(signal, () => this.#api().create(request, key, REQUEST_TIMEOUT_MS, signal));
      if (signal.aborted) return;
      this.#created = created;
      this.#pollFailures = 0;
      this.#dispatch({ type: "created", session: created.session });
      this.#watchExpiry();
      this.#schedulePoll(POLL_INTERVAL_MS);
    } catch (error) {
      this.#fail(signal, error);
    }
  };

  /** Verifies a code or token that was typed in. */
  readonly submitCode = async (code: string): Promise<void> => {
    const trimmed = code.trim();
    if (trimmed === "" || this.#refuseOptions() || !this.#dispatch({ type: "submit" })) return;
    const { signal } = this.#newRun();
    const submitted = this.#submitted?.code === trimmed ? this.#submitted : { code: trimmed, key: this.#environment.newKey() };
    this.#submitted = submitted;
    try {
      const answer = await this.#persist(signal, () => this.#api().verify(trimmed, submitted.key, REQUEST_TIMEOUT_MS, signal));
      if (signal.aborted) return;
      if (answer.credential_valid === true && answer.claims !== undefined) {
        const { verification_id, verified_at, claims } = answer;
        await this.#complete(signal, { verification_id, verified_at, verified_claims: claims, method: "code" });
      } else {
        this.#decline({ kind: "refused", denyReason: answer.deny_reason, said: undefined });
      }
    } catch (error) {
      this.#fail(signal, error);
    }
  };

  /** Stops waiting and goes back to the beginning. */
  readonly cancel = (): void => {
    if (this.#dispatch({ type: "cancel" })) this.#newRun();
  };

  /** Goes back to the beginning after an end. */
  readonly reset = (): void => {
    if (this.#dispatch({ type: "reset" })) this.#newRun();
  };

  #api(): BrowserApi {
    const { fetch, clock } = this.#environment;
    const baseUrl = (this.#options.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, "");
    return new BrowserApi({ apiKey: this.#options.apiKey, baseUrl, fetch, clock });
  }

  /** Whether the event changed anything. */
  #dispatch(event: VerificationEvent): boolean {
    const next = reduce(this.#state, event);
    if (next === this.#state) return false;
    this.#set(next);
    return true;
  }

  #set(state: VerificationState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #stop(): void {
    this.#run.abort();
    this.#cancelPoll();
    this.#cancelExpiry();
    this.#isPolling = false;
  }

  #newRun(): AbortController {
    this.#stop();
    this.#created = undefined;
    this.#run = new AbortController();
    return this.#run;
  }

  #refuseOptions(): boolean {
    const error = checkOptions(this.#options);
    if (error === undefined) return false;
    if (this.#state.status !== "idle") this.#set(IDLE);
    if (this.#dispatch({ type: "failed", error })) {
      console.error(`PASSID: ${error.message}`);
      this.#options.onError?.(error);
    }
    return true;
  }

  /** Repeats what failed for want of a connection, under the same idempotency key. */
  async #persist<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    for (let retry = 0; ; retry += 1) {
      try {
        return await request();
      } catch (error) {
        const isTransient = error instanceof PassidWidgetError && error.isTransient;
        if (!isTransient || retry >= REQUEST_RETRIES || signal.aborted) throw error;
        const pause = Math.min(error.retryAfterMs ?? 500 * 2 ** retry, MAX_POLL_PAUSE_MS);
        await new Promise<void>((resolve) => {
          const cancel = this.#environment.clock.after(pause, resolve);
          signal.addEventListener("abort", () => (cancel(), resolve()), { once: true });
        });
        if (signal.aborted) throw error;
      }
    }
  }

  #schedulePoll(pause: number): void {
    this.#cancelPoll();
    this.#cancelPoll = this.#environment.clock.after(pause, () => void this.#poll(POLL_TIMEOUT_MS));
  }

  #watchExpiry(): void {
    this.#cancelExpiry();
    this.#cancelExpiry = this.#environment.clock.after(this.remainingMs(), () => void this.#poll(POLL_TIMEOUT_MS));
  }

  #wake(): void {
    if (this.#state.status !== "awaiting") return;
    // Timers may have slept.
    this.#watchExpiry();
    void this.#poll(WAKE_POLL_TIMEOUT_MS);
  }

  /** Asks once, and arranges for the next time. */
  async #poll(timeoutMs: number): Promise<void> {
    const created = this.#created;
    const { signal } = this.#run;
    if (this.#isPolling || created === undefined || signal.aborted || this.#state.status !== "awaiting") return;
    this.#isPolling = true;
    this.#cancelPoll();
    try {
      const answer = await this.#api().poll(created.session.requestId, created.clientSecret, timeoutMs, signal);
      if (signal.aborted) return;
      this.#pollFailures = 0;
      if (answer.status === "completed" && answer.claims !== undefined && answer.verification_id !== undefined) {
        this.#cancelExpiry();
        const result = { verification_id: answer.verification_id, verified_at: answer.verifiedAt, verified_claims: answer.claims, method: "session" } as const;
        await this.#complete(signal, result);
      } else if (answer.status === "declined") {
        this.#decline({ kind: "declined", denyReason: undefined, said: answer.decline_reason });
      } else if (answer.status === "expired" || this.remainingMs() === 0) {
        this.#decline({ kind: "expired", denyReason: undefined, said: undefined });
      } else {
        this.#dispatch({ type: "polled" });
        this.#schedulePoll(POLL_INTERVAL_MS);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof PassidWidgetError && error.isTransient)) {
        this.#fail(signal, error);
        return;
      }
      if (this.remainingMs() === 0) {
        this.#decline({ kind: "expired", denyReason: undefined, said: undefined });
        return;
      }
      // The person may be sharing this very moment: as long as the session lives, a broken connection is no end.
      this.#pollFailures += 1;
      this.#dispatch({ type: "pollFailed" });
      this.#schedulePoll(Math.min(error.retryAfterMs ?? POLL_INTERVAL_MS * 2 ** (this.#pollFailures - 1), MAX_POLL_PAUSE_MS));
    } finally {
      if (!signal.aborted) this.#isPolling = false;
    }
  }

  async #complete(signal: AbortSignal, result: VerificationResult): Promise<void> {
    const { confirm } = this.#options;
    if (confirm !== undefined) {
      this.#dispatch({ type: "confirming" });
      try {
        if ((await confirm(result)) === false) throw new Error("confirm answered false");
      } catch (cause) {
        this.#fail(signal, new PassidWidgetError("not_confirmed", "The verification could not be confirmed.", { cause }));
        return;
      }
      if (signal.aborted) return;
    }
    if (this.#dispatch({ type: "completed", result })) this.#options.onVerified?.(result);
  }

  #decline(decline: Decline): void {
    this.#cancelExpiry();
    const { kind, denyReason, said } = decline;
    if (!this.#dispatch(kind === "expired" ? { type: "expired" } : { type: "declined", denyReason, said })) return;
    const reason = kind === "expired" ? "Request expired" : kind === "declined" ? (said ?? "Request declined") : (denyReason ?? "Code refused");
    this.#options.onDecline?.(reason, decline);
  }

  #fail(signal: AbortSignal, cause: unknown): void {
    if (signal.aborted) return;
    const error = cause instanceof PassidWidgetError ? cause : new PassidWidgetError("unexpected_response", "Something went wrong.", { cause });
    this.#cancelExpiry();
    if (this.#dispatch({ type: "failed", error })) this.#options.onError?.(error);
  }
}
