// Claims that a guard attached are marked, so that no other middleware's `req.passid` is taken for them.

import type { ValidVerification, VerificationClaims } from "../claims.js";

const VERIFICATION = Symbol.for("passid.verification.v1");

/** The claims, marked, with the whole verification behind them. */
export function brand(verification: ValidVerification): VerificationClaims {
  const claims = { ...verification.claims };
  Object.defineProperty(claims, VERIFICATION, { value: Object.freeze(verification) });
  return Object.freeze(claims);
}

/** The verification behind claims that one of our guards attached; undefined for anything else. */
export function verificationOf(claims: unknown): ValidVerification | undefined {
  if (typeof claims !== "object" || claims === null) return undefined;
  return (claims as Record<symbol, ValidVerification | undefined>)[VERIFICATION];
}

/** The verification our guard attached to a request; undefined when none did. */
export function getPassid(request: { passid?: unknown }): ValidVerification | undefined {
  return verificationOf(request.passid);
}
