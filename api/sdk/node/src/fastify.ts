// Fastify: `app.post("/apply", { preHandler: passid({ … }) }, (request) => request.passid)`.

import { brand } from "./guard/brand.js";
import { type ExpressRequest, nodeInput } from "./guard/express.js";
import { Guard, type GuardOptions } from "./guard/guard.js";
import type { VerificationClaims } from "./claims.js";

interface FastifyReply {
  code(status: number): FastifyReply;
  header(name: string, value: string): FastifyReply;
  send(body: string): FastifyReply;
}

/** A request behind the guard: `passid` holds the verified claims. */
export interface PassidRequest {
  passid: VerificationClaims;
}

/** A `preHandler` hook: the handler runs only with verified claims that meet the policy, in `request.passid`. */
export function passid(options: GuardOptions<ExpressRequest>): (request: ExpressRequest, reply: FastifyReply) => Promise<FastifyReply | void> {
  const guard = new Guard<ExpressRequest>(options);
  void guard.client;
  return async (request, reply) => {
    const decision = await guard.decide(nodeInput(request));
    if (decision.passed) {
      Object.defineProperty(request, "passid", { value: brand(decision.verification), configurable: true, enumerable: true });
      return;
    }
    const { refusal } = decision;
    if (refusal.status === 503) reply.header("retry-after", "5");
    // Returning the reply ends the request here.
    return reply.code(refusal.status).header("content-type", "application/problem+json").header("cache-control", "no-store").send(JSON.stringify(refusal));
  };
}

export { getPassid, verificationOf } from "./guard/brand.js";
