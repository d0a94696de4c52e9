// Claims and events for tests. They are about the sandbox's invented people.

import type { VerificationClaims } from "../claims.js";
import type { WebhookEvent } from "../types.js";
import { amara, efua } from "./sandbox.js";

/** A webhook secret for tests; it belongs to no endpoint. */
export const TEST_WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Claims with everything in order: those of the sandbox's first token. */
export const strongClaims: VerificationClaims = amara;

/** Claims that a careful institution reviews: those of the sandbox's third token. */
export const partialClaims: VerificationClaims = efua;

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
