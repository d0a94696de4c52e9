// What an institution demands of verified claims, decided by a pure function.

import type { ValidVerification, VerificationClaims } from "./claims.js";
import type { Predicate } from "./types.js";

/** A condition in code, with a name for the reasons. Only `true` passes. */
export interface CustomCondition {
  name: string;
  test: (claims: VerificationClaims) => boolean;
}

/** What must hold. An empty policy demands a valid credential and nothing else. */
export interface Policy {
  /** Claims that must be present and exactly `true`. */
  requireClaims?: readonly string[] | undefined;
  /** Upper bound of `freshness_hours`, inclusive. Claims without a freshness fail. */
  maxCredentialAgeHours?: number | undefined;
  /** Facts that must have been proved (a stronger proved bound counts), or conditions in code. */
  predicates?: readonly (Predicate | CustomCondition)[] | undefined;
}

/** One demand that is not met. */
export interface PolicyReason {
  code: "claim_missing" | "claim_not_true" | "credential_too_old" | "freshness_missing" | "predicate_not_proved" | "condition_failed";
  /** The claim or condition concerned. */
  claim: string;
  message: string;
}

/** Whether `proved` implies `asked`. */
function implies(proved: Predicate, asked: Predicate): boolean {
  if (proved.claim !== asked.claim) return false;
  const { bound } = proved;
  switch (asked.operator) {
    case ">=":
      return (proved.operator === ">=" || proved.operator === "=") && bound >= asked.bound;
    case "<=":
      return (proved.operator === "<=" || proved.operator === "=") && bound <= asked.bound;
    case "=":
      return proved.operator === "=" && bound === asked.bound;
    case "!=":
      return (
        (proved.operator === "!=" && bound === asked.bound) ||
        (proved.operator === "=" && bound !== asked.bound) ||
        (proved.operator === ">=" && bound > asked.bound) ||
        (proved.operator === "<=" && bound < asked.bound)
      );
    default:
      return false;
  }
}

/** Everything the verification lacks; an empty list means that the policy is met. */
export function evaluatePolicy(verification: Pick<ValidVerification, "claims" | "predicates">, policy: Policy): PolicyReason[] {
  const reasons: PolicyReason[] = [];
  const { claims } = verification;
  for (const claim of policy.requireClaims ?? []) {
    if (!Object.hasOwn(claims, claim)) {
      reasons.push({ code: "claim_missing", claim, message: `${claim} was not shared.` });
    } else if (claims[claim] !== true) {
      reasons.push({ code: "claim_not_true", claim, message: `${claim} does not hold.` });
    }
  }
  const oldest = policy.maxCredentialAgeHours;
  if (oldest !== undefined) {
    const age = claims.freshness_hours;
    if (typeof age !== "number" || !Number.isFinite(age)) {
      reasons.push({ code: "freshness_missing", claim: "freshness_hours", message: "The age of the data is unknown." });
    } else if (age > oldest) {
      reasons.push({ code: "credential_too_old", claim: "freshness_hours", message: `The data is ${age} hours old; at most ${oldest} are accepted.` });
    }
  }
  for (const condition of policy.predicates ?? []) {
    if ("test" in condition) {
      if (!passes(condition, claims)) reasons.push({ code: "condition_failed", claim: condition.name, message: `${condition.name} does not hold.` });
    } else if (!(verification.predicates ?? []).some((proved) => implies(proved as Predicate, condition))) {
      const fact = `${condition.claim} ${condition.operator} ${condition.bound}`;
      reasons.push({ code: "predicate_not_proved", claim: condition.claim, message: `${fact} was not proved.` });
    }
  }
  return reasons;
}

/** A condition that throws has not passed. */
function passes(condition: CustomCondition, claims: VerificationClaims): boolean {
  try {
    return condition.test(claims) === true;
  } catch {
    return false;
  }
}
