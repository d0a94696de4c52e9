// Hono: `app.post("/apply", passid({ … }), (c) => c.json(c.get("passid")))`.

import type { VerificationClaims } from "./claims.js";
import { brand } from "./guard/brand.js";
import { Guard, type GuardOptions, refusalResponse } from "./guard/guard.js";
import { decideWeb } from "./guard/web.js";

/** What the guard sets in Hono's context: `new Hono<{ Variables: PassidVariables }>()`. */
export interface PassidVariables {
  passid: VerificationClaims;
}

interface HonoContext {
  req: { raw: Request };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  set: (name: any, value: any) => void;
}

/** Guards a Hono route: the next handler runs only with verified claims that meet the policy, in `c.get("passid")`. */
export function passid(options: GuardOptions<Request>): (context: HonoContext, next: () => Promise<void>) => Promise<Response | void> {
  const guard = new Guard<Request>(options);
  return async (context, next) => {
    const decision = await decideWeb(guard, context.req.raw);
    if (!decision.passed) return refusalResponse(decision.refusal);
    context.set("passid", brand(decision.verification));
    await next();
  };
}

export { getPassid, verificationOf } from "./guard/brand.js";
