import { describe, expect, it } from "vitest";

import { PASSIDClient, PassidError, isPassidError } from "../src/index.js";
import { createMockPassid } from "../src/testing.js";

describe("PassidError", () => {
  it("carries what the server said and what support needs", async () => {
    const mock = createMockPassid().fail({ status: 401, code: "unauthenticated" });
    const error = await new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch, baseUrl: "https://x.example/p" }).sessions.get("req_1").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "PassidError", code: "unauthenticated", status: 401, retryable: false, docUrl: "https://x.example/problems/unauthenticated" });
    expect((error as PassidError).requestId).toMatch(/^rid_/);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: "unauthenticated", status: 401 });
  });

  it("names the reason of a refusal", async () => {
    const mock = createMockPassid().token("KE8V-3TXY-Z72L", { denyReason: "HARD_DENY_SANCTIONS_MATCH" });
    const error = await new PASSIDClient({ apiKey: mock.apiKey, fetch: mock.fetch }).verify("KE8V-3TXY-Z72L").catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "credential_refused", denyReason: "HARD_DENY_SANCTIONS_MATCH", retryable: false });
    expect((error as PassidError).verificationId).toMatch(/^vrf_/);
  });

  it("is recognised when another copy of the package made it, also under a shortened name", () => {
    class a extends Error {}
    const foreign = new a("from another bundle");
    Object.defineProperty(foreign, Symbol.for("passid.error.v1"), { value: true });
    expect(isPassidError(foreign)).toBe(true);
    for (const other of [new Error("x"), null, undefined, "PassidError", { name: "PassidError" }]) expect(isPassidError(other)).toBe(false);
  });
});
