// Claims and events for tests. They have the shape of real ones and are about nobody.

import type { VerificationClaims } from "../claims.js";
import type { WebhookEvent } from "../types.js";

/** A webhook secret for tests; it belongs to no endpoint. */
export const TEST_WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Claims with everything in order. */
export const strongClaims: VerificationClaims = Object.freeze({
  identity_verified: true,
  income_verified: true,
  income_band: "£3,000–4,000/mo",
  sanctions_screening_clear: true,
  sanctions_clear: true,
  payment_behavior_verified: true,
  payment_reliability: 0.98,
  savings_behavior_verified: true,
  savings_consistency: 81.5,
  identity_and_fraud_checks_passed: true,
  fraud_risk: "low",
  data_window_days: 180,
  linked_accounts: 3,
  freshness_hours: 2,
  corridor: "KE→GB",
  currency: "GBP",
});

/** Claims that a careful institution reviews. */
export const partialClaims: VerificationClaims = Object.freeze({
  ...strongClaims,
  identity_verified: false,
  identity_and_fraud_checks_passed: false,
  fraud_risk: "medium",
  corridor: "GH→EU",
  currency: "EUR",
});

/** An event; `data` replaces the usual content. */
export function webhookEvent(event: WebhookEvent["event"] = "verification.completed", data?: Record<string, unknown>, id = "evt_01hzk3vw0kg9m2x4p6r8t0v2w4"): WebhookEvent {
  const usual: Record<string, Record<string, unknown>> = {
    "verification.completed": {
      verification_id: "vrf_01hzk3vw0kg9m2x4p6r8t0v2w4",
      verified_at: "2026-03-27T10:22:14Z",
      proof_type: "groth16/bn254",
      verified_claims: strongClaims,
    },
    "verification.failed": { verification_id: "vrf_01hzk3vw0kg9m2x4p6r8t0v2w5", verified_at: "2026-03-27T10:22:14Z", deny_reason: "TOKEN_EXPIRED", reason_code: "credential_expired" },
  };
  return {
    event,
    id,
    institution_id: "ins_01hzk3vw0kg9m2x4p6r8t0v2w4",
    timestamp: "2026-03-27T10:22:14Z",
    data: data ?? usual[event] ?? {},
  };
}
