// The statement of a proof, and how it becomes the public signals of the circuit (circuits/src/statement.rs and packing.rs).

import type { VerificationClaims } from "../claims.js";
import type { Statement } from "../types.js";
import { R } from "./points.js";

const CLAIM_SLOTS = 16;
const CLAIMS_PER_SIGNAL = 5;
const PREDICATES = 4;
const OPERATORS = ["at_least", "at_most", "equal", "not_equal"];

/** A statement that does not have the documented form. */
export class MalformedStatement extends Error {
  override readonly name = "MalformedStatement";
}

function integer(value: unknown, bits: number, name: string): bigint {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || BigInt(value) >> BigInt(bits) !== 0n) {
    throw new MalformedStatement(`${name} is not a whole number of at most ${bits} bits`);
  }
  return BigInt(value);
}

function fieldElement(value: unknown, name: string): string {
  if (typeof value !== "string" || !/^(0|[1-9]\d{0,77})$/.test(value) || BigInt(value) >= R) {
    throw new MalformedStatement(`${name} is not a canonical field element`);
  }
  return value;
}

/** Values side by side, the first one lowest. */
function pack(values: readonly (readonly [value: bigint, bits: number])[]): string {
  let packed = 0n;
  let position = 0n;
  for (const [value, bits] of values) {
    packed |= value << position;
    position += BigInt(bits);
  }
  return packed.toString();
}

function predicate(value: Statement["predicates"][number] | undefined): bigint {
  if (value === null || value === undefined) return 0n;
  const operator = OPERATORS.indexOf(value.operator);
  if (operator < 0) throw new MalformedStatement("a predicate has an unknown operator");
  return integer(value.bound, 48, "a predicate's bound") | (integer(value.slot, 4, "a predicate's slot") << 48n) | (1n << BigInt(52 + operator));
}

/** The eleven public signals the proof must have been made for. Computed here, never taken from the bundle. */
export function publicSignals(statement: Statement): string[] {
  if (!Array.isArray(statement.disclosed) || statement.disclosed.length !== CLAIM_SLOTS) throw new MalformedStatement("disclosed must have 16 entries");
  if (!Array.isArray(statement.predicates) || statement.predicates.length !== PREDICATES) throw new MalformedStatement("predicates must have 4 entries");
  const mask = integer(statement.mask, 16, "mask");
  const claims = statement.disclosed.map((value, slot) => {
    const claim = integer(value, 48, `disclosed[${slot}]`);
    if (claim !== 0n && ((mask >> BigInt(slot)) & 1n) === 0n) throw new MalformedStatement(`disclosed[${slot}] is hidden by the mask but has a value`);
    return [claim, 48] as const;
  });
  const groups = [0, 1, 2, 3].map((group) => pack(claims.slice(group * CLAIMS_PER_SIGNAL, (group + 1) * CLAIMS_PER_SIGNAL)));
  if (statement.min_expiry < statement.presented_at) throw new MalformedStatement("min_expiry lies before presented_at");
  const policy = pack([
    [mask, 16],
    [integer(statement.schema, 32, "schema"), 32],
    [integer(statement.presented_at, 40, "presented_at"), 40],
    [integer(statement.max_data_age, 40, "max_data_age"), 40],
    [integer(statement.min_expiry, 40, "min_expiry"), 40],
  ]);
  return [
    fieldElement(statement.merkle_root, "merkle_root"),
    fieldElement(statement.context, "context"),
    ...groups,
    pack(statement.predicates.map((value) => [predicate(value), 56])),
    policy,
    fieldElement(statement.institution_scope, "institution_scope"),
    fieldElement(statement.session_nullifier, "session_nullifier"),
    fieldElement(statement.applicant_reference, "applicant_reference"),
  ];
}

const FLAGS: readonly [number, string][] = [
  [0, "identity_verified"],
  [1, "income_verified"],
  [4, "sanctions_screening_clear"],
  [5, "payment_behavior_verified"],
  [7, "savings_behavior_verified"],
  [9, "identity_and_fraud_checks_passed"],
];

/**
 * Claims the proof itself states, decoded from the disclosed integers of schema 1. Texts for people (the income band) are left to
 * `income_band_bounds`; a hidden claim is absent.
 */
export function provedClaims(statement: Statement): VerificationClaims & { income_band_bounds?: [lower: number, upper: number] } {
  const claims: VerificationClaims & { income_band_bounds?: [number, number] } = {};
  const disclosed = (slot: number): number | undefined => (((statement.mask >> slot) & 1) === 1 ? statement.disclosed[slot] : undefined);
  for (const [slot, name] of FLAGS) {
    const value = disclosed(slot);
    if (value !== undefined) claims[name] = value === 1;
  }
  const band = disclosed(2);
  if (band !== undefined) claims.income_band_bounds = [Math.floor(band / 2 ** 24), band % 2 ** 24];
  const reliability = disclosed(6);
  if (reliability !== undefined) claims.payment_reliability = reliability / 1_000_000;
  const savings = disclosed(8);
  if (savings !== undefined) claims.savings_consistency = savings / 100;
  const fraud = disclosed(10);
  if (fraud !== undefined) {
    const level = (["low", "medium", "high"] as const)[fraud];
    if (level === undefined) throw new MalformedStatement("fraud_risk is out of range");
    claims.fraud_risk = level;
  }
  const score = disclosed(11);
  if (score !== undefined) claims.fsi_score = score === 0 ? null : score;
  const age = disclosed(15);
  if (age !== undefined) claims.account_age_months = age;
  claims.freshness_hours = Math.ceil(statement.max_data_age / 3_600);
  return claims;
}
