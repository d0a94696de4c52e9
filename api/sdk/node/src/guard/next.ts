// Next.js: route handlers of the App Router and API routes of the Pages Router.

import type { VerificationClaims } from "../claims.js";
import { brand } from "./brand.js";
import { type ExpressRequest, type ExpressResponse, nodeInput } from "./express.js";
import { Guard, type GuardOptions, refusalResponse } from "./guard.js";
import { decideWeb } from "./web.js";

/** The second argument of a route handler. */
export interface RouteContext {
  // `any`, because Next's own check compares it with the generated type of each route.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  params: Promise<any>;
}

/**
 * Wraps a route handler of the App Router; the handler gets the request with its body unread, the claims, and the route's context.
 */
export function withPassid<R extends Request = Request, C extends RouteContext = RouteContext>(
  options: GuardOptions<R>,
  handler: (request: R, claims: VerificationClaims, context: C) => Response | Promise<Response>,
): (request: R, context: C) => Promise<Response> {
  const guard = new Guard<R>(options);
  return async (request, context) => {
    const decision = await decideWeb(guard as unknown as Guard<Request>, request);
    return decision.passed ? handler(request, brand(decision.verification), context) : refusalResponse(decision.refusal);
  };
}

/** Wraps an API route of the Pages Router; the claims are in `req.passid`. */
export function withPassidPages<R extends ExpressRequest, S extends ExpressResponse>(
  options: GuardOptions<R>,
  handler: (request: R & { passid: VerificationClaims }, response: S) => unknown,
): (request: R, response: S) => Promise<void> {
  const guard = new Guard<R>(options);
  return async (request, response) => {
    const decision = await guard.decide(nodeInput(request));
    if (decision.passed) {
      await handler(Object.assign(request, { passid: brand(decision.verification) }), response);
      return;
    }
    const { refusal } = decision;
    response.statusCode = refusal.status;
    response.setHeader("Content-Type", "application/problem+json");
    response.setHeader("Cache-Control", "no-store");
    if (refusal.status === 503) response.setHeader("Retry-After", "5");
    response.end(JSON.stringify(refusal));
  };
}

/** The raw body of a request whose parser is off, for webhooks: `export const config = { api: { bodyParser: false } }`. */
export async function readRawBody(request: AsyncIterable<Uint8Array | string>, limitBytes = 1_048_576): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    length += bytes.length;
    if (length > limitBytes) throw new RangeError(`The body is longer than ${limitBytes} bytes.`);
    chunks.push(bytes);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
