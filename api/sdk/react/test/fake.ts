// A PASSID for the browser's three requests, driven by the test.

import { vi } from "vitest";

import type { FlowEnvironment } from "../src/core/flow.js";

export const KEY = "pk_sandbox_00000000000000000000000000000000000000";
export const CLAIMS = { identity_verified: true, income_verified: true, income_band: "£3,000–4,000/mo", fsi_score: 812, tier: "A" as const };

export interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Record<string, unknown> | undefined;
}

type Answer = (request: Received) => Response | Promise<Response>;

export interface FakePassid {
  fetch: typeof globalThis.fetch;
  requests: Received[];
  /** How a poll is answered from now on. */
  poll: Answer;
  create: Answer;
  verify: Answer;
  wake: () => void;
  environment: Partial<FlowEnvironment>;
  count: (method: string, path: RegExp) => number;
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ type: `/problems/${code}`, title: code, status, code, detail: `The fake says ${code}.` }, { status, headers: { "x-request-id": "rid_1", ...headers } });
}

export const pending = (): Response => Response.json({ requestId: "req_1", status: "pending" });
export const completed = (): Response => Response.json({ requestId: "req_1", status: "completed", claims: CLAIMS, verification_id: "vrf_1", verifiedAt: "2026-03-17T14:02:11Z" });
export const declined = (reason?: string): Response => Response.json({ requestId: "req_1", status: "declined", ...(reason === undefined ? {} : { decline_reason: reason }) });
/** Never answers, and obeys no signal. */
export const silence = (): Promise<Response> => new Promise(() => undefined);

export function fakePassid(options: { serverAhead?: number; dateHeader?: boolean } = {}): FakePassid {
  const wakers = new Set<() => void>();
  const { serverAhead = 0, dateHeader = true } = options;
  let sessions = 0;
  const fake: FakePassid = {
    requests: [],
    create: ({ body }) => {
      sessions += 1;
      const now = Date.now() + serverAhead;
      const requestId = `req_${sessions}`;
      const expiresAt = new Date(now + Number(body?.ttlSeconds ?? 600) * 1_000).toISOString();
      const headers: Record<string, string> = dateHeader ? { date: new Date(now).toUTCString() } : {};
      return Response.json({ requestId, code: "AB3X-7YQM", deepLink: `passid://verify-request?r=${requestId}&i=ins_1`, expiresAt, client_secret: `cs_${sessions}` }, { status: 201, headers });
    },
    poll: pending,
    verify: () => Response.json({ credential_valid: true, verification_id: "vrf_2", verified_at: "2026-03-17T14:02:11Z", claims: CLAIMS }),
    fetch: vi.fn(async (input: RequestInfo | URL, init: RequestInit = {}) => {
      const url = new URL(String(input));
      const request: Received = {
        method: init.method ?? "GET",
        path: url.pathname,
        headers: init.headers as Record<string, string>,
        body: init.body == null ? undefined : (JSON.parse(String(init.body)) as Record<string, unknown>),
      };
      fake.requests.push(request);
      if (request.method === "GET") return fake.poll(request);
      return request.path === "/v1/sessions" ? fake.create(request) : fake.verify(request);
    }) as unknown as typeof globalThis.fetch,
    wake: () => wakers.forEach((waker) => waker()),
    environment: {},
    count: (method, path) => fake.requests.filter((request) => request.method === method && path.test(request.path)).length,
  };
  fake.environment = {
    fetch: (input, init) => fake.fetch(input, init),
    onWake: (callback) => {
      wakers.add(callback);
      return () => wakers.delete(callback);
    },
  };
  return fake;
}
