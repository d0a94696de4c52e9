// The documented sandbox tokens: what the sandbox answers to each, always. A test holds this against the running issuer.

import type { VerificationClaims } from "../claims.js";
import type { DenyReason } from "../types.js";

/** Amara Osei, tier A: everything in order. */
export const amara: VerificationClaims = Object.freeze({
  identity_verified: true,
  income_verified: true,
  income_band: "$3,000–4,000/mo",
  sanctions_screening_clear: true,
  sanctions_clear: true,
  payment_behavior_verified: true,
  payment_reliability: 0.98,
  savings_behavior_verified: true,
  savings_consistency: 82,
  identity_and_fraud_checks_passed: true,
  fraud_risk: "low",
  tier: "A",
  fsi_score: 812,
  fsi_low: 790,
  fsi_high: 834,
  p_stable: 0.9689,
  confidence: 0.91,
  account_age_months: 62,
  data_window_days: 365,
  linked_accounts: 3,
  freshness_hours: 24,
  corridor: "KE→GB",
  currency: "USD",
});

/** Tobenna Eze, tier B: everything in order, from less data. */
export const tobenna: VerificationClaims = Object.freeze({
  ...amara,
  income_band: "$2,000–3,000/mo",
  payment_reliability: 0.93,
  savings_consistency: 56,
  tier: "B",
  fsi_score: 743,
  fsi_low: 702,
  fsi_high: 784,
  p_stable: 0.9229,
  confidence: 0.74,
  account_age_months: 27,
  data_window_days: 180,
  linked_accounts: 2,
  corridor: "NG→US",
});

/** Efua Mensah, tier C: a careful institution reviews her identity. */
export const efua: VerificationClaims = Object.freeze({
  ...amara,
  identity_verified: false,
  income_band: "$1,000–2,000/mo",
  payment_reliability: 0.86,
  savings_consistency: 31,
  identity_and_fraud_checks_passed: false,
  fraud_risk: "medium",
  tier: "C",
  fsi_score: 671,
  fsi_low: 613,
  fsi_high: 729,
  p_stable: 0.8153,
  confidence: 0.62,
  account_age_months: 14,
  data_window_days: 120,
  linked_accounts: 1,
  corridor: "GH→EU",
});

/** Every sandbox token and code, with its claims or the reason why it is refused. */
export const sandboxTokens: Readonly<Record<string, { claims: VerificationClaims } | { denyReason: DenyReason }>> = Object.freeze({
  "PASSID-SANDBOX-TIER1AAA": { claims: amara },
  "KE8V-3TXY-Z72L": { claims: amara },
  "PASSID-SANDBOX-TIER2BBB": { claims: tobenna },
  "NG4M-XQRS-T88W": { claims: tobenna },
  "PASSID-SANDBOX-TIER3CCC": { claims: efua },
  "GH2P-ABCD-56KL": { claims: efua },
  "PASSID-SANDBOX-BADSIGNATURE": { denyReason: "SIGNATURE_INVALID" },
  "PASSID-SANDBOX-BADPROOF": { denyReason: "PROOF_INVALID" },
  "PASSID-SANDBOX-EXPIRED": { denyReason: "TOKEN_EXPIRED" },
  "PASSID-SANDBOX-STALE": { denyReason: "CREDENTIAL_STALE" },
  "PASSID-SANDBOX-WITHDRAWN": { denyReason: "TOKEN_REVOKED" },
  "PASSID-SANDBOX-REVOKED": { denyReason: "CREDENTIAL_REVOKED" },
  "PASSID-SANDBOX-UNKNOWN": { denyReason: "TOKEN_NOT_FOUND" },
  "PASSID-SANDBOX-USED": { denyReason: "TOKEN_ALREADY_USED" },
  "PASSID-SANDBOX-MISMATCH": { denyReason: "INSTITUTION_MISMATCH" },
  "PASSID-SANDBOX-SANCTIONED": { denyReason: "HARD_DENY_SANCTIONS_MATCH" },
});
