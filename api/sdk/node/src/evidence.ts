// @passidio/node/evidence: check a verification yourself, without trusting PASSID's server: statement, proof, signed head.

import { fromBase64, toBase64, utf8 } from "./bytes.js";
import type { VerificationClaims } from "./claims.js";
import { PassidError } from "./errors.js";
import { MalformedPoint, type SnarkjsProof, readProof } from "./evidence/points.js";
import { MalformedStatement, provedClaims, publicSignals } from "./evidence/statement.js";
// Inlined when the package is built, so that it cannot differ from the circuit's.
import verificationKey from "../../../../circuits/artifacts/verification_key.json" with { type: "json" };
import type { Evidence, PublicKey } from "./types.js";

/** Verifies Groth16 proofs over BN254; `snarkjs.groth16` is one. */
export interface Groth16 {
  verify(verificationKey: unknown, publicSignals: string[], proof: SnarkjsProof): Promise<boolean>;
}

export interface EvidenceOptions {
  /**
   * The issuer's keys as you keep them (`/.well-known/jwks.json`, fetched once and pinned). The keys inside the bundle come from the
   * server you do not want to trust; they are used only when you say so with `"bundle"`.
   */
  keys: readonly PublicKey[] | "bundle";
  /** The world the evidence must be of. */
  environment: "sandbox" | "live";
  /** Seconds between the signing of the head and the presentation, at most; 3,600 when left out. */
  maxHeadAgeSeconds?: number;
  /** Whom the applicant reference must be for, when you know it from an earlier verification. */
  applicantReference?: string;
  /** Verifies the proof; `snarkjs` when left out, which you install beside this package. */
  groth16?: Groth16;
}

/** The signed head behind the proof. */
export interface TreeHead {
  iss: string;
  environment: "sandbox" | "live";
  tree_size: number;
  root: string;
  revocations: number;
  timestamp: string;
  previous: string;
}

/** What a checked bundle proves. */
export interface CheckedEvidence {
  /** Claims read from the proof's own public signals. */
  claims: ReturnType<typeof provedClaims>;
  head: TreeHead;
  /** The key that signed the head. */
  keyId: string;
  /** When the wallet proved. */
  presentedAt: Date;
  /** The same person at this institution, and only there. */
  applicantReference: string;
}

/** Which check failed. */
export type EvidenceFailure = "malformed" | "unknown_key" | "head_signature" | "other_environment" | "other_root" | "signals_differ" | "head_too_old" | "other_applicant" | "proof_invalid";

/** The evidence does not hold; `failure` says which check it failed. */
export class EvidenceError extends PassidError {
  readonly failure: EvidenceFailure;

  constructor(failure: EvidenceFailure, message: string, cause?: unknown) {
    super("evidence_invalid", message, { cause });
    this.failure = failure;
  }
}

const HEAD_TYPE = "passid-head+jwt";

function json(part: string): unknown {
  const bytes = fromBase64(part);
  if (bytes === undefined) throw new EvidenceError("malformed", "the head is not a compact JWS");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new EvidenceError("malformed", "the head is not a compact JWS", cause);
  }
}

/** RFC 7638: the key's name is the digest of the key, so a name cannot be lent to another key. */
async function thumbprint(key: PublicKey): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest("SHA-256", utf8(`{"crv":"Ed25519","kty":"OKP","x":"${key.x}"}`));
  return toBase64(new Uint8Array(digest)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function verifyHead(compact: string, keys: readonly PublicKey[], environment: string): Promise<{ head: TreeHead; keyId: string }> {
  const parts = compact.split(".");
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) throw new EvidenceError("malformed", "the head is not a compact JWS");
  const { alg, typ, kid } = json(header) as { alg?: unknown; typ?: unknown; kid?: unknown };
  if (alg !== "EdDSA" || typ !== HEAD_TYPE || typeof kid !== "string") throw new EvidenceError("malformed", "the signed document is not a tree head");
  const key = keys.find((candidate) => candidate.kid === kid && candidate.passid_purpose === "credential");
  if (key === undefined) throw new EvidenceError("unknown_key", `the head is signed with the key ${kid}, which is not among yours`);
  if (key.passid_environment !== environment) throw new EvidenceError("other_environment", `the head is signed with a ${key.passid_environment} key`);
  const publicBytes = fromBase64(key.x);
  if (key.kty !== "OKP" || key.crv !== "Ed25519" || publicBytes?.length !== 32 || (await thumbprint(key)) !== kid) {
    throw new EvidenceError("unknown_key", "a key is not a usable Ed25519 key, or its kid is not its thumbprint");
  }
  const bytes = fromBase64(signature);
  const imported = await globalThis.crypto.subtle.importKey("raw", publicBytes, { name: "Ed25519" }, false, ["verify"]);
  const isValid = bytes !== undefined && (await globalThis.crypto.subtle.verify({ name: "Ed25519" }, imported, bytes, utf8(`${header}.${payload}`)));
  if (!isValid) throw new EvidenceError("head_signature", "the signature of the head does not verify");
  return { head: json(payload) as TreeHead, keyId: kid };
}

async function snarkjs(): Promise<Groth16> {
  try {
    const { groth16 } = (await import("snarkjs")) as unknown as { groth16: Groth16 };
    return groth16;
  } catch (cause) {
    throw new PassidError("configuration", "Install snarkjs beside @passidio/node, or pass groth16: the proof cannot be verified without it.", { cause });
  }
}

/**
 * Checks a bundle from `client.evidence(id)` and returns what it proves.
 *
 * In this order: the head is signed by one of your keys for the right environment; the proof is for the head's root; the public
 * signals are those of the statement; the head was fresh when the proof was made; the proof verifies. Not checked, because the bundle
 * does not hold the agreement: that `statement.context` is the hash of what you asked for.
 *
 * Throws {@link EvidenceError} naming the check that failed.
 */
export async function verifyEvidence(evidence: Evidence, options: EvidenceOptions): Promise<CheckedEvidence> {
  const keys = options.keys === "bundle" ? evidence.issuer_keys.keys : options.keys;
  const { head, keyId } = await verifyHead(evidence.head, keys, options.environment);
  if (head.environment !== options.environment) throw new EvidenceError("other_environment", `the head is of the ${head.environment} tree`);
  const { statement } = evidence;
  if (head.root !== statement.merkle_root) throw new EvidenceError("other_root", "the proof is for another tree than the signed head");
  let signals: string[];
  let proof: SnarkjsProof;
  let claims: VerificationClaims;
  try {
    signals = publicSignals(statement);
    claims = provedClaims(statement);
    proof = readProof(fromBase64(evidence.proof) ?? new Uint8Array());
  } catch (cause) {
    if (cause instanceof MalformedStatement || cause instanceof MalformedPoint) throw new EvidenceError("malformed", cause.message, cause);
    throw new EvidenceError("malformed", "the bundle is not of the documented form", cause);
  }
  if (signals.length !== evidence.public_signals.length || signals.some((signal, index) => signal !== evidence.public_signals[index])) {
    throw new EvidenceError("signals_differ", "the public signals are not those of the statement");
  }
  const headAge = statement.presented_at - Date.parse(head.timestamp) / 1_000;
  if (!(headAge <= (options.maxHeadAgeSeconds ?? 3_600))) throw new EvidenceError("head_too_old", `the head was signed ${headAge} seconds before the presentation`);
  if (options.applicantReference !== undefined && options.applicantReference !== statement.applicant_reference) {
    throw new EvidenceError("other_applicant", "the proof is by another person than expected");
  }
  const groth16 = options.groth16 ?? (await snarkjs());
  if ((await groth16.verify(verificationKey, signals, proof)) !== true) throw new EvidenceError("proof_invalid", "the proof does not verify");
  return { claims, head, keyId, presentedAt: new Date(statement.presented_at * 1_000), applicantReference: statement.applicant_reference };
}

export type { SnarkjsProof } from "./evidence/points.js";
