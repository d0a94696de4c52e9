// The wire types. Hand-written names over the API's own schema.

export type Permission =
  | "identity_verified" | "income_verified" | "sanctions_clear" | "payment_reliability" | "savings_consistency" | "fraud_risk" | "full_score"
  | "verified_credential_summary";
export type ProblemCode = string;
export type DenyReason =
  | "SIGNATURE_INVALID" | "PROOF_INVALID" | "TOKEN_EXPIRED" | "CREDENTIAL_STALE" | "TOKEN_REVOKED" | "CREDENTIAL_REVOKED" | "TOKEN_NOT_FOUND"
  | "TOKEN_ALREADY_USED" | "INSTITUTION_MISMATCH" | "HARD_DENY_SANCTIONS_MATCH";
export interface FieldError { pointer: string; code: string; message: string }
export interface Problem { type: string; title: string; status: number; code: ProblemCode; detail: string; request_id: string; errors?: FieldError[]; retry_after?: number | null }
export interface Predicate { claim: string; operator: ">=" | "<=" | "=" | "!="; bound: number }
export interface CreateSession { institutionName?: string; permissions?: Permission[]; predicates?: Predicate[]; ttlSeconds?: number }
export interface SessionCreated { requestId: string; code: string; deepLink: string; expiresAt: string; client_secret: string; status: "pending"; permissions: Permission[]; environment: "sandbox" | "live" }
export interface ProofSummary { type: string; circuit: string; status: string }
export interface SessionView { requestId: string; status: "pending" | "completed" | "declined" | "expired"; expiresAt: string; permissions: Permission[]; predicates?: Predicate[]; verifiedAt?: string; verification_id?: string; claims?: Record<string, unknown>; proof?: ProofSummary; applicant_ref?: string; decline_reason?: string }
export interface VerifyResponse {
  credential_valid: boolean; verification_id: string; verified_at: string; credential_status: string; token?: string; institution_reference?: string;
  reason_code?: string; deny_reason?: DenyReason; message?: string; issuer?: string; claims?: Record<string, unknown>; predicates?: Predicate[];
  signature?: { algorithm: string; status: string; key_id: string }; proof?: ProofSummary; revocation_status?: string; head_timestamp?: string;
  applicant_ref?: string; raw_transactions_included: boolean; expires_at?: string; policy_version: string; model_version: string;
}
export type VerificationSummary = VerifyResponse;
export interface ClaimPackage { claims: Record<string, unknown>; freshness_hours?: number; audit_id: string; [field: string]: unknown }
export interface OutcomeReport { token: string; outcome: "repaid" | "no_default" | "delinquent" | "defaulted" | "fraud_confirmed" | "account_closed" | "other"; productType?: string; amountUsd?: number; observationDays?: number; notes?: string }
export interface OutcomeRecord { [field: string]: unknown }
export interface PublicKey { kty: string; crv: string; x: string; kid: string; alg: string; use: string; passid_environment: "sandbox" | "live"; passid_purpose: string }
export interface Statement {
  merkle_root: string; context: string; schema: number; disclosed: number[]; mask: number;
  predicates: ({ slot: number; operator: "at_least" | "at_most" | "equal" | "not_equal"; bound: number } | null)[];
  presented_at: number; max_data_age: number; min_expiry: number; institution_scope: string; session_nullifier: string; applicant_reference: string;
}
export interface Evidence { verification_id: string; statement: Statement; public_signals: string[]; proof: string; head: string; issuer_keys: PublicKey[] }
export interface WebhookEvent { event: "verification.completed" | "verification.failed" | "outcome.reported" | "webhook.test" | (string & {}); id: string; institution_id: string; timestamp: string; data: Record<string, unknown> }
