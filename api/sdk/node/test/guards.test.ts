import type { AddressInfo } from "node:net";

import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { passid as fastifyGuard, type PassidRequest } from "../src/fastify.js";
import { passid as honoGuard, type PassidVariables } from "../src/hono.js";
import { getPassid, passidMiddleware, withPassid, withPassidPages } from "../src/index.js";
import { type MockPassid, createMockPassid, partialClaims } from "../src/testing.js";

const TOKEN = "KE8V-3TXY-Z72L";
const policy = { requireClaims: ["income_verified", "identity_verified"], maxCredentialAgeHours: 72 };

interface Answered {
  status: number;
  type: string | null;
  body: Record<string, unknown>;
}

type Send = (body: BodyInit | undefined, headers: Record<string, string>) => Promise<Response>;

/** The same guarded route in every framework; the handler answers the claim and a field of the body it reads itself. */
const frameworks: Record<string, (mock: MockPassid) => Promise<{ send: Send; close: () => Promise<void> }>> = {
  async express(mock) {
    const app = express();
    app.use(express.json(), express.urlencoded());
    app.post("/apply", passidMiddleware({ ...options(mock) }), (req, res) => {
      res.json({ verified: req.passid.identity_verified, name: (req.body as { name?: string }).name, id: getPassid(req)?.verification_id });
    });
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    return { send: (body, headers) => fetch(`http://127.0.0.1:${port}/apply`, { method: "POST", body: body ?? null, headers }), close: async () => void server.close() };
  },
  async "next app router"(mock) {
    const route = withPassid(options(mock), async (request, claims, context) => {
      const body = request.headers.get("content-type")?.includes("json") ? ((await request.json()) as { name?: string }) : { name: (await request.formData()).get("name") };
      return Response.json({ verified: claims.identity_verified, name: body.name, id: getPassid({ passid: claims })?.verification_id, params: await context.params });
    });
    const send: Send = (body, headers) => route(new Request("https://bank.example/apply", { method: "POST", body: body ?? null, headers }), { params: Promise.resolve({ id: "1" }) });
    return { send, close: async () => undefined };
  },
  async "next pages"(mock) {
    const app = express();
    app.use(express.json(), express.urlencoded());
    const handler = withPassidPages(options(mock), (req, res: express.Response) => {
      res.json({ verified: req.passid.identity_verified, name: (req.body as { name?: string }).name, id: getPassid(req)?.verification_id });
    });
    app.post("/apply", (req, res) => void handler(req, res));
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    return { send: (body, headers) => fetch(`http://127.0.0.1:${port}/apply`, { method: "POST", body: body ?? null, headers }), close: async () => void server.close() };
  },
  async hono(mock) {
    const app = new Hono<{ Variables: PassidVariables }>();
    app.post("/apply", honoGuard(options(mock)), async (c) => {
      const claims = c.get("passid");
      const body = c.req.header("content-type")?.includes("json") ? await c.req.json<{ name?: string }>() : await c.req.parseBody();
      return c.json({ verified: claims.identity_verified, name: body.name, id: getPassid({ passid: claims })?.verification_id });
    });
    return { send: async (body, headers) => app.request("/apply", { method: "POST", body: body ?? null, headers }), close: async () => undefined };
  },
  async fastify(mock) {
    const app = Fastify();
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))));
    app.post("/apply", { preHandler: fastifyGuard(options(mock)) }, async (request) => {
      const { passid } = request as unknown as PassidRequest;
      return { verified: passid.identity_verified, name: (request.body as { name?: string }).name, id: getPassid({ passid })?.verification_id };
    });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return { send: (body, headers) => fetch(`${url}/apply`, { method: "POST", body: body ?? null, headers }), close: () => app.close() };
  },
};

function options(mock: MockPassid) {
  return { apiKey: mock.apiKey, baseUrl: mock.baseUrl, fetch: mock.fetch, policy, maxRetries: 0 };
}

const JSON_HEADERS = { "content-type": "application/json" };

describe.each(Object.keys(frameworks))("%s", (name) => {
  const within = async (run: (mock: MockPassid, send: (body: unknown, headers?: Record<string, string>) => Promise<Answered>) => Promise<void>): Promise<void> => {
    const mock = createMockPassid();
    const framework = await frameworks[name]?.(mock);
    if (framework === undefined) throw new Error(name);
    const send = async (body: unknown, headers: Record<string, string> = JSON_HEADERS): Promise<Answered> => {
      const response = await framework.send(typeof body === "string" || body instanceof URLSearchParams ? body : JSON.stringify(body), headers);
      return { status: response.status, type: response.headers.get("content-type"), body: (await response.json()) as Record<string, unknown> };
    };
    try {
      await run(mock, send);
    } finally {
      await framework.close();
    }
  };

  it("passes verified claims on, and leaves the body to the handler", async () => {
    await within(async (mock, send) => {
      mock.token(TOKEN);
      const answer = await send({ passid_token: "ke8v 3txy z72l", name: "Amara" });
      expect(answer).toMatchObject({ status: 200, body: { verified: true, name: "Amara" } });
      expect(answer.body.id).toMatch(/^vrf_/);
    });
  });

  it("takes the token from a form field or a header", async () => {
    await within(async (mock, send) => {
      mock.token(TOKEN).token("NG4M-XQRS-T88W");
      const form = new URLSearchParams({ passid_token: TOKEN, name: "Amara" });
      expect(await send(form, { "content-type": "application/x-www-form-urlencoded" })).toMatchObject({ status: 200, body: { name: "Amara" } });
      expect((await send({ name: "Amara" }, { ...JSON_HEADERS, "x-passid-token": "NG4M-XQRS-T88W" })).status).toBe(200);
    });
  });

  it("answers a form sent twice as the first time, and refuses the code in another form", async () => {
    await within(async (mock, send) => {
      mock.token(TOKEN);
      const first = await send({ passid_token: TOKEN, name: "Amara" });
      expect(await send({ passid_token: TOKEN, name: "Amara" })).toEqual(first);
      expect(await send({ passid_token: TOKEN, name: "Mallory" })).toMatchObject({ status: 403, body: { deny_reason: "TOKEN_ALREADY_USED" } });
    });
  });

  it("refuses with reasons: no token, a refused credential, an unmet policy", async () => {
    await within(async (mock, send) => {
      mock.token(TOKEN, { claims: partialClaims }).token("NG4M-XQRS-T88W", { denyReason: "HARD_DENY_SANCTIONS_MATCH" });
      expect(await send({ name: "Amara" })).toMatchObject({ status: 400, body: { code: "token_missing" } });
      expect(await send({ passid_token: 42 })).toMatchObject({ status: 400, body: { code: "token_missing" } });
      const unmet = await send({ passid_token: TOKEN });
      expect(unmet).toMatchObject({ status: 403, type: expect.stringMatching(/^application\/problem\+json/) as string, body: { code: "policy_not_met", reasons: [{ claim: "identity_verified", code: "claim_not_true" }] } });
      const denied = await send({ passid_token: "NG4M-XQRS-T88W" });
      expect(denied).toMatchObject({ status: 403, body: { code: "credential_refused", deny_reason: "HARD_DENY_SANCTIONS_MATCH" } });
    });
  });

  it("fails closed when PASSID does not answer or refuses the key", async () => {
    await within(async (mock, send) => {
      mock.token(TOKEN).fail({ status: 0, network: true }).fail({ status: 503 }).fail({ status: 401, code: "unauthenticated" });
      expect(await send({ passid_token: TOKEN })).toMatchObject({ status: 503, body: { code: "verification_unavailable" } });
      expect(await send({ passid_token: TOKEN })).toMatchObject({ status: 503 });
      const refused = await send({ passid_token: TOKEN });
      expect(refused).toMatchObject({ status: 500, body: { code: "guard_misconfigured" } });
      expect(JSON.stringify(refused.body)).not.toContain("sk_sandbox");
    });
  });
});

describe("express", () => {
  it("says when nobody parsed the body, and does not start without a key", async () => {
    const mock = createMockPassid();
    expect(() => passidMiddleware({ apiKey: undefined })).toThrow(/apiKey is missing/);
    const app = express();
    app.post("/apply", passidMiddleware(options(mock)), (_, res) => void res.json({}));
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/apply`, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify({ passid_token: TOKEN }) });
    expect(await response.json()).toMatchObject({ status: 500, code: "guard_misconfigured", detail: expect.stringContaining("express.json()") as string });
    server.close();
  });

  it("does not take another middleware's req.passid for its own", () => {
    expect(getPassid({ passid: { identity_verified: true } })).toBeUndefined();
    expect(getPassid({})).toBeUndefined();
  });

  it("overrides what a client may have smuggled into the request", async () => {
    const mock = createMockPassid().token(TOKEN);
    const request = { headers: { "x-passid-token": TOKEN }, passid: { identity_verified: false }, method: "POST", originalUrl: "/" };
    await new Promise<void>((resolve) => {
      passidMiddleware<typeof request>(options(mock))(request, { statusCode: 0, setHeader: () => undefined, end: () => undefined }, () => resolve());
    });
    expect(request.passid.identity_verified).toBe(true);
    expect(Object.isFrozen(request.passid)).toBe(true);
  });
});

describe("next app router", () => {
  it("does not fail a build that has no key, but every request", async () => {
    const route = withPassid({ apiKey: undefined }, () => Response.json({}));
    const response = await route(new Request("https://bank.example/apply", { method: "POST", headers: { "x-passid-token": TOKEN } }), { params: Promise.resolve({}) });
    expect(response.status).toBe(500);
  });
});
