// What every route guard does, whatever the framework: find the token, verify, apply the policy, or say why not. Fails closed.

import { sha256, toHex } from "../bytes.js";
import { PASSIDClient } from "../client.js";
import type { ValidVerification } from "../claims.js";
import { PassidError, isPassidError } from "../errors.js";
import { evaluatePolicy, type Policy, type PolicyReason } from "../policy.js";
import { normaliseToken } from "../tokens.js";
import type { TransportOptions } from "../transport.js";

/** Field of the body, or form, that carries the token. */
export const TOKEN_FIELD = "passid_token";
/** Header that carries the token when the body does not. */
export const TOKEN_HEADER = "x-passid-token";

/** Set up a guard. */
export interface GuardOptions<Request> extends TransportOptions {
  /** What the claims must satisfy. */
  policy?: Policy | undefined;
  /** Body field to read the token from; `passid_token` when left out. */
  tokenField?: string | undefined;
  /** Reads the token another way. */
  getToken?: ((request: Request) => string | undefined | Promise<string | undefined>) | undefined;
  /** Your own name for the application. */
  institutionRef?: ((request: Request) => string | undefined) | undefined;
  /**
   * What makes two submissions the same one; the route, the token and the whole body when left out. A repeated submission gets the first
   * answer instead of `TOKEN_ALREADY_USED`. Return a random text to switch this off.
   */
  submission?: ((request: Request) => string) | undefined;
  /** Use this client instead of making one. */
  client?: PASSIDClient | undefined;
}

/** A request as the guard sees it. */
export interface GuardInput<Request> {
  request: Request;
  route: string;
  header: (name: string) => string | undefined;
  /** The parsed body, or undefined when nobody parsed it. */
  body: unknown;
}

/** The body of a refusal, `application/problem+json`. */
export interface Refusal {
  type: string;
  title: string;
  status: number;
  code: "token_missing" | "credential_refused" | "policy_not_met" | "verification_unavailable" | "guard_misconfigured";
  detail: string;
  reasons: (PolicyReason | { code: string; message: string })[];
  deny_reason?: string;
  verification_id?: string;
  request_id?: string;
}

export type GuardDecision = { passed: true; verification: ValidVerification } | { passed: false; refusal: Refusal };

const TITLES: Record<Refusal["code"], [number, string]> = {
  token_missing: [400, "A PASSID token is needed."],
  credential_refused: [403, "The credential cannot be relied on."],
  policy_not_met: [403, "The verified claims do not meet the policy."],
  verification_unavailable: [503, "The credential could not be verified right now."],
  guard_misconfigured: [500, "The route guard is set up wrongly."],
};

function refuse(code: Refusal["code"], detail: string, more: Partial<Refusal> = {}): GuardDecision {
  const [status, title] = TITLES[code];
  return { passed: false, refusal: { type: "about:blank", title, status, code, detail, reasons: [], ...more } };
}

function fieldOf(body: unknown, field: string): string | undefined {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, field)) return undefined;
  const value = (body as Record<string, unknown>)[field];
  return typeof value === "string" ? value : undefined;
}

/** Decides about requests. One per route. */
export class Guard<Request> {
  readonly #options: GuardOptions<Request>;
  #client: PASSIDClient | undefined;

  constructor(options: GuardOptions<Request>) {
    this.#options = options;
    this.#client = options.client;
  }

  /** The client, made at first use: a build that loads the route without its environment must not fail. */
  get client(): PASSIDClient {
    this.#client ??= new PASSIDClient(this.#options);
    return this.#client;
  }

  /** Whether the token is looked for in the body. */
  get readsBody(): boolean {
    return this.#options.getToken === undefined;
  }

  async decide(input: GuardInput<Request>): Promise<GuardDecision> {
    try {
      return await this.#decide(input);
    } catch (error) {
      return explain(error);
    }
  }

  async #decide(input: GuardInput<Request>): Promise<GuardDecision> {
    const options = this.#options;
    const field = options.tokenField ?? TOKEN_FIELD;
    const given = options.getToken === undefined ? (fieldOf(input.body, field) ?? input.header(TOKEN_HEADER)) : await options.getToken(input.request);
    const token = normaliseToken(given ?? "");
    if (token === "") {
      if (options.getToken === undefined && input.body === undefined && input.header("content-type") !== undefined) {
        const detail = "The request has a body that nobody parsed; put a body parser such as express.json() before the guard.";
        return refuse("guard_misconfigured", detail);
      }
      return refuse("token_missing", `Send the token in the body field ${field} or in the header X-PASSID-Token.`);
    }
    const submission = options.submission?.(input.request) ?? `${input.route}\n${JSON.stringify(input.body ?? null)}`;
    // Bound to the whole submission: somebody else who overheard the code sends another form, and gets TOKEN_ALREADY_USED.
    const idempotencyKey = `form-${toHex(await sha256(`${token}\n${submission}`))}`;
    const institutionRef = options.institutionRef?.(input.request);
    const verification = await this.client.verifications.create(token, { idempotencyKey, institutionRef });
    if (!verification.credential_valid) {
      const message = verification.message ?? "The credential cannot be relied on.";
      return refuse("credential_refused", message, {
        reasons: [{ code: verification.deny_reason, message }],
        deny_reason: verification.deny_reason,
        verification_id: verification.verification_id,
      });
    }
    const reasons = evaluatePolicy(verification, options.policy ?? {});
    if (reasons.length > 0) {
      const detail = reasons.map((reason) => reason.message).join(" ");
      return refuse("policy_not_met", detail, { reasons, verification_id: verification.verification_id });
    }
    return { passed: true, verification };
  }
}

/** Whatever goes wrong, the request does not pass. */
function explain(error: unknown): GuardDecision {
  if (!isPassidError(error)) return refuse("guard_misconfigured", "The guard failed before it could verify; see the server's log.");
  const request_id = error.requestId === undefined ? {} : { request_id: error.requestId };
  // Only what is the developer's to repair: nothing of it depends on what the visitor sent.
  const setupCodes = ["configuration", "unauthenticated", "wrong_key_kind", "live_mode_not_enabled", "origin_not_allowed", "malformed_request"];
  if (error.code === "malformed_request" && error.errors.some(({ pointer }) => pointer === "/token")) {
    return refuse("token_missing", "The token is not of a known form.", request_id);
  }
  if (setupCodes.includes(error.code)) return refuse("guard_misconfigured", "The server's PASSID set-up is refused; see its log.", request_id);
  return refuse("verification_unavailable", "Try again in a moment.", { ...request_id, reasons: [{ code: error.code, message: "The verifier did not answer." }] });
}

/** The refusal as a standard response. */
export function refusalResponse(refusal: Refusal): Response {
  const headers: Record<string, string> = { "content-type": "application/problem+json", "cache-control": "no-store" };
  if (refusal.status === 503) headers["retry-after"] = "5";
  return new Response(JSON.stringify(refusal), { status: refusal.status, headers });
}

export { PassidError };
