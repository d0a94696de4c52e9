// One logical call over HTTP: tries, time limits, one idempotency key, problem documents into PassidError.

import { type Clock, sleep, systemClock } from "./clock.js";
import { PassidError, isPassidError } from "./errors.js";
import { MAX_RETRY_AFTER_MS, isRetryableStatus, parseRetryAfter, retryDelay } from "./retry.js";
import type { Problem } from "./types.js";

/** Where the hosted API is. */
export const DEFAULT_BASE_URL = "https://api.passid.io";

/** How one call may behave differently from its client. */
export interface CallOptions {
  /** Cancels the call, waits included. */
  signal?: AbortSignal | undefined;
  /** Milliseconds one try may take, from connecting to the last byte of the body. */
  timeoutMs?: number | undefined;
  /** Milliseconds all tries and the waits between them may take. */
  deadlineMs?: number | undefined;
  /** Repetitions after the first try; 0 for none. */
  maxRetries?: number | undefined;
  /** Sent with every try of a POST; a random one when left out. */
  idempotencyKey?: string | undefined;
}

export interface TransportOptions {
  /** `sk_sandbox_…` or `sk_live_…`. */
  apiKey: string | undefined;
  /** The API's address; {@link DEFAULT_BASE_URL} when left out. */
  baseUrl?: string | undefined;
  /** Milliseconds per try; 10,000 when left out. */
  timeoutMs?: number | undefined;
  /** Milliseconds over all tries; 30,000 when left out. */
  deadlineMs?: number | undefined;
  /** Repetitions after the first try; 2 when left out. */
  maxRetries?: number | undefined;
  /** The runtime's when left out. */
  fetch?: typeof globalThis.fetch | undefined;
  /** The runtime's when left out. */
  clock?: Clock | undefined;
  /** A number in [0, 1) for jitter; `Math.random` when left out. */
  random?: (() => number) | undefined;
  /** A fresh idempotency key; a random UUID when left out. */
  newIdempotencyKey?: (() => string) | undefined;
}

/** One request, before tries. */
export interface ApiRequest {
  method: "GET" | "POST";
  /** Absolute path; identifiers in it already encoded. */
  path: string;
  query?: Record<string, string | number | undefined> | undefined;
  body?: unknown;
}

const KEY_FORM = /^(pk|sk)_(live|sandbox)_[0-9A-Za-z]+$/;

function readBaseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new PassidError("configuration", `baseUrl is not an address: ${text}`);
  }
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    throw new PassidError("configuration", "baseUrl must be https; plain http works for this machine only, because every request carries your key.");
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new PassidError("configuration", "baseUrl must be scheme, host and path only.");
  }
  return url.href.replace(/\/+$/, "");
}

function readKey(key: string | undefined): string {
  const text = key?.trim() ?? "";
  if (text === "") throw new PassidError("configuration", "apiKey is missing; set it from the environment, for example PASSID_API_KEY.");
  if (!KEY_FORM.test(text)) throw new PassidError("configuration", "apiKey is not a PASSID key (sk_sandbox_… or sk_live_…); copy it again.");
  if (text.startsWith("pk_")) {
    throw new PassidError("configuration", "apiKey is a publishable key (pk_…), which is for pages; use the secret key (sk_…) on a server.");
  }
  return text;
}

/** Sends requests with one key to one address. */
export class Transport {
  readonly baseUrl: string;
  readonly clock: Clock;
  // Not enumerable by any logger: a private field.
  readonly #key: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #random: () => number;
  readonly #newKey: () => string;
  readonly #timeoutMs: number;
  readonly #deadlineMs: number;
  readonly #maxRetries: number;

  constructor(options: TransportOptions) {
    this.#key = readKey(options.apiKey);
    this.baseUrl = readBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL);
    this.clock = options.clock ?? systemClock;
    // Looked up at every call: tests and instrumentation replace the global one.
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#random = options.random ?? Math.random;
    this.#newKey = options.newIdempotencyKey ?? (() => globalThis.crypto.randomUUID());
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#deadlineMs = options.deadlineMs ?? 30_000;
    this.#maxRetries = options.maxRetries ?? 2;
  }

  /** Sandbox or live, by the key. */
  get environment(): "sandbox" | "live" {
    return this.#key.startsWith("sk_live_") ? "live" : "sandbox";
  }

  /** Sends the request until it succeeds, fails for good, or the time is over. */
  async send<T>(request: ApiRequest, options: CallOptions = {}): Promise<T> {
    const started = this.clock.now();
    const deadlineMs = options.deadlineMs ?? this.#deadlineMs;
    const maxRetries = options.maxRetries ?? this.#maxRetries;
    // One key over all tries: a repeated request is the same request.
    const idempotencyKey = request.method === "POST" ? (options.idempotencyKey ?? this.#newKey()) : undefined;
    for (let retry = 0; ; retry += 1) {
      const remaining = deadlineMs - (this.clock.now() - started);
      const attempt = await this.#try<T>(request, idempotencyKey, Math.min(options.timeoutMs ?? this.#timeoutMs, remaining), options.signal);
      if ("value" in attempt) return attempt.value;
      const { error, retryAfterMs } = attempt;
      if (!error.retryable || retry >= maxRetries || (retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) throw error;
      const delay = retryDelay(retry + 1, retryAfterMs, this.#random);
      if (this.clock.now() - started + delay >= deadlineMs) {
        throw new PassidError("deadline_exceeded", `No success within ${deadlineMs} ms. The last failure: ${error.message}`, {
          status: error.status,
          requestId: error.requestId,
          retryable: true,
          cause: error,
        });
      }
      try {
        await sleep(this.clock, delay, options.signal);
      } catch (reason) {
        throw aborted(reason);
      }
    }
  }

  async #try<T>(
    request: ApiRequest,
    idempotencyKey: string | undefined,
    timeoutMs: number,
    callerSignal: AbortSignal | undefined,
  ): Promise<{ value: T } | { error: PassidError; retryAfterMs?: number | undefined }> {
    if (callerSignal?.aborted) throw aborted(callerSignal.reason);
    // A controller of its own for every try: one shared timeout would leave later tries no time.
    const controller = new AbortController();
    let isTimeout = false;
    const cancelTimer = this.clock.after(Math.max(0, timeoutMs), () => {
      isTimeout = true;
      controller.abort(new Error("timeout"));
    });
    const onAbort = (): void => controller.abort(callerSignal?.reason);
    callerSignal?.addEventListener("abort", onAbort, { once: true });
    try {
      // Not every fetch obeys its signal while the body is read, so the signal races beside it.
      const work = this.#exchange(request, idempotencyKey, controller.signal);
      const { response, text } = await raceAbort(work, controller.signal);
      return this.#read<T>(response, text);
    } catch (cause) {
      if (isPassidError(cause)) return { error: cause };
      if (callerSignal?.aborted) throw aborted(callerSignal.reason);
      if (isTimeout) return { error: new PassidError("timeout", `No complete answer within ${Math.round(timeoutMs)} ms.`, { retryable: true, cause }) };
      return { error: new PassidError("network", `PASSID could not be reached at ${this.baseUrl}.`, { retryable: true, cause }) };
    } finally {
      cancelTimer();
      callerSignal?.removeEventListener("abort", onAbort);
    }
  }

  async #exchange(request: ApiRequest, idempotencyKey: string | undefined, signal: AbortSignal): Promise<{ response: Response; text: string }> {
    const url = new URL(this.baseUrl + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { accept: "application/json", "x-institution-key": this.#key };
    if (idempotencyKey !== undefined) headers["idempotency-key"] = idempotencyKey;
    const init: RequestInit = { method: request.method, headers, signal, redirect: "manual" };
    if (request.body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(request.body);
    }
    const response = await this.#fetch(url.href, init);
    return { response, text: await response.text() };
  }

  #read<T>(response: Response, text: string): { value: T } | { error: PassidError; retryAfterMs?: number | undefined } {
    const status = response.status;
    const requestId = response.headers.get("x-request-id") ?? undefined;
    const body = parseJson(text);
    if (response.ok) {
      if (body !== undefined) return { value: body as T };
      return { error: new PassidError("unexpected_response", `PASSID answered ${status} without JSON; is baseUrl right?`, { status, requestId }) };
    }
    const retryable = isRetryableStatus(status);
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), this.clock.now());
    const problem = readProblem(body);
    if (problem === undefined) {
      const message = `The answer with status ${status} is not a PASSID problem document; a proxy or a wrong baseUrl may be the cause.`;
      return { error: new PassidError("unexpected_response", message, { status, requestId, retryable }), retryAfterMs };
    }
    const error = new PassidError(problem.code, problem.detail, {
      status,
      requestId: requestId ?? problem.request_id,
      retryable,
      docUrl: new URL(problem.type, `${this.baseUrl}/`).href,
      errors: problem.errors,
    });
    return { error, retryAfterMs };
  }
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

function aborted(cause: unknown): PassidError {
  return new PassidError("aborted", "The call was cancelled by its signal.", { cause });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readProblem(body: unknown): Problem | undefined {
  const problem = body as Partial<Problem> | undefined | null;
  const isProblem = typeof problem?.code === "string" && typeof problem.detail === "string" && typeof problem.type === "string";
  return isProblem ? (problem as Problem) : undefined;
}
