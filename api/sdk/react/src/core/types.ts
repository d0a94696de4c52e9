// What the widget asks for and what it hands on.

import type { Claims, PermissionSet } from "./generated.js";

/** A fact to ask for without the claim, such as `income_monthly >= 250000` (minor units). */
export type { Predicate } from "./generated.js";

/** One line of the consent screen. */
export type Permission = PermissionSet[number];

/** Claims by name; only what the person consented to is there. */
export interface VerifiedClaims extends Partial<Claims> {
  [claim: string]: unknown;
}

/**
 * What the browser was told. Show it; do not decide by it: whoever sits at the browser can change it. Send `verification_id` to your
 * server and confirm it there with `passid.verifications.get(verification_id)` of `@passidio/node`.
 */
export interface VerificationResult {
  verification_id: string;
  verified_claims: VerifiedClaims;
  verified_at: string | undefined;
  /** By QR code, link or 8-character code (`session`), or by a code the person typed here (`code`). */
  method: "session" | "code";
}

/** A session as the page shows it. */
export interface ShownSession {
  requestId: string;
  /** For typing into the wallet, such as `AB3X-7YQM`. */
  code: string;
  /** For the QR image and for phones. */
  deepLink: string;
  /** When it ends by the server's clock, milliseconds since the epoch. */
  expiresAt: number;
}

/** Why nothing was shared. */
export interface Decline {
  kind: "declined" | "expired" | "refused";
  /** The verifier's reason, such as `TOKEN_EXPIRED`, when `kind` is `refused`. */
  denyReason: string | undefined;
  /** What the person said, when they said something. */
  said: string | undefined;
}
