// @passidio/node: what servers import.

export { PASSIDClient, Sessions, Verifications } from "./client.js";
export type { ListOptions, PackageRequest, PassidClientOptions, VerifyOptions, WaitOptions } from "./client.js";
export type { FraudRisk, RefusedVerification, Tier, ValidVerification, Verification, VerificationClaims } from "./claims.js";
export type { Clock } from "./clock.js";
export { PassidError, isPassidError } from "./errors.js";
export type { ClientErrorCode, PassidErrorCode, PassidErrorDetails } from "./errors.js";
export { getPassid, verificationOf } from "./guard/brand.js";
export { passidMiddleware } from "./guard/express.js";
export type { ExpressRequest, ExpressResponse } from "./guard/express.js";
export type { GuardOptions, Refusal } from "./guard/guard.js";
export { readRawBody, withPassid, withPassidPages } from "./guard/next.js";
export type { RouteContext } from "./guard/next.js";
export { evaluatePolicy } from "./policy.js";
export type { CustomCondition, Policy, PolicyReason } from "./policy.js";
export { normaliseToken } from "./tokens.js";
export { DEFAULT_BASE_URL } from "./transport.js";
export type { CallOptions, TransportOptions } from "./transport.js";
export type * from "./types.js";
export { DEFAULT_TOLERANCE_SECONDS, signTestWebhook, verifyWebhookSignature } from "./webhooks.js";
export type { SignedWebhook, VerifiedWebhook, WebhookHeaders, WebhookOptions } from "./webhooks.js";
