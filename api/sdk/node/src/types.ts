// The wire types by the names this package gives them. They are the API's own (`generated.ts`); written by hand is only what its
// document leaves open: the statement inside the evidence, and the envelope of events.

import type { EventKind, EvidenceBundle, OutcomeRecorded, Package, PermissionSet, ProblemCode as KnownProblemCode, ReportOutcome } from "./generated.js";

export type {
  Claims,
  CreateSession,
  DenyReason,
  FieldError,
  Predicate,
  Problem,
  ProofSummary,
  PublicKey,
  SessionCreated,
  SessionView,
  VerificationSummary,
  VerificationSummaryPage,
  VerifyResponse,
} from "./generated.js";

/** One line of the consent screen. */
export type Permission = PermissionSet[number];
/** A problem's code. Newer servers may send codes this list does not have yet. */
export type ProblemCode = KnownProblemCode | (string & {});
/** A verification for the institution's file. */
export type ClaimPackage = Package;
/** What became of an applicant. */
export type OutcomeReport = ReportOutcome;
/** An outcome as it was recorded. */
export type OutcomeRecord = OutcomeRecorded;

/** The public statement of a proof: disclosed claims by slot, and what they are bound to. */
export interface Statement {
  merkle_root: string;
  context: string;
  schema: number;
  disclosed: number[];
  mask: number;
  predicates: ({ slot: number; operator: "at_least" | "at_most" | "equal" | "not_equal"; bound: number } | null)[];
  presented_at: number;
  max_data_age: number;
  min_expiry: number;
  institution_scope: string;
  session_nullifier: string;
  applicant_reference: string;
}

/** What lets anyone check a verification. */
export type Evidence = Omit<EvidenceBundle, "statement"> & { statement: Statement };

/** An event as a webhook brings it. Newer servers may send kinds this list does not have yet. */
export interface WebhookEvent {
  event: EventKind | (string & {});
  /** The same over all attempts. */
  id: string;
  institution_id: string;
  timestamp: string;
  data: Record<string, unknown>;
}
