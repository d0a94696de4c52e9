// The claims an institution receives, as a type. Every field is optional: only what the person consented to is there.

import type { Claims, DenyReason, VerifyResponse } from "./types.js";

/** Fraud signals in the account. */
export type FraudRisk = NonNullable<Claims["fraud_risk"]>;
/** The score's band. */
export type Tier = NonNullable<Claims["tier"]>;

/**
 * Claims by name. A claim that was not asked for, or not consented to, is absent: absent never means false.
 * Newer servers may send claims this list does not have yet; they arrive under their names.
 */
export interface VerificationClaims extends Partial<Claims> {
  [claim: string]: unknown;
}

/** A verification whose claims can be relied on. */
export type ValidVerification = Omit<VerifyResponse, "credential_valid" | "claims"> & { credential_valid: true; claims: VerificationClaims };
/** A verification that ran and found the credential wanting. */
export type RefusedVerification = Omit<VerifyResponse, "credential_valid" | "claims" | "deny_reason"> & { credential_valid: false; deny_reason: DenyReason | "UNKNOWN"; claims?: undefined };
/** A run of the verifier. */
export type Verification = ValidVerification | RefusedVerification;

/**
 * Reads the server's answer strictly: claims count only beside `credential_valid: true`, so that no half answer passes for a good one.
 */
export function asVerification(answer: VerifyResponse): Verification {
  const { credential_valid, claims, ...rest } = answer;
  if (credential_valid === true && typeof claims === "object" && claims !== null) {
    return { ...rest, credential_valid: true, claims: claims as VerificationClaims };
  }
  return { ...rest, credential_valid: false, deny_reason: answer.deny_reason ?? "UNKNOWN" };
}
