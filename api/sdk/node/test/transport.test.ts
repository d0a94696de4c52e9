import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { PASSIDClient } from "../src/index.js";
import { PassidError } from "../src/errors.js";
import { createMockPassid } from "../src/testing.js";

const TOKEN = "KE8V-3TXY-Z72L";

/** The error a promise rejects with, attached at once so that fake time may pass before it is awaited. */
function failure(promise: Promise<unknown>): Promise<PassidError> {
  return promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as PassidError,
  );
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("retries", () => {
  it("sends one idempotency key and one body over all tries", async () => {
    const mock = createMockPassid().token(TOKEN).fail({ status: 503 }).fail({ network: true, status: 0 });
    const client = new PASSIDClient({ apiKey: mock.apiKey, baseUrl: mock.baseUrl, fetch: mock.fetch });
    const claims = client.verify(TOKEN);
    await vi.runAllTimersAsync();
    expect((await claims).income_verified).toBe(true);
    const keys = new Set(mock.requests.map((request) => request.headers["idempotency-key"]));
    expect(mock.requests).toHaveLength(3);
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])("repeats %i", async (status) => {
    const mock = createMockPassid().token(TOKEN).fail({ status });
    const call = new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch }).verify(TOKEN);
    await vi.runAllTimersAsync();
    await call;
    expect(mock.requests).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 409, 410, 422])("does not repeat %i", async (status) => {
    const mock = createMockPassid().fail({ status, code: "some_code" }, 5);
    const error = failure(new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch }).verify(TOKEN));
    await vi.runAllTimersAsync();
    expect(await error).toMatchObject({ status, code: "some_code", retryable: false });
    expect(mock.requests).toHaveLength(1);
  });

  it("makes no repetition when told so", async () => {
    const mock = createMockPassid().fail({ status: 503 }, 5);
    const error = failure(new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch, maxRetries: 0 }).verify(TOKEN));
    await vi.runAllTimersAsync();
    expect(await error).toMatchObject({ status: 503, retryable: true });
    expect(mock.requests).toHaveLength(1);
  });

  it("waits a random part of a doubling bound, and at least Retry-After", async () => {
    const mock = createMockPassid().token(TOKEN).fail({ status: 503 }).fail({ status: 429, code: "rate_limited", retryAfterSeconds: 7 });
    const client = new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch, random: () => 0.5 });
    const call = client.verify(TOKEN);
    await vi.advanceTimersByTimeAsync(249);
    expect(mock.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(mock.requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(7_349);
    expect(mock.requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(mock.requests).toHaveLength(3);
  });

  it("does not wait for a Retry-After beyond the deadline, nor one of an hour", async () => {
    for (const [seconds, code] of [[40, "deadline_exceeded"], [3_600, "rate_limited"]] as const) {
      const mock = createMockPassid().fail({ status: 429, code: "rate_limited", retryAfterSeconds: seconds }, 3);
      const error = failure(new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch }).verify(TOKEN));
      await vi.advanceTimersByTimeAsync(0);
      expect(await error).toMatchObject({ code, status: 429, retryable: true });
    }
  });
});

describe("time limits", () => {
  const hangingBody = (): Response => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode("{")) }));

  it("cover the body of each try", async () => {
    let tries = 0;
    const fetch = (async () => {
      tries += 1;
      return hangingBody();
    }) as typeof globalThis.fetch;
    const client = new PASSIDClient({ apiKey: createMockPassid().apiKey, fetch, timeoutMs: 1_000, random: () => 0 });
    const error = failure(client.verify(TOKEN));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(tries).toBe(3);
    await vi.advanceTimersByTimeAsync(10);
    expect(await error).toMatchObject({ code: "timeout", retryable: true, name: "PassidError" });
  });

  it("bound all tries together", async () => {
    const fetch = (() => new Promise(() => undefined)) as typeof globalThis.fetch;
    const client = new PASSIDClient({ apiKey: createMockPassid().apiKey, fetch, timeoutMs: 4_000, deadlineMs: 6_000, random: () => 0 });
    const error = failure(client.verify(TOKEN));
    await vi.advanceTimersByTimeAsync(6_000);
    expect((await error).code).toMatch(/timeout|deadline_exceeded/);
  });

  it("end at the caller's signal, during a try and during a wait", async () => {
    const during = new AbortController();
    const hanging = (() => new Promise(() => undefined)) as typeof globalThis.fetch;
    const first = failure(new PASSIDClient({ apiKey: createMockPassid().apiKey, fetch: hanging }).verify(TOKEN, { signal: during.signal }));
    during.abort();
    expect(await first).toMatchObject({ code: "aborted", retryable: false });

    const waiting = new AbortController();
    const mock = createMockPassid().fail({ status: 503, retryAfterSeconds: 5 }, 3);
    const second = failure(new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch }).verify(TOKEN, { signal: waiting.signal }));
    await vi.advanceTimersByTimeAsync(1_000);
    waiting.abort();
    expect((await second).code).toBe("aborted");
    expect(mock.requests).toHaveLength(1);

    const never = createMockPassid();
    const third = failure(new PASSIDClient({ apiKey: never.apiKey, fetch: never.fetch }).verify(TOKEN, { signal: AbortSignal.abort() }));
    expect((await third).code).toBe("aborted");
    expect(never.requests).toHaveLength(0);
  });

  it("leave no timer behind", async () => {
    const mock = createMockPassid().token(TOKEN);
    await new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch }).verify(TOKEN);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("answers that are not PASSID's", () => {
  const answering = (body: string, init: ResponseInit): PASSIDClient => {
    const fetch = (async () => new Response(body, init)) as typeof globalThis.fetch;
    return new PASSIDClient({ apiKey: createMockPassid().apiKey, fetch, maxRetries: 0 });
  };

  it("are named so, whatever they hold", async () => {
    expect(await failure(answering("<html>hi</html>", { status: 200 }).verify(TOKEN))).toMatchObject({ code: "unexpected_response", status: 200 });
    expect(await failure(answering("<html>no</html>", { status: 403 }).verify(TOKEN))).toMatchObject({ code: "unexpected_response", status: 403, retryable: false });
    expect(await failure(answering("", { status: 302, headers: { location: "https://evil.example" } }).verify(TOKEN))).toMatchObject({ code: "unexpected_response" });
    expect(await failure(answering('{"code":42}', { status: 500 }).verify(TOKEN))).toMatchObject({ code: "unexpected_response", retryable: true });
  });

  it("never pass for valid claims", async () => {
    for (const body of ["{}", '{"claims":{"income_verified":true}}', '{"credential_valid":"true","claims":{}}', '{"credential_valid":true}']) {
      expect(await failure(answering(body, { status: 200 }).verify(TOKEN)), body).toMatchObject({ code: "credential_refused" });
    }
  });
});

describe("the key", () => {
  it("goes to https only, is a secret one, and appears nowhere", () => {
    const mock = createMockPassid();
    expect(() => new PASSIDClient({ apiKey: undefined })).toThrow(/apiKey is missing/);
    expect(() => new PASSIDClient({ apiKey: "pk_live_abc" })).toThrow(/publishable/);
    expect(() => new PASSIDClient({ apiKey: "hunter2" })).toThrow(/not a PASSID key/);
    expect(() => new PASSIDClient({ apiKey: mock.apiKey, baseUrl: "http://api.passid.io" })).toThrow(/https/);
    for (const baseUrl of ["http://localhost:8420", "http://127.0.0.1:8420/", "https://example.com/passid/"]) {
      expect(() => new PASSIDClient({ apiKey: mock.apiKey, baseUrl })).not.toThrow();
    }
    const client = new PASSIDClient({ apiKey: mock.apiKey });
    expect(JSON.stringify(client)).not.toContain(mock.apiKey);
    expect(Object.values(client).join()).not.toContain(mock.apiKey);
  });
});
