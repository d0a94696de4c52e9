// Express, and everything that shares its (req, res, next) form.

import { brand } from "./brand.js";
import { Guard, type GuardOptions } from "./guard.js";
import type { VerificationClaims } from "../claims.js";

/** What the guard reads of a request. */
export interface ExpressRequest {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  method?: string;
  originalUrl?: string;
  url?: string;
}

/** What the guard needs of a response. */
export interface ExpressResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

declare global {
  // Express reads its request type from this namespace.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** The verified claims, behind `passidMiddleware`; use `getPassid(req)` for the whole verification. */
      passid: VerificationClaims;
    }
  }
}

/** The request of Node's shape, as the guard reads it. */
export function nodeInput<R extends ExpressRequest>(request: R): { request: R; route: string; header: (name: string) => string | undefined; body: unknown } {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === "string" ? value : value?.[0];
  };
  const path = (request.originalUrl ?? request.url ?? "").split("?")[0] ?? "";
  return { request, route: `${request.method ?? ""} ${path}`, header, body: request.body };
}

/**
 * Guards an Express route: the handler runs only with verified claims that meet the policy, in `req.passid`.
 *
 * Put a body parser before it when the token is a form field.
 */
export function passidMiddleware<R extends ExpressRequest = ExpressRequest>(
  options: GuardOptions<R>,
): (request: R, response: ExpressResponse, next: (error?: unknown) => void) => void {
  const guard = new Guard<R>(options);
  // A server without its key should not start.
  void guard.client;
  return (request, response, next) => {
    void guard.decide(nodeInput(request)).then((decision) => {
      if (decision.passed) {
        Object.defineProperty(request, "passid", { value: brand(decision.verification), configurable: true, enumerable: true });
        next();
        return;
      }
      const { refusal } = decision;
      response.statusCode = refusal.status;
      response.setHeader("Content-Type", "application/problem+json");
      response.setHeader("Cache-Control", "no-store");
      if (refusal.status === 503) response.setHeader("Retry-After", "5");
      response.end(JSON.stringify(refusal));
    });
  };
}
