// The three requests a page may make with a publishable key. One try each; repeating is the flow's business.

import type { Clock } from "./clock.js";
import { PassidWidgetError } from "./errors.js";
import type { Permission, Predicate, ShownSession, VerifiedClaims } from "./types.js";

export interface SessionRequest {
  institutionName?: string | undefined;
  permissions?: readonly Permission[] | undefined;
  predicates?: readonly Predicate[] | undefined;
  ttlSeconds?: number | undefined;
}

/** A created session with what polling it needs. */
export interface CreatedSession {
  session: ShownSession;
  clientSecret: string;
  /** Server's clock minus this one's, milliseconds. */
  clockOffset: number;
}

export interface SessionAnswer {
  status: "pending" | "completed" | "declined" | "expired";
  claims?: VerifiedClaims;
  verification_id?: string;
  verifiedAt?: string;
  decline_reason?: string;
}

export interface VerifyAnswer {
  credential_valid: boolean;
  verification_id: string;
  verified_at?: string;
  claims?: VerifiedClaims;
  deny_reason?: string;
}

export interface BrowserApiOptions {
  apiKey: string;
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}

interface Call {
  method: "GET" | "POST";
  path: string;
  timeoutMs: number;
  signal: AbortSignal;
  body?: unknown;
  headers?: Record<string, string>;
}

const DEFAULT_TTL_SECONDS = 600;

export class BrowserApi {
  readonly #options: BrowserApiOptions;

  constructor(options: BrowserApiOptions) {
    this.#options = options;
  }

  async create(request: SessionRequest, idempotencyKey: string, timeoutMs: number, signal: AbortSignal): Promise<CreatedSession> {
    const body = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
    const headers = { "idempotency-key": idempotencyKey };
    const { value, date } = await this.#send({ method: "POST", path: "/v1/sessions", body, headers, timeoutMs, signal });
    const { requestId, code, deepLink, expiresAt, client_secret } = value as Record<string, unknown>;
    const end = Date.parse(String(expiresAt));
    if (typeof requestId !== "string" || typeof code !== "string" || typeof client_secret !== "string" || Number.isNaN(end)) throw unexpected(201);
    // Only the wallet's scheme, or https: a link from an answer is shown to be clicked.
    if (typeof deepLink !== "string" || !/^(passid|https):\/\//.test(deepLink)) throw unexpected(201);
    // Without a readable Date header the end itself tells the server's time: it lies one lifetime ahead.
    const serverNow = date ?? end - (request.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1_000;
    const session = { requestId, code, deepLink, expiresAt: end };
    return { session, clientSecret: client_secret, clockOffset: serverNow - this.#options.clock.now() };
  }

  async poll(requestId: string, clientSecret: string, timeoutMs: number, signal: AbortSignal): Promise<SessionAnswer> {
    const path = `/v1/sessions/${encodeURIComponent(requestId)}`;
    const { value } = await this.#send({ method: "GET", path, headers: { "x-passid-client-secret": clientSecret }, timeoutMs, signal });
    return value as SessionAnswer;
  }

  async verify(token: string, idempotencyKey: string, timeoutMs: number, signal: AbortSignal): Promise<VerifyAnswer> {
    const headers = { "idempotency-key": idempotencyKey };
    const { value } = await this.#send({ method: "POST", path: "/v1/verify", body: { token }, headers, timeoutMs, signal });
    return value as VerifyAnswer;
  }

  async #send(call: Call): Promise<{ value: unknown; date: number | undefined }> {
    const { clock, fetch, apiKey, baseUrl } = this.#options;
    const controller = new AbortController();
    let isTimeout = false;
    const cancel = clock.after(call.timeoutMs, () => {
      isTimeout = true;
      controller.abort();
    });
    const onAbort = (): void => controller.abort();
    if (call.signal.aborted) controller.abort();
    call.signal.addEventListener("abort", onAbort, { once: true });
    try {
      const exchange = async (): Promise<{ response: Response; text: string }> => {
        const headers: Record<string, string> = { accept: "application/json", "x-institution-key": apiKey, ...call.headers };
        const init: RequestInit = { method: call.method, headers, signal: controller.signal, credentials: "omit", cache: "no-store" };
        if (call.body !== undefined) {
          headers["content-type"] = "application/json";
          init.body = JSON.stringify(call.body);
        }
        const response = await fetch(baseUrl + call.path, init);
        return { response, text: await response.text() };
      };
      const ended = new Promise<never>((_, reject) => {
        controller.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      });
      const { response, text } = await Promise.race([exchange(), ended]);
      return read(response, text, clock.now());
    } catch (cause) {
      if (cause instanceof PassidWidgetError) throw cause;
      if (isTimeout) throw new PassidWidgetError("timeout", "PASSID did not answer in time.", { cause });
      throw new PassidWidgetError("network", "PASSID could not be reached.", { cause });
    } finally {
      cancel();
      call.signal.removeEventListener("abort", onAbort);
    }
  }
}

function unexpected(status: number, requestId?: string): PassidWidgetError {
  return new PassidWidgetError("unexpected_response", "The answer is not PASSID's; check baseUrl.", { status, requestId });
}

function read(response: Response, text: string, now: number): { value: unknown; date: number | undefined } {
  const requestId = response.headers.get("x-request-id") ?? undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unexpected(response.status, requestId);
  }
  if (typeof body !== "object" || body === null) throw unexpected(response.status, requestId);
  if (response.ok) {
    const date = Date.parse(response.headers.get("date") ?? "");
    return { value: body, date: Number.isNaN(date) ? undefined : date };
  }
  const { code, detail } = body as { code?: unknown; detail?: unknown };
  const after = response.headers.get("retry-after");
  const retryAfterMs = after === null ? undefined : /^\d+$/.test(after) ? Number(after) * 1_000 : Math.max(0, Date.parse(after) - now) || undefined;
  const message = typeof detail === "string" ? detail : `PASSID answered ${response.status}.`;
  throw new PassidWidgetError(typeof code === "string" ? code : "unexpected_response", message, { status: response.status, requestId, retryAfterMs });
}
