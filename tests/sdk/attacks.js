// Everything that can be changed in an evidence bundle, each with the check that must catch it.

const flip = (text, index) => text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);
const part = (index, change) => (bundle) => (bundle.head = bundle.head.split(".").map((text, at) => (at === index ? change(text) : text)).join("."));
const MODULUS = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

/** `[failure, what, change(bundle), options(options)]`; the bundle discloses the income (slot 1) and hides the identity (slot 0). */
export const attacks = [
  ["signals_differ", "a claim changed in the statement alone", (b) => (b.statement.disclosed[1] = 0)],
  ["proof_invalid", "a claim changed in statement and signals", (b) => ((b.statement.disclosed[1] = 0), (b.public_signals[2] = (BigInt(b.public_signals[2]) - (1n << 48n)).toString()))],
  ["proof_invalid", "another applicant", (b) => ((b.statement.applicant_reference = "7"), (b.public_signals[10] = "7"))],
  ["proof_invalid", "another context", (b) => ((b.statement.context = "7"), (b.public_signals[1] = "7"))],
  ["other_applicant", "not the expected person", () => undefined, { applicantReference: "7" }],
  ["other_root", "a root nobody signed", (b) => ((b.statement.merkle_root = "7"), (b.public_signals[0] = "7"))],
  ["malformed", "a hidden claim with a value", (b) => (b.statement.disclosed[0] = 1)],
  ["malformed", "a claim of more than 48 bits", (b) => (b.statement.disclosed[1] = 2 ** 48)],
  ["malformed", "a field element with a leading zero", (b) => (b.statement.context = `0${b.statement.context}`)],
  ["malformed", "a field element beyond the modulus", (b) => (b.statement.context = MODULUS)],
  ["malformed", "an end before the presentation", (b) => (b.statement.min_expiry = b.statement.presented_at - 1)],
  ["malformed", "a proof cut short", (b) => (b.proof = b.proof.slice(0, -4))],
  ["malformed", "fifteen claims", (b) => b.statement.disclosed.pop()],
  ["head_signature", "a changed signature", part(2, (text) => flip(text, 40))],
  ["head_signature", "another payload", part(1, (text) => flip(text, 20))],
  ["malformed", "another type of document", part(0, () => btoa('{"alg":"EdDSA","typ":"at+jwt","kid":"x"}'))],
  ["malformed", "an unsigned head", part(0, () => btoa('{"alg":"none","typ":"passid-head+jwt","kid":"x"}'))],
  ["unknown_key", "a key that is not pinned", () => undefined, { keys: [] }],
  ["unknown_key", "another key under the pinned name", () => undefined, ({ keys }) => ({ keys: keys.map((key) => ({ ...key, x: "A".repeat(43) })) })],
  ["other_environment", "the sandbox passed off as live", () => undefined, { environment: "live" }],
  ["head_too_old", "a head older than allowed", () => undefined, { maxHeadAgeSeconds: -1e9 }],
  ["proof_invalid", "a verifier that says no", () => undefined, { groth16: { verify: async () => false } }],
];

/** The bundle with one character of its proof changed. */
export const withProofChanged = (bundle, index) => ({ ...bundle, proof: flip(bundle.proof, index) });
