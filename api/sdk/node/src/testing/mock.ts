// A PASSID of your own for tests: a fetch that answers like the API, or a real server on a free port.

import type { VerificationClaims } from "../claims.js";
import { normaliseToken } from "../tokens.js";
import type { Claims, CreateSession, DenyReason, Problem, SessionView, VerifyResponse } from "../types.js";
import { strongClaims } from "./fixtures.js";
import { sandboxTokens } from "./sandbox.js";

const JSON_TYPE = "application/json";
const REASON_CODES: Partial<Record<DenyReason, [string, string]>> = {
  SIGNATURE_INVALID: ["invalid_signature", "invalid"],
  PROOF_INVALID: ["invalid_signature", "invalid"],
  TOKEN_EXPIRED: ["credential_expired", "expired"],
  CREDENTIAL_STALE: ["credential_expired", "expired"],
  TOKEN_REVOKED: ["credential_revoked", "revoked"],
  CREDENTIAL_REVOKED: ["credential_revoked", "revoked"],
  HARD_DENY_SANCTIONS_MATCH: ["sanctions_match", "invalid"],
};

/** A request the mock received. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

/** What a token is worth. */
export type MockToken = { claims: VerificationClaims; predicates?: VerifyResponse["predicates"] } | { denyReason: DenyReason };

/** A failure to answer with instead of the real answer. */
export interface MockFailure {
  status: number;
  code?: string;
  retryAfterSeconds?: number;
  /** Break the connection instead of answering. */
  network?: boolean;
}

interface Stored {
  digest: string;
  answer: { status: number; body: unknown };
}

/**
 * A mock of the API. It knows the documented sandbox tokens, as often as you like; tokens you make known work once. Idempotency keys replay, sessions
 * do what you tell them.
 */
export class MockPassid {
  /** A key the mock accepts. */
  readonly apiKey = "sk_sandbox_00000000000000000000000000000000000000";
  /** An address no request leaves the process for. */
  readonly baseUrl = "https://api.passid.test";
  /** Everything received, in order. */
  readonly requests: RecordedRequest[] = [];
  readonly #tokens = new Map<string, MockToken>();
  readonly #used = new Set<string>();
  readonly #verifications = new Map<string, VerifyResponse>();
  readonly #sessions = new Map<string, SessionView>();
  readonly #answers = new Map<string, Stored>();
  readonly #failures: MockFailure[] = [];
  readonly #now: () => number;
  #count = 0;

  constructor(options: { now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  /** Makes a token known; strong claims when nothing is said. */
  token(token: string, worth: MockToken = { claims: strongClaims }): this {
    this.#tokens.set(normaliseToken(token), worth);
    return this;
  }

  /** Lets the next `times` requests fail like this. */
  fail(failure: MockFailure, times = 1): this {
    for (let index = 0; index < times; index += 1) this.#failures.push(failure);
    return this;
  }

  /** Lets the person of a session share. */
  complete(requestId: string, claims: VerificationClaims = strongClaims): this {
    const id = this.#record({ claims });
    const session = this.#session(requestId);
    this.#sessions.set(requestId, { ...session, status: "completed", verification_id: id, claims: claims as Claims, verifiedAt: this.#time() });
    return this;
  }

  /** Lets the person of a session decline. */
  decline(requestId: string, reason?: string): this {
    this.#sessions.set(requestId, { ...this.#session(requestId), status: "declined", ...(reason === undefined ? {} : { decline_reason: reason }) });
    return this;
  }

  /** Lets a session end unanswered. */
  expire(requestId: string): this {
    this.#sessions.set(requestId, { ...this.#session(requestId), status: "expired" });
    return this;
  }

  /** Pass it as `fetch`. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const text = await request.text();
    return this.#answer(request.method, url, Object.fromEntries(request.headers), text);
  };

  /** Serves the mock on a free port of this machine, for programs that take an address. Node only. */
  async listen(): Promise<{ url: string; close: () => Promise<void> }> {
    const { createServer } = await import("node:http");
    const server = createServer((incoming, outgoing) => {
      const chunks: Uint8Array[] = [];
      incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      incoming.on("end", () => {
        const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
        const body = new TextDecoder().decode(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
        const url = new URL(incoming.url ?? "/", this.baseUrl);
        void this.#answer(incoming.method ?? "GET", url, headers, body)
          .then(async (response) => {
            outgoing.writeHead(response.status, Object.fromEntries(response.headers));
            outgoing.end(await response.text());
          })
          .catch(() => incoming.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))) };
  }

  #time(): string {
    return `${new Date(this.#now()).toISOString().slice(0, 19)}Z`;
  }

  #next(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${String(this.#count).padStart(26, "0")}`;
  }

  #session(requestId: string): SessionView {
    const session = this.#sessions.get(requestId);
    if (session === undefined) throw new Error(`the mock has no session ${requestId}`);
    return session;
  }

  async #answer(method: string, url: URL, headers: Record<string, string>, text: string): Promise<Response> {
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    this.requests.push({ method, path: url.pathname + url.search, headers, body });
    const failure = this.#failures.shift();
    if (failure?.network) throw new TypeError("the mock broke the connection");
    if (failure !== undefined) return this.#problem(failure.status, failure.code ?? "unavailable", failure.retryAfterSeconds);
    if (headers["x-institution-key"] !== this.apiKey) return this.#problem(401, "unauthenticated");
    const key = headers["idempotency-key"];
    const scope = `${method} ${url.pathname} ${key}`;
    const stored = key === undefined ? undefined : this.#answers.get(scope);
    if (stored !== undefined) {
      if (stored.digest !== text) return this.#problem(422, "idempotency_key_reused");
      return this.#json(stored.answer.status, stored.answer.body, { "idempotent-replayed": "true" });
    }
    const answer = this.#handle(method, url.pathname, body);
    if (answer === undefined) return this.#problem(404, "not_found");
    if (key !== undefined) this.#answers.set(scope, { digest: text, answer });
    return this.#json(answer.status, answer.body);
  }

  #handle(method: string, path: string, body: unknown): { status: number; body: unknown } | undefined {
    const at = (pattern: RegExp): string | undefined => pattern.exec(path)?.[1];
    if (method === "POST" && (path === "/v1/verify" || path === "/api/v1/bridge/verify")) {
      const { token, institution_reference } = body as { token: string; institution_reference?: string };
      return { status: 200, body: this.#verify(token, institution_reference) };
    }
    if (method === "POST" && path === "/v1/sessions") return { status: 201, body: this.#createSession((body ?? {}) as CreateSession) };
    const session = at(/^\/v1\/sessions\/([^/]+)$/);
    if (method === "GET" && session !== undefined) return found(this.#sessions.get(session));
    const verification = at(/^\/v1\/verifications\/([^/]+)$/);
    if (method === "GET" && verification !== undefined) return found(this.#verifications.get(verification));
    return undefined;
  }

  #verify(text: string, reference: string | undefined): VerifyResponse {
    const token = normaliseToken(text);
    const own = this.#tokens.get(token);
    const known = own ?? sandboxTokens[token] ?? { denyReason: "TOKEN_NOT_FOUND" as const };
    const worth: MockToken = this.#used.has(token) ? { denyReason: "TOKEN_ALREADY_USED" } : known;
    if ("claims" in worth && own !== undefined) this.#used.add(token);
    const id = this.#record(worth, token, reference);
    return this.#verifications.get(id) as VerifyResponse;
  }

  #record(worth: MockToken, token?: string, reference?: string): string {
    const id = this.#next("vrf");
    const common = {
      verification_id: id,
      verified_at: this.#time(),
      raw_transactions_included: false as const,
      policy_version: "verifier_policy_v1",
      model_version: "passid_fsi_v1_0",
      ...(token === undefined ? {} : { token }),
      ...(reference === undefined ? {} : { institution_reference: reference }),
    };
    if ("claims" in worth) {
      const valid = {
        ...common,
        credential_valid: true,
        credential_status: "active",
        issuer: this.baseUrl,
        claims: worth.claims,
        ...(worth.predicates === undefined ? {} : { predicates: worth.predicates }),
        signature: { algorithm: "ed25519", status: "verified", key_id: "mock" },
        proof: { type: "groth16/bn254", circuit: "claims_v1", status: "verified" },
        revocation_status: "not_revoked",
      };
      this.#verifications.set(id, valid as VerifyResponse);
    } else {
      const [reason, status] = REASON_CODES[worth.denyReason] ?? ["invalid_token", "invalid"];
      const refused = { ...common, credential_valid: false, credential_status: status, reason_code: reason, deny_reason: worth.denyReason, message: `The mock refuses: ${worth.denyReason}.` };
      this.#verifications.set(id, refused as VerifyResponse);
    }
    return id;
  }

  #createSession(request: CreateSession): unknown {
    const requestId = this.#next("req");
    const expiresAt = new Date(this.#now() + (request.ttlSeconds ?? 600) * 1_000).toISOString();
    const permissions = request.permissions ?? [];
    this.#sessions.set(requestId, { requestId, status: "pending", expiresAt, permissions } as SessionView);
    const deepLink = `passid://verify-request?r=${requestId}&i=ins_00000000000000000000000000`;
    return { requestId, code: "AB3X-7YQM", deepLink, expiresAt, client_secret: "cs_mock", status: "pending", permissions, environment: "sandbox" };
  }

  #json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
    return new Response(JSON.stringify(body), { status, headers: { "content-type": JSON_TYPE, "x-request-id": this.#next("rid"), "x-passid-api-version": "1", ...headers } });
  }

  #problem(status: number, code: string, retryAfter?: number): Response {
    const request_id = this.#next("rid");
    const problem: Partial<Problem> & Record<string, unknown> = { type: `/problems/${code}`, title: code, status, code: code as never, detail: `The mock answers ${code}.`, request_id };
    const headers: Record<string, string> = { "content-type": "application/problem+json", "x-request-id": request_id };
    if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
    return new Response(JSON.stringify(problem), { status, headers });
  }
}

function found(body: unknown): { status: number; body: unknown } | undefined {
  return body === undefined ? undefined : { status: 200, body };
}

/** A fresh mock. */
export function createMockPassid(options?: { now?: () => number }): MockPassid {
  return new MockPassid(options);
}
