import { describe, expect, it } from "vitest";

import { evaluatePolicy } from "../src/index.js";
import { strongClaims } from "../src/testing.js";

const codes = (...input: Parameters<typeof evaluatePolicy>): string[] => evaluatePolicy(...input).map(({ code }) => code);

describe("requireClaims", () => {
  it("takes exactly true, and not what looks like it", () => {
    const policy = { requireClaims: ["identity_verified"] };
    expect(codes({ claims: { identity_verified: true } }, policy)).toEqual([]);
    expect(codes({ claims: {} }, policy)).toEqual(["claim_missing"]);
    for (const value of [false, "true", 1, {}, null]) expect(codes({ claims: { identity_verified: value as boolean } }, policy)).toEqual(["claim_not_true"]);
    expect(codes({ claims: {} }, { requireClaims: ["toString", "__proto__"] })).toEqual(["claim_missing", "claim_missing"]);
  });
});

describe("maxCredentialAgeHours", () => {
  it("includes its bound and refuses an unknown age", () => {
    const aged = (freshness_hours: unknown) => codes({ claims: { freshness_hours: freshness_hours as number } }, { maxCredentialAgeHours: 72 });
    expect(aged(72)).toEqual([]);
    expect(aged(73)).toEqual(["credential_too_old"]);
    for (const unknown of [undefined, null, "2", Number.NaN]) expect(aged(unknown)).toEqual(["freshness_missing"]);
  });
});

describe("predicates", () => {
  const asked = { claim: "income_monthly", operator: ">=", bound: 250_000 } as const;
  const proved = (operator: string, bound: number, claim = "income_monthly") => codes({ claims: {}, predicates: [{ claim, operator, bound }] as never }, { predicates: [asked] });

  it("count when the proved fact implies the asked one", () => {
    expect(proved(">=", 250_000)).toEqual([]);
    expect(proved(">=", 300_000)).toEqual([]);
    expect(proved("=", 250_000)).toEqual([]);
    for (const [operator, bound] of [[">=", 249_999], ["<=", 300_000], ["!=", 0], ["=", 1]] as const) expect(proved(operator, bound)).toEqual(["predicate_not_proved"]);
    expect(proved(">=", 300_000, "account_age_months")).toEqual(["predicate_not_proved"]);
    expect(codes({ claims: {} }, { predicates: [asked] })).toEqual(["predicate_not_proved"]);
  });

  it("in code pass with true only; one that throws has failed", () => {
    const named = (test: () => boolean) => codes({ claims: strongClaims }, { predicates: [{ name: "own", test }] });
    expect(named(() => true)).toEqual([]);
    expect(named(() => "yes" as unknown as boolean)).toEqual(["condition_failed"]);
    expect(named(() => { throw new Error("defect"); })).toEqual(["condition_failed"]);
  });
});
