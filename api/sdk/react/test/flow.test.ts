import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type FlowOptions, VerificationFlow } from "../src/core/flow.js";
import { CLAIMS, KEY, completed, declined, fakePassid, pending, problem, silence } from "./fake.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function setUp(options: Partial<FlowOptions> = {}, world: Parameters<typeof fakePassid>[0] = {}) {
  const passid = fakePassid(world);
  const callbacks = { onVerified: vi.fn(), onDecline: vi.fn(), onError: vi.fn() };
  const flow = new VerificationFlow({ apiKey: KEY, baseUrl: "https://api.example", ...callbacks, ...options }, passid.environment);
  const detach = flow.attach();
  const status = () => flow.getState().status;
  const tick = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  return { passid, flow, detach, status, tick, ...callbacks };
}

describe("a session", () => {
  it("is created with what was asked for, polled with its own secret, and completed", async () => {
    const { passid, flow, status, tick, onVerified } = setUp({ institutionName: "First Bank", permissions: ["income_verified"], ttlSeconds: 300 });
    void flow.start();
    await tick(0);
    expect(status()).toBe("awaiting");
    expect(passid.requests[0]).toMatchObject({ method: "POST", path: "/v1/sessions", body: { institutionName: "First Bank", permissions: ["income_verified"], ttlSeconds: 300 } });
    expect(passid.requests[0]?.headers["x-institution-key"]).toBe(KEY);
    passid.poll = completed;
    await tick(2_500);
    expect(passid.requests[1]?.headers["x-passid-client-secret"]).toBe("cs_1");
    expect(status()).toBe("success");
    expect(onVerified).toHaveBeenCalledExactlyOnceWith({ verification_id: "vrf_1", verified_at: "2026-03-17T14:02:11Z", verified_claims: CLAIMS, method: "session" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is polled 2.5 s after the last answer, never twice at once", async () => {
    const { passid, flow, tick } = setUp();
    void flow.start();
    await tick(0);
    await tick(2_499);
    expect(passid.count("GET", /sessions/)).toBe(0);
    await tick(1);
    expect(passid.count("GET", /sessions/)).toBe(1);
    passid.poll = silence;
    await tick(2_500);
    expect(passid.count("GET", /sessions/)).toBe(2);
    passid.wake();
    await tick(5_999);
    expect(passid.count("GET", /sessions/)).toBe(2);
  });

  it("gives up a poll after six seconds, and goes on", async () => {
    const { passid, flow, tick, status } = setUp();
    void flow.start();
    await tick(0);
    passid.poll = silence;
    await tick(2_500 + 6_000);
    expect(flow.getState()).toMatchObject({ status: "awaiting", connection: "retrying" });
    passid.poll = completed;
    await tick(2_500);
    expect(status()).toBe("success");
  });

  it("survives hours offline within its life, and is asked for at once when the page wakes", async () => {
    const { passid, flow, tick, status, onError } = setUp({ ttlSeconds: 3_600 });
    void flow.start();
    await tick(0);
    passid.poll = () => Promise.reject(new TypeError("offline"));
    await tick(600_000);
    expect(flow.getState()).toMatchObject({ status: "awaiting", connection: "retrying" });
    expect(onError).not.toHaveBeenCalled();
    passid.poll = completed;
    const before = passid.count("GET", /sessions/);
    passid.wake();
    await tick(0);
    expect(passid.count("GET", /sessions/)).toBe(before + 1);
    expect(status()).toBe("success");
  });

  it("gives the first poll after waking two seconds only", async () => {
    const { passid, flow, tick } = setUp();
    void flow.start();
    await tick(0);
    passid.poll = silence;
    passid.wake();
    await tick(2_000);
    expect(flow.getState()).toMatchObject({ connection: "retrying" });
  });

  it("keeps to Retry-After", async () => {
    const { passid, flow, tick } = setUp();
    void flow.start();
    await tick(0);
    passid.poll = () => problem(429, "rate_limited", { "retry-after": "9" });
    await tick(2_500);
    await tick(8_999);
    expect(passid.count("GET", /sessions/)).toBe(1);
    await tick(1);
    expect(passid.count("GET", /sessions/)).toBe(2);
  });

  it("ends with an error when the key or the session is refused", async () => {
    const { passid, flow, tick, status, onError } = setUp();
    void flow.start();
    await tick(0);
    passid.poll = () => problem(404, "not_found");
    await tick(2_500);
    expect(status()).toBe("error");
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "not_found", status: 404, requestId: "rid_1" }));
  });

  it("tells that the person declined, with what they said", async () => {
    const { passid, flow, tick, onDecline } = setUp();
    void flow.start();
    await tick(0);
    passid.poll = () => declined("not now");
    await tick(2_500);
    expect(flow.getState()).toMatchObject({ status: "declined", said: "not now" });
    expect(onDecline).toHaveBeenCalledExactlyOnceWith("not now", { kind: "declined", denyReason: undefined, said: "not now" });
  });

  it("is not created again by its key when the first answer was lost", async () => {
    const { passid, flow, tick, status } = setUp();
    const create = passid.create;
    passid.create = () => Promise.reject(new TypeError("cut"));
    void flow.start();
    await tick(0);
    passid.create = create;
    await tick(500);
    expect(status()).toBe("awaiting");
    const keys = passid.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
  });
});

describe("expiry", () => {
  it.each([{ serverAhead: 90_000 }, { serverAhead: -90_000 }, { serverAhead: 90_000, dateHeader: false }])("goes by the server's clock: %j", async (world) => {
    const { passid, flow, tick, status, onDecline } = setUp({ ttlSeconds: 600 }, world);
    void flow.start();
    await tick(0);
    expect(flow.remainingMs()).toBeGreaterThan(598_000);
    expect(flow.remainingMs()).toBeLessThanOrEqual(600_000);
    passid.poll = pending;
    await tick(598_000);
    expect(status()).toBe("awaiting");
    await tick(3_000);
    expect(status()).toBe("expired");
    expect(onDecline).toHaveBeenCalledExactlyOnceWith("Request expired", expect.objectContaining({ kind: "expired" }));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks once more at the end: a share in the last second counts", async () => {
    const { passid, flow, tick, status } = setUp({ ttlSeconds: 60 });
    void flow.start();
    await tick(0);
    await tick(59_000);
    passid.poll = completed;
    await tick(1_000);
    expect(status()).toBe("success");
  });

  it("is reached offline, too", async () => {
    const { passid, flow, tick, status } = setUp({ ttlSeconds: 60 });
    void flow.start();
    await tick(0);
    passid.poll = () => Promise.reject(new TypeError("offline"));
    await tick(90_000);
    expect(status()).toBe("expired");
  });
});

describe("a typed code", () => {
  it("is verified, and shows why it was refused", async () => {
    const { passid, flow, tick, onVerified, onDecline } = setUp();
    void flow.submitCode(" ke8v-3txy-z72l ");
    await tick(0);
    expect(passid.requests[0]).toMatchObject({ path: "/v1/verify", body: { token: "ke8v-3txy-z72l" } });
    expect(onVerified).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ verification_id: "vrf_2", method: "code" }));
    flow.reset();
    passid.verify = () => Response.json({ credential_valid: false, verification_id: "vrf_3", deny_reason: "TOKEN_ALREADY_USED" });
    void flow.submitCode("KE8V-3TXY-Z72L");
    await tick(0);
    expect(flow.getState()).toEqual({ status: "declined", denyReason: "TOKEN_ALREADY_USED", said: undefined });
    expect(onDecline).toHaveBeenCalledWith("TOKEN_ALREADY_USED", expect.objectContaining({ kind: "refused" }));
  });

  it("sent again after a broken connection is the same request, so that the code is not lost", async () => {
    const { passid, flow, tick, status } = setUp();
    const verify = passid.verify;
    passid.verify = () => Promise.reject(new TypeError("cut"));
    void flow.submitCode("KE8V-3TXY-Z72L");
    await tick(10_000);
    expect(status()).toBe("error");
    passid.verify = verify;
    void flow.submitCode("KE8V-3TXY-Z72L");
    await tick(0);
    expect(status()).toBe("success");
    expect(new Set(passid.requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  it("passes for valid only when the answer says exactly so", async () => {
    for (const body of [{}, { credential_valid: "true", claims: {} }, { credential_valid: true }, { claims: CLAIMS }]) {
      const { passid, flow, tick, onVerified } = setUp();
      passid.verify = () => Response.json(body);
      void flow.submitCode("KE8V-3TXY-Z72L");
      await tick(0);
      expect(flow.getState().status).toBe("declined");
      expect(onVerified).not.toHaveBeenCalled();
    }
  });
});

describe("confirm", () => {
  it("comes before success, and its refusal is none", async () => {
    let answer: (value: boolean) => void = () => undefined;
    const confirm = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
    const { flow, tick, onVerified, onError } = setUp({ confirm });
    void flow.submitCode("KE8V-3TXY-Z72L");
    await tick(0);
    expect(flow.getState()).toEqual({ status: "verifying", step: "confirm" });
    expect(onVerified).not.toHaveBeenCalled();
    answer(false);
    await tick(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "not_confirmed" }));
    expect(onVerified).not.toHaveBeenCalled();
  });
});

describe("leaving", () => {
  it("before the session exists: its late answer changes nothing", async () => {
    const { passid, flow, tick, detach, status, onError } = setUp();
    let answer: (response: Response) => void = () => undefined;
    const create = passid.create;
    passid.create = () => new Promise((resolve) => (answer = resolve));
    void flow.start();
    await tick(0);
    detach();
    answer(await create({ method: "POST", path: "", headers: {}, body: {} }));
    await tick(60_000);
    expect(status()).toBe("requesting");
    expect(passid.count("GET", /sessions/)).toBe(0);
    expect(onError).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("during a poll: its late answer calls nobody", async () => {
    const { passid, flow, tick, detach, onVerified } = setUp();
    void flow.start();
    await tick(0);
    let answer: (response: Response) => void = () => undefined;
    passid.poll = () => new Promise((resolve) => (answer = resolve));
    await tick(2_500);
    detach();
    answer(completed());
    await tick(60_000);
    expect(onVerified).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("and coming back goes on with the same session", async () => {
    const { passid, flow, tick, detach, status } = setUp();
    void flow.start();
    await tick(0);
    detach();
    passid.poll = completed;
    flow.attach();
    await tick(0);
    expect(status()).toBe("success");
    expect(passid.count("POST", /sessions/)).toBe(1);
  });

  it("by cancelling, then starting anew: the first session's answer does not complete the second", async () => {
    const { passid, flow, tick, status, onVerified } = setUp();
    void flow.start();
    await tick(0);
    let answer: (response: Response) => void = () => undefined;
    passid.poll = () => new Promise((resolve) => (answer = resolve));
    await tick(2_500);
    flow.cancel();
    void flow.start();
    await tick(0);
    answer(completed());
    await tick(0);
    expect(status()).toBe("awaiting");
    expect(onVerified).not.toHaveBeenCalled();
  });
});

describe("keys", () => {
  it("that are secret and live are refused before anything is sent", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const act of ["start", "submitCode"] as const) {
      const { passid, flow, tick, onError } = setUp({ apiKey: "sk_live_00000000000000000000000000000000000000" });
      void flow[act]("KE8V-3TXY-Z72L");
      await tick(0);
      expect(flow.getState().status).toBe("error");
      expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "secret_key_in_browser" }));
      expect(passid.requests).toHaveLength(0);
    }
    expect(logged).toHaveBeenCalled();
    expect(logged.mock.calls.flat().join()).not.toContain("sk_live_0000");
  });

  it("of the sandbox that are secret are warned about once", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { flow, tick, status } = setUp({ apiKey: "sk_sandbox_00000000000000000000000000000000000000" });
    void flow.start();
    await tick(0);
    flow.cancel();
    void flow.start();
    await tick(0);
    expect(status()).toBe("awaiting");
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it("of the other environment, or no keys at all, are named", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const options of [{ environment: "live" as const }, { apiKey: "hello" }, { apiKey: undefined as unknown as string }]) {
      const { passid, flow, tick, onError } = setUp(options);
      void flow.start();
      await tick(0);
      expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: "configuration" }));
      expect(passid.requests).toHaveLength(0);
    }
  });
});

it("refuses a link that is not the wallet's", async () => {
  const { passid, flow, tick, onError } = setUp();
  const create = passid.create;
  passid.create = async (request) => Response.json({ ...((await (await create(request)).json()) as object), deepLink: "javascript:alert(1)" }, { status: 201 });
  void flow.start();
  await tick(0);
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: "unexpected_response" }));
});
