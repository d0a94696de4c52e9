import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { PASSIDClient } from "../src/index.js";
import { createMockPassid, strongClaims } from "../src/testing.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const setUp = () => {
  const mock = createMockPassid();
  return { mock, passid: new PASSIDClient({ apiKey: mock.apiKey, baseUrl: mock.baseUrl, fetch: mock.fetch }) };
};

describe("sessions.waitFor", () => {
  it("returns the completed session, asking every 2.5 s when the server does not hold the answer back", async () => {
    const { mock, passid } = setUp();
    const { requestId } = await passid.sessions.create({ permissions: ["income_verified"] });
    const session = passid.sessions.waitFor(requestId);
    await vi.advanceTimersByTimeAsync(2_499);
    expect(mock.requests.filter(({ method }) => method === "GET")).toHaveLength(1);
    mock.complete(requestId);
    await vi.advanceTimersByTimeAsync(1);
    expect(await session).toMatchObject({ status: "completed", claims: strongClaims });
    expect(mock.requests.at(-1)?.path).toBe(`/v1/sessions/${requestId}?wait=25`);
  });

  it("tells declined, expired, too long and cancelled apart", async () => {
    const { mock, passid } = setUp();
    const wait = async (act: (id: string) => void, options = {}) => {
      const { requestId } = await passid.sessions.create();
      const failed = passid.sessions.waitFor(requestId, options).catch((error: unknown) => error);
      act(requestId);
      await vi.runOnlyPendingTimersAsync();
      await vi.advanceTimersByTimeAsync(5_000);
      return failed;
    };
    expect(await wait((id) => mock.decline(id, "not now"))).toMatchObject({ code: "session_declined", message: "not now" });
    expect(await wait((id) => mock.expire(id))).toMatchObject({ code: "session_expired" });
    expect(await wait(() => undefined, { waitMs: 4_000 })).toMatchObject({ code: "timeout", retryable: true });
    const controller = new AbortController();
    expect(await wait(() => controller.abort(), { signal: controller.signal })).toMatchObject({ code: "aborted" });
  });
});

describe("verifications", () => {
  it("gives a refusal as a result, and confirms what a browser reported", async () => {
    const { mock, passid } = setUp();
    mock.token("KE8V-3TXY-Z72L");
    const first = await passid.verifications.create("ke8v3txyz72l", { institutionRef: "loan_1" });
    expect(first).toMatchObject({ credential_valid: true, institution_reference: "loan_1" });
    expect(await passid.verifications.create("KE8V-3TXY-Z72L")).toMatchObject({ credential_valid: false, deny_reason: "TOKEN_ALREADY_USED" });
    expect(await passid.verifications.get(first.verification_id)).toMatchObject({ credential_valid: true, claims: strongClaims });
  });

  it("lists page after page, and stops when the reader does", async () => {
    const pages: Record<string, unknown> = {
      "": { data: [{ verification_id: "vrf_1" }, { verification_id: "vrf_2" }], has_more: true, next_cursor: "c1" },
      c1: { data: [{ verification_id: "vrf_3" }], has_more: false },
    };
    const asked: string[] = [];
    const fetch = (async (url: string) => {
      const cursor = new URL(url).searchParams.get("after") ?? "";
      asked.push(cursor);
      return Response.json(pages[cursor]);
    }) as unknown as typeof globalThis.fetch;
    const passid = new PASSIDClient({ apiKey: createMockPassid().apiKey, fetch });
    const ids: string[] = [];
    for await (const { verification_id } of passid.verifications.list()) ids.push(verification_id);
    expect([ids, asked]).toEqual([["vrf_1", "vrf_2", "vrf_3"], ["", "c1"]]);
    for await (const _ of passid.verifications.list()) break;
    expect(asked).toHaveLength(3);
  });

  it("encodes identifiers it puts into addresses", async () => {
    const { mock, passid } = setUp();
    await passid.verifications.get("../../v1/sessions").catch(() => undefined);
    expect(mock.requests[0]?.path).toBe("/v1/verifications/..%2F..%2Fv1%2Fsessions");
  });
});
