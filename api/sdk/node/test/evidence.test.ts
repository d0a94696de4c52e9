import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { type EvidenceFailure, type EvidenceOptions, verifyEvidence } from "../src/evidence.js";
import { PASSIDClient, type Evidence, type PublicKey } from "../src/index.js";
import { createMockPassid } from "../src/testing.js";

// A bundle of the sandbox issuer about an invented person, written by the tests against the real issuer.
const fixture = JSON.parse(readFileSync(new URL("./evidence.json", import.meta.url), "utf8")) as { evidence: Evidence; keys: PublicKey[] };
const options: EvidenceOptions = { keys: fixture.keys, environment: "sandbox" };
const changed = (change: (evidence: Evidence) => void): Evidence => {
  const evidence = structuredClone(fixture.evidence);
  change(evidence);
  return evidence;
};
const flip = (text: string, index: number): string => text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);

describe("a bundle of the issuer", () => {
  it("holds, offline, and its claims are read from the proof", async () => {
    const checked = await verifyEvidence(fixture.evidence, options);
    expect(checked.claims).toMatchObject({ income_verified: true });
    expect(checked.claims).not.toHaveProperty("identity_verified");
    expect(checked.head.root).toBe(fixture.evidence.statement.merkle_root);
    expect(checked.applicantReference).toBe(fixture.evidence.statement.applicant_reference);
  });

  const attacks: [EvidenceFailure, string, (evidence: Evidence) => void, Partial<EvidenceOptions>?][] = [
    ["signals_differ", "a claim changed in the statement alone", (e) => (e.statement.disclosed[1] = 0)],
    ["proof_invalid", "a claim changed in statement and signals", (e) => ((e.statement.disclosed[1] = 0), (e.public_signals[2] = (BigInt(e.public_signals[2] as string) - (1n << 48n)).toString()))],
    ["proof_invalid", "another applicant", (e) => ((e.statement.applicant_reference = "7"), (e.public_signals[10] = "7"))],
    ["proof_invalid", "another context", (e) => ((e.statement.context = "7"), (e.public_signals[1] = "7"))],
    ["other_applicant", "not the expected person", () => undefined, { applicantReference: "7" }],
    ["other_root", "a root nobody signed", (e) => ((e.statement.merkle_root = "7"), (e.public_signals[0] = "7"))],
    ["malformed", "a hidden claim with a value", (e) => (e.statement.disclosed[0] = 1)],
    ["malformed", "a claim of more than 48 bits", (e) => (e.statement.disclosed[1] = 2 ** 48)],
    ["malformed", "a field element written with a leading zero", (e) => (e.statement.context = `0${e.statement.context}`)],
    ["malformed", "a field element beyond the modulus", (e) => (e.statement.context = "21888242871839275222246405745257275088548364400416034343698204186575808495617")],
    ["malformed", "a proof cut short", (e) => (e.proof = e.proof.slice(0, -4))],
    ["malformed", "fifteen claims", (e) => e.statement.disclosed.pop()],
    ["head_signature", "a changed signature of the head", (e) => (e.head = flip(e.head, e.head.length - 10))],
    ["head_signature", "another payload in the head", (e) => (e.head = e.head.split(".").map((part, index) => (index === 1 ? flip(part, 20) : part)).join("."))],
    ["malformed", "another type of document", (e) => (e.head = [btoa('{"alg":"EdDSA","typ":"at+jwt","kid":"x"}'), ...e.head.split(".").slice(1)].join("."))],
    ["malformed", "an unsigned head", (e) => (e.head = [btoa('{"alg":"none","typ":"passid-head+jwt","kid":"x"}'), e.head.split(".")[1], ""].join("."))],
    ["unknown_key", "a key that is not pinned", () => undefined, { keys: [] }],
    ["unknown_key", "another key under the pinned name", () => undefined, { keys: fixture.keys.map((key) => ({ ...key, x: "A".repeat(43) })) }],
    ["other_environment", "the sandbox passed off as live", () => undefined, { environment: "live" }],
    ["head_too_old", "a head older than allowed", () => undefined, { maxHeadAgeSeconds: -1e9 }],
  ];

  it.each(attacks)("%s: %s", async (failure, _, change, more = {}) => {
    await expect(verifyEvidence(changed(change), { ...options, ...more })).rejects.toMatchObject({ code: "evidence_invalid", failure });
  });

  it("no byte of the proof can change", async () => {
    for (const index of [0, 40, 50, 90, 140, 168]) {
      const error: unknown = await verifyEvidence(changed((e) => (e.proof = flip(e.proof, index))), options).catch((caught: unknown) => caught);
      expect(["malformed", "proof_invalid"], String(index)).toContain((error as { failure?: string }).failure);
    }
  });
});

it("takes another verifier of proofs than snarkjs, and its no is a no", async () => {
  const groth16 = { verify: async () => false };
  await expect(verifyEvidence(fixture.evidence, { ...options, groth16 })).rejects.toMatchObject({ failure: "proof_invalid" });
});

it("is an error of the SDK's family", async () => {
  const { isPassidError } = await import("../src/index.js");
  const error: unknown = await verifyEvidence(fixture.evidence, { ...options, keys: [] }).catch((caught: unknown) => caught);
  expect(isPassidError(error)).toBe(true);
  expect(new PASSIDClient({ apiKey: createMockPassid().apiKey }).environment).toBe("sandbox");
});
