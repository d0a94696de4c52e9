// The claims an institution receives, as a type. Every field is optional: only what the person consented to is there.

import type { DenyReason, VerifyResponse } from "./types.js";

/** Fraud signals in the account. */
export type FraudRisk = "low" | "medium" | "high";
/** The score's band. */
export type Tier = "A" | "B" | "C" | "D";

/**
 * Claims by name. A claim that was not asked for, or not consented to, is absent: absent never means false.
 * Newer servers may send claims this list does not have yet; they arrive under their names.
 */
export interface VerificationClaims {
  identity_verified?: boolean;
  income_verified?: boolean;
  /** For people, such as `£3,000–4,000/mo`; null when income is not verified. */
  income_band?: string | null;
  sanctions_screening_clear?: boolean;
  /** The integration guide's name for `sanctions_screening_clear`. */
  sanctions_clear?: boolean;
  payment_behavior_verified?: boolean;
  /** 0 to 1. */
  payment_reliability?: number;
  savings_behavior_verified?: boolean;
  /** 0 to 100. */
  savings_consistency?: number;
  identity_and_fraud_checks_passed?: boolean;
  fraud_risk?: FraudRisk;
  /** 300 to 900; null when there is too little data for a score. */
  fsi_score?: number | null;
  fsi_low?: number | null;
  fsi_high?: number | null;
  tier?: Tier | null;
  /** 0 to 1. */
  confidence?: number | null;
  /** 0 to 1. */
  p_stable?: number | null;
  account_age_months?: number;
  /** Days of bank data behind the claims. */
  data_window_days?: number;
  linked_accounts?: number;
  /** Upper bound of the data's age when it was proved, hours. */
  freshness_hours?: number;
  /** Such as `KE→GB`. */
  corridor?: string;
  /** ISO 4217. */
  currency?: string;
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
