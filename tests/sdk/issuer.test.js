// The Node SDK against the real issuer, with the terminal wallet as the applicant's phone.

import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PASSIDClient, isPassidError, passidMiddleware, verifyWebhookSignature } from "@passidio/node";
import { verifyEvidence } from "@passidio/node/evidence";
import { createMockPassid, sandboxTokens } from "@passidio/node/testing";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openWorkspace, startIssuer } from "../../examples/loan-application/start.js";
import { attacks, withProofChanged } from "./attacks.js";
import { Phone } from "./wallet.js";

let directory, issuer, workspace, phone, passid, receiver;
const events = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-sdk-"));
  issuer = await startIssuer({ data: join(directory, "issuer") });
  receiver = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      events.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => receiver.once("listening", resolve));
  workspace = await openWorkspace(issuer.baseUrl, { webhookUrl: `http://127.0.0.1:${receiver.address().port}/` });
  passid = new PASSIDClient({ apiKey: workspace.keys.secret, baseUrl: issuer.baseUrl });
  phone = new Phone(issuer.baseUrl, join(directory, "wallet"));
  await phone.setUp();
});
afterAll(async () => {
  receiver?.close();
  await issuer?.stop();
  await rm(directory, { recursive: true, force: true });
});

const failure = (promise) => promise.then(() => expect.unreachable("it succeeded"), (error) => error);

const collect = async (items) => {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
};

describe("a share", () => {
  it("is verified once, with the claims consented to and no others", async () => {
    const code = await phone.share("income_verified", "identity_verified");
    const claims = await passid.verify(code.toLowerCase().replaceAll("-", " "), { institutionRef: "loan_1" });
    expect(claims).toMatchObject({ income_verified: true, identity_verified: true, income_band: expect.stringMatching(/\d/) });
    expect(claims).not.toHaveProperty("sanctions_screening_clear");
    expect(await failure(passid.verify(code))).toMatchObject({ code: "credential_refused", denyReason: "TOKEN_ALREADY_USED", verificationId: expect.stringMatching(/^vrf_/) });
  });
});

describe("evidence", () => {
  let bundle, verification, options;
  beforeAll(async () => {
    verification = await passid.verifications.create(await phone.share("income_verified"));
    bundle = await passid.evidence(verification.verification_id);
    const { keys } = await (await fetch(`${issuer.baseUrl}/.well-known/jwks.json`)).json();
    options = { keys, environment: "sandbox" };
  });

  it("holds without the server, and its claims are read from the proof", async () => {
    const checked = await verifyEvidence(bundle, options);
    expect(checked.claims).toMatchObject({ income_verified: true, freshness_hours: verification.claims.freshness_hours });
    expect(checked.claims).not.toHaveProperty("identity_verified");
    expect(checked.applicantReference).toBe(bundle.statement.applicant_reference);
  });

  it("holds with the keys it brings, for whoever trusts them", async () => {
    expect((await verifyEvidence(bundle, { ...options, keys: "bundle" })).claims).toMatchObject({ income_verified: true });
  });

  it.each(attacks)("%s: %s", async (failure, _, change, more = {}) => {
    const changed = structuredClone(bundle);
    change(changed);
    const changedOptions = { ...options, ...(typeof more === "function" ? more(options) : more) };
    await expect(verifyEvidence(changed, changedOptions)).rejects.toMatchObject({ code: "evidence_invalid", failure });
  });

  it("falls with every character of the proof", async () => {
    for (const index of [0, 40, 50, 90, 140, 168]) {
      const error = await failure(verifyEvidence(withProofChanged(bundle, index), options));
      expect(["malformed", "proof_invalid"], String(index)).toContain(error.failure);
      expect(isPassidError(error)).toBe(true);
    }
  });
});

describe("a sandbox token", () => {
  it("is verified, packaged for the file, found in the list, and its outcome reported once", async () => {
    const verification = await passid.verifications.create("passid-sandbox-tier1aaa", { institutionRef: "loan_7" });
    expect(verification).toMatchObject({ credential_valid: true, claims: { tier: "A", fsi_score: 812, corridor: "KE→GB" } });
    const id = verification.verification_id;
    expect(await passid.verifications.get(id)).toMatchObject({ credential_valid: true, institution_reference: "loan_7" });
    const file = await passid.package({ token: id, institutionRef: "loan_7" });
    expect(file).toMatchObject({ audit_id: id, claims: { income_verified: true }, freshness: { stale: false }, provenance: { source: "sandbox_bank" }, evidence: `/v1/verifications/${id}/evidence` });
    const outcome = await passid.outcome({ token: id, outcome: "repaid", productType: "personal_loan", amountUsd: 5_000.5, observationDays: 180 });
    expect(outcome).toMatchObject({ verification_id: id, outcome: "repaid", coverage: "high", fsi_score: 812, tier: "A" });
    expect(await failure(passid.outcome({ token: id, outcome: "defaulted" }))).toMatchObject({ code: "conflict", status: 409, retryable: false });
    const { keys } = await (await fetch(`${issuer.baseUrl}/.well-known/jwks.json`)).json();
    expect((await verifyEvidence(await passid.evidence(id), { keys, environment: "sandbox" })).claims).toMatchObject({ fsi_score: 812 });
    for await (const listed of passid.verifications.list({ credentialValid: true })) {
      if (listed.verification_id === id) return expect(listed).toMatchObject({ institution_reference: "loan_7", outcome: "repaid", environment: "sandbox" });
    }
    expect.unreachable("it is not in the list");
  });

  it.each([
    ["BADSIGNATURE", "SIGNATURE_INVALID"], ["BADPROOF", "PROOF_INVALID"], ["EXPIRED", "TOKEN_EXPIRED"], ["STALE", "CREDENTIAL_STALE"], ["WITHDRAWN", "TOKEN_REVOKED"],
    ["REVOKED", "CREDENTIAL_REVOKED"], ["UNKNOWN", "TOKEN_NOT_FOUND"], ["USED", "TOKEN_ALREADY_USED"], ["MISMATCH", "INSTITUTION_MISMATCH"], ["SANCTIONED", "HARD_DENY_SANCTIONS_MATCH"],
  ])("PASSID-SANDBOX-%s is refused as documented: %s", async (name, denyReason) => {
    const error = await failure(passid.verify(`PASSID-SANDBOX-${name}`));
    expect(error).toMatchObject({ code: "credential_refused", denyReason, verificationId: expect.stringMatching(/^vrf_/) });
    expect(await failure(passid.evidence(error.verificationId))).toMatchObject({ code: "not_found" });
    expect(await failure(passid.package({ token: error.verificationId }))).toMatchObject({ code: "not_found" });
  });

  it("is worth the same to the mock of @passidio/node/testing", async () => {
    const mock = createMockPassid();
    const mocked = new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch });
    const worth = ({ credential_valid, credential_status, reason_code, deny_reason, claims, token }) => ({ credential_valid, credential_status, reason_code, deny_reason, claims, token });
    expect(Object.keys(sandboxTokens)).toHaveLength(16);
    for (const token of Object.keys(sandboxTokens)) {
      const [real, invented, again] = [await passid.verifications.create(token), await mocked.verifications.create(token), await mocked.verifications.create(token)];
      expect(worth(invented), token).toEqual(worth(real));
      expect(worth(again), `${token} again`).toEqual(worth(real));
    }
  });

  it("is listed page by page, each once and newest first, by what it came to", async () => {
    const own = await openWorkspace(issuer.baseUrl);
    const client = new PASSIDClient({ apiKey: own.keys.secret, baseUrl: issuer.baseUrl });
    const made = [];
    for (const name of ["TIER1AAA", "EXPIRED", "TIER2BBB", "USED", "TIER3CCC"]) made.unshift(await client.verifications.create(`PASSID-SANDBOX-${name}`));
    const ids = async (options) => (await collect(client.verifications.list(options))).map(({ verification_id }) => verification_id);
    expect(await ids({ limit: 2 })).toEqual(made.map(({ verification_id }) => verification_id));
    expect(await ids({ limit: 1, credentialValid: false })).toEqual(made.filter(({ credential_valid }) => !credential_valid).map(({ verification_id }) => verification_id));
    expect(await ids({ cursor: made[3].verification_id })).toEqual([made[4].verification_id]);
    // The client takes no key that is for pages, and the issuer would not answer one.
    expect(() => new PASSIDClient({ apiKey: own.keys.publishable, baseUrl: issuer.baseUrl })).toThrow("publishable");
    const refused = await fetch(new URL("/v1/verifications", issuer.baseUrl), { headers: { "x-institution-key": own.keys.publishable } });
    expect([refused.status, (await refused.json()).code]).toEqual([403, "wrong_key_kind"]);
  });
});

describe("a session", () => {
  it("is waited for until the person shares, or declines", async () => {
    const asked = await passid.sessions.create({ institutionName: "Meridian Loans", permissions: ["income_verified"], predicates: [{ claim: "income_monthly", operator: ">=", bound: 100_000 }] });
    const [session] = await Promise.all([passid.sessions.waitFor(asked.requestId), phone.approve(asked.deepLink)]);
    expect(session).toMatchObject({ status: "completed", claims: { income_verified: true }, predicates: [{ claim: "income_monthly", operator: ">=", bound: 100_000 }] });
    const refused = await passid.sessions.create();
    await phone.decline(refused.code, "not now");
    expect(await failure(passid.sessions.waitFor(refused.requestId))).toMatchObject({ code: "session_declined", message: "not now" });
  });

  it("answers a held poll as soon as the person has shared, and not before", async () => {
    const asked = await passid.sessions.create({ permissions: ["identity_verified"] });
    let answered = false;
    const poll = fetch(`${issuer.baseUrl}/v1/sessions/${asked.requestId}?wait=25`, { headers: { "x-institution-key": workspace.keys.secret } }).then(async (response) => {
      answered = true;
      return response.json();
    });
    expect((await passid.sessions.get(asked.requestId)).status).toBe("pending");
    expect(answered).toBe(false);
    await phone.approve(asked.deepLink);
    expect(await poll).toMatchObject({ status: "completed", claims: { identity_verified: true } });
  });

  it("that is not answered in time ends the waiting, not the session", async () => {
    const { requestId } = await passid.sessions.create();
    expect(await failure(passid.sessions.waitFor(requestId, { waitMs: 200 }))).toMatchObject({ code: "timeout", retryable: true });
    expect((await passid.sessions.get(requestId)).status).toBe("pending");
  });

  it("lets a caller stop waiting", async () => {
    const { requestId } = await passid.sessions.create();
    const controller = new AbortController();
    const waiting = failure(passid.sessions.waitFor(requestId, { signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject({ code: "aborted" });
  });
});

describe("errors of the API", () => {
  it("come with code, page, request id and the field", async () => {
    const error = await failure(passid.sessions.create({ ttlSeconds: 5 }));
    expect(error).toMatchObject({ code: "malformed_request", status: 400, retryable: false, requestId: expect.stringMatching(/^\w+/), errors: [{ pointer: "/ttlSeconds" }] });
    expect(error.docUrl).toBe(`${issuer.baseUrl}/problems/malformed_request`);
    const stranger = new PASSIDClient({ apiKey: `sk_sandbox_${"0".repeat(38)}`, baseUrl: issuer.baseUrl });
    expect(await failure(stranger.sessions.create())).toMatchObject({ code: "unauthenticated", status: 401 });
    expect(await failure(passid.verifications.get("vrf_nobody"))).toMatchObject({ code: "not_found", status: 404 });
  });
});

describe("webhooks", () => {
  it("as delivered pass the check, standard and documented scheme", async () => {
    const code = await phone.share("identity_verified");
    const { verification_id } = await passid.verifications.create(code);
    const arrived = () => events.find(({ body }) => JSON.parse(body).data.verification_id === verification_id);
    for (const until = Date.now() + 60_000; arrived() === undefined && Date.now() < until; ) await new Promise((resolve) => receiver.once("request", (_, response) => response.once("finish", resolve)));
    const { body, headers } = arrived();
    const checked = await verifyWebhookSignature(body, headers, workspace.webhookSecret);
    expect(checked).toMatchObject({ scheme: "standard", event: { event: "verification.completed", data: { verification_id } } });
    const legacy = { "x-passid-signature": headers["x-passid-signature"] };
    expect((await verifyWebhookSignature(body, legacy, workspace.webhookSecret, { allowLegacySignature: true })).scheme).toBe("legacy");
    expect(await failure(verifyWebhookSignature(JSON.stringify(JSON.parse(body), null, 1), headers, workspace.webhookSecret))).toMatchObject({ code: "webhook_signature" });
  });
});

describe("the Express guard", () => {
  it("passes a form once, replays it when sent again, and refuses the code in another form", async () => {
    const app = express().use(express.json());
    app.post("/apply", passidMiddleware({ apiKey: workspace.keys.secret, baseUrl: issuer.baseUrl, policy: { requireClaims: ["income_verified"] } }), (request, response) => {
      response.json({ income: request.passid.income_band });
    });
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const send = async (body) => {
      const response = await fetch(`http://127.0.0.1:${server.address().port}/apply`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    };
    const code = await phone.share("income_verified");
    const first = await send({ passid_token: code, name: "Amara" });
    expect(first).toMatchObject({ status: 200, body: { income: expect.any(String) } });
    expect(await send({ passid_token: code, name: "Amara" })).toEqual(first);
    expect(await send({ passid_token: code, name: "Mallory" })).toMatchObject({ status: 403, body: { deny_reason: "TOKEN_ALREADY_USED" } });
    server.closeAllConnections();
    server.close();
  });
});
