import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import { signTestWebhook, verifyWebhookSignature } from "../src/index.js";
import { TEST_WEBHOOK_SECRET, webhookEvent } from "../src/testing.js";

const OTHER_SECRET = `whsec_${btoa("0123456789abcdef0123456789abcdef")}`;
const NOW = 1_700_000_000_000;
const now = () => NOW;
const event = webhookEvent();

describe("the standard scheme", () => {
  it("accepts what PASSID sends, in every form a framework hands the body and headers over", async () => {
    const { body, headers } = await signTestWebhook(event, TEST_WEBHOOK_SECRET, { now });
    const bodies = [body, Buffer.from(body), new TextEncoder().encode(body), new TextEncoder().encode(body).buffer];
    for (const payload of bodies) {
      expect(await verifyWebhookSignature(payload, headers, TEST_WEBHOOK_SECRET, { now })).toEqual({ event, id: event.id, scheme: "standard" });
    }
    const shapes = [new Headers(headers), Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))];
    for (const shape of shapes) expect((await verifyWebhookSignature(body, shape, TEST_WEBHOOK_SECRET, { now })).scheme).toBe("standard");
  });

  it("agrees with the reference library, both ways", async () => {
    const reference = new Webhook(TEST_WEBHOOK_SECRET);
    const signed = await signTestWebhook(event, TEST_WEBHOOK_SECRET);
    expect(reference.verify(signed.body, signed.headers)).toEqual(event);
    const at = new Date();
    const theirs = reference.sign(event.id, at, signed.body);
    const headers = { "webhook-id": event.id, "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)), "webhook-signature": theirs };
    expect((await verifyWebhookSignature(signed.body, headers, TEST_WEBHOOK_SECRET)).id).toBe(event.id);
  });

  it("matches the specification's example", async () => {
    const headers = { "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330", "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" };
    // The signature fits; the body is not a PASSID event, which is the next check.
    const check = verifyWebhookSignature('{"test": 2432232314}', headers, TEST_WEBHOOK_SECRET, { now: () => 1_614_265_330_000 });
    await expect(check).rejects.toThrow(/not a PASSID event/);
  });

  it("accepts either secret during a rotation, on either side", async () => {
    const rotating = await signTestWebhook(event, [OTHER_SECRET, TEST_WEBHOOK_SECRET], { now });
    for (const secret of [OTHER_SECRET, TEST_WEBHOOK_SECRET, [TEST_WEBHOOK_SECRET, OTHER_SECRET]]) {
      expect((await verifyWebhookSignature(rotating.body, rotating.headers, secret, { now })).id).toBe(event.id);
    }
    const single = await signTestWebhook(event, OTHER_SECRET, { now });
    expect((await verifyWebhookSignature(single.body, single.headers, [TEST_WEBHOOK_SECRET, OTHER_SECRET], { now })).id).toBe(event.id);
    await expect(verifyWebhookSignature(single.body, single.headers, TEST_WEBHOOK_SECRET, { now })).rejects.toThrow(/No signature matches/);
  });

  it("refuses every change, and times too far off on both sides", async () => {
    const { body, headers } = await signTestWebhook(event, TEST_WEBHOOK_SECRET, { now });
    const check = (changes: Record<string, string>, text = body, at = NOW) => verifyWebhookSignature(text, { ...headers, ...changes }, TEST_WEBHOOK_SECRET, { now: () => at });
    await expect(check({}, `${body} `)).rejects.toThrow(/raw bytes/);
    await expect(check({ "webhook-id": "evt_other" })).rejects.toThrow(/No signature matches/);
    await expect(check({ "webhook-timestamp": String(NOW / 1_000 + 1) })).rejects.toThrow(/No signature matches/);
    await expect(check({ "webhook-timestamp": "soon" })).rejects.toThrow(/number of seconds/);
    await expect(check({ "webhook-signature": "v2,AAAA" })).rejects.toThrow(/no v1/);
    await expect(check({ "webhook-signature": "v1,AAAA v1,!!" })).rejects.toThrow(/No signature matches/);
    for (const seconds of [301, -301]) await expect(check({}, body, NOW + seconds * 1_000)).rejects.toThrow(/301 seconds (old|ahead)/);
    for (const seconds of [300, -300]) expect((await check({}, body, NOW + seconds * 1_000)).id).toBe(event.id);
  });
});

describe("the documented signature alone", () => {
  it("is accepted only when asked for, and says so", async () => {
    const { body, headers } = await signTestWebhook(event, TEST_WEBHOOK_SECRET, { now });
    const legacy = { "X-PASSID-Signature": headers["x-passid-signature"] };
    await expect(verifyWebhookSignature(body, legacy, TEST_WEBHOOK_SECRET)).rejects.toThrow(/allowLegacySignature/);
    const options = { allowLegacySignature: true };
    expect((await verifyWebhookSignature(body, legacy, TEST_WEBHOOK_SECRET, options)).scheme).toBe("legacy");
    await expect(verifyWebhookSignature(`${body} `, legacy, TEST_WEBHOOK_SECRET, options)).rejects.toThrow(/No signature matches/);
    await expect(verifyWebhookSignature(body, { "x-passid-signature": "sha256=00" }, TEST_WEBHOOK_SECRET, options)).rejects.toThrow(/64 hexadecimal/);
  });

  it("does not rescue a bad standard signature", async () => {
    const { body, headers } = await signTestWebhook(event, TEST_WEBHOOK_SECRET, { now });
    const downgrade = { ...headers, "webhook-signature": "v1,AAAA" };
    await expect(verifyWebhookSignature(body, downgrade, TEST_WEBHOOK_SECRET, { now, allowLegacySignature: true })).rejects.toThrow(/No signature matches/);
  });

  it("is what createHmac of the secret's text gives", async () => {
    const { createHmac } = await import("node:crypto");
    const { body, headers } = await signTestWebhook(event, TEST_WEBHOOK_SECRET, { now });
    expect(headers["x-passid-signature"]).toBe(`sha256=${createHmac("sha256", TEST_WEBHOOK_SECRET).update(body).digest("hex")}`);
  });
});

describe("mistakes", () => {
  it("are explained", async () => {
    const { body, headers } = await signTestWebhook(event, TEST_WEBHOOK_SECRET);
    await expect(verifyWebhookSignature(event as never, headers, TEST_WEBHOOK_SECRET)).rejects.toThrow(/express\.raw/);
    await expect(verifyWebhookSignature(body, headers, undefined)).rejects.toThrow(/No webhook secret/);
    await expect(verifyWebhookSignature(body, headers, [])).rejects.toThrow(/No webhook secret/);
    await expect(verifyWebhookSignature(body, headers, "sk_live_x")).rejects.toThrow(/API key/);
    await expect(verifyWebhookSignature(body, headers, "whsec_short")).rejects.toThrow(/copy it again/);
    await expect(verifyWebhookSignature(body, {}, TEST_WEBHOOK_SECRET)).rejects.toThrow(/no webhook-signature/);
    expect((await verifyWebhookSignature(body, headers, ` ${TEST_WEBHOOK_SECRET}\n`)).id).toBe(event.id);
    await expect(verifyWebhookSignature(body, headers, TEST_WEBHOOK_SECRET, { toleranceSeconds: Number.NaN })).rejects.toThrow(/toleranceSeconds/);
  });
});
