// The loan application in Chromium, with the terminal wallet as the applicant's phone. Every state is audited for accessibility, in light
// and dark; the page allows nothing inline, and any violation of that fails the test. PASSID_SCREENSHOTS names a folder for pictures.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import jsQR from "jsqr";
import { PNG } from "pngjs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startExample } from "../../examples/loan-application/start.js";
import { audit as auditPage, openBrowser, watch } from "./audit.js";
import { Phone } from "./wallet.js";

let directory, example, phone, browser, context, page;
const violations = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-browser-"));
  example = await startExample({ data: join(directory, "issuer") });
  phone = new Phone(example.issuer.baseUrl, join(directory, "wallet"));
  await phone.setUp();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await example?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function open(options = {}) {
  context = await browser.newContext({ viewport: { width: 900, height: 1000 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  page = await context.newPage();
  violations.length = 0;
  watch(page, violations);
  await page.goto(example.url);
  await page.getByRole("heading", { name: "Apply for a loan" }).waitFor();
}

afterEach(async () => {
  await context?.close();
  expect(violations).toEqual([]);
});

/** Every state in light and dark, as it is and on the narrowest phone, where nothing may scroll sideways. */
async function audit(state) {
  const size = page.viewportSize();
  await auditPage(page, state, size.width > 320);
  if (size.width === 320) return;
  await page.setViewportSize({ width: 320, height: 640 });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth);
  await auditPage(page, state);
  await page.setViewportSize(size);
  expect(sideways, `${state} scrolls sideways`).toBeLessThanOrEqual(320);
}

/** The text of the QR code, read from a picture of it. */
async function readQr() {
  const png = PNG.sync.read(await page.getByRole("img", { name: "QR code for your PASSID app" }).screenshot());
  return jsQR(new Uint8ClampedArray(png.data), png.width, png.height, { inversionAttempts: "dontInvert" })?.data;
}

const widget = () => page.locator(".passid");
const status = (name) => page.locator(`.passid[data-status="${name}"]`).waitFor();

describe("the QR code", () => {
  beforeEach(() => open());

  it("scanned from the screen leads to a decision of the institution's server", async () => {
    await audit("idle");
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    await audit("awaiting");
    await page.emulateMedia({ colorScheme: "dark" });
    const link = await readQr();
    expect(link).toMatch(/^passid:\/\/verify-request\?r=req_/);
    expect(await page.getByRole("link", { name: "Open the PASSID app" }).getAttribute("href")).toBe(link);
    await phone.approve(link);
    await status("success");
    await audit("success");
    await page.getByLabel("Full name").fill("Amara Osei");
    await page.getByLabel("E-mail").fill("amara@example.com");
    await page.getByRole("button", { name: "Send application" }).click();
    await page.getByText(/Thank you, Amara Osei\. Your income of .+ is verified\./).waitFor();
  });

  it("leads to a friendly end when the person declines, and to a new beginning", async () => {
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    await phone.decline(await page.locator(".passid-typed-code code").innerText());
    await status("declined");
    await audit("declined");
    await page.getByRole("button", { name: "Try again" }).click();
    await status("idle");
  });

  it("works when the connection breaks and the person shares meanwhile", async () => {
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    const link = await readQr();
    await context.setOffline(true);
    await page.getByText("The connection was lost; trying again…").waitFor();
    await audit("retrying");
    await phone.approve(link);
    await context.setOffline(false);
    await status("success");
  });
});

describe("time", () => {
  it("that has passed brings a new code, not an error", async () => {
    await open();
    await page.clock.install();
    await page.reload();
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    await page.clock.fastForward(601_000);
    await status("expired");
    await page.getByRole("button", { name: "Generate new code" }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await audit("expired");
    await page.getByRole("button", { name: "Generate new code" }).click();
    await status("awaiting");
  });

  it("spent asleep is caught up at once when the tab wakes", async () => {
    await open();
    await page.clock.install();
    await page.reload();
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    // No timer of the page runs any more.
    await page.clock.pauseAt(new Date(Date.now() + 60_000));
    await phone.approve(await readQr());
    expect(await widget().getAttribute("data-status")).toBe("awaiting");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await status("success");
  });
});

describe("a code read out", () => {
  it("and typed with the keyboard alone is verified inside the form, and Enter does not send the form", async () => {
    await open();
    const code = await phone.share("identity_verified", "income_verified", "sanctions_clear");
    await page.getByLabel("E-mail").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest(".passid") !== null && document.activeElement?.tagName)).toBe("INPUT");
    await audit("code");
    await page.keyboard.type("ke8v 3txy z72m");
    await page.keyboard.press("Enter");
    await status("declined");
    await audit("code-refused");
    expect(await page.getByLabel("PASSID share code").getAttribute("aria-invalid")).toBe("true");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(code.toLowerCase());
    await page.keyboard.press("Enter");
    await status("success");
    expect(new URL(page.url()).search).toBe("");
    expect(await page.locator('input[name="passid_verification"]').inputValue()).toMatch(/^vrf_/);
  });
});

describe("a phone 320 pixels wide", () => {
  it("shows everything without scrolling sideways, and the link to the app first", async () => {
    await open({ viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
    await audit("idle");
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    await audit("awaiting");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    const [link, image] = [await page.getByRole("link", { name: "Open the PASSID app" }).boundingBox(), await page.getByRole("img", { name: /QR/ }).boundingBox()];
    expect(link.y).toBeLessThan(image.y);
    expect(await readQr()).toMatch(/^passid:/);
  });
});

describe("a broken set-up", () => {
  it("is an alert with a reference, not a blank page", async () => {
    await open();
    await page.route(`${example.issuer.baseUrl}/v1/sessions`, (route) =>
      route.fulfill({ status: 500, headers: { "access-control-allow-origin": "*", "access-control-expose-headers": "x-request-id", "x-request-id": "rid_42" }, contentType: "application/problem+json", body: '{"code":"internal","detail":"x","type":"/problems/internal"}' }),
    );
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("error");
    expect(await page.getByRole("alert").innerText()).toContain("rid_42");
    await audit("error");
  });

  it("does not let a page use the secret key", async () => {
    await open();
    const answer = await page.evaluate(
      async ([url, key]) => fetch(`${url}/v1/sessions`, { method: "POST", headers: { "x-institution-key": key } }).then((response) => response.status, () => "blocked"),
      [example.issuer.baseUrl, example.keys.secret],
    );
    expect(answer).toBe("blocked");
    violations.length = 0;
  });
});

describe("the institution's two pages, its form and its dashboard", () => {
  /** Sends the form of a person who shares what it asks for; gives what the institution's server says. */
  async function apply(name) {
    await page.getByRole("button", { name: "Show QR code" }).click();
    await status("awaiting");
    await phone.approve(await readQr());
    await status("success");
    const id = await page.locator('input[name="passid_verification"]').inputValue();
    await page.getByLabel("Full name").fill(name);
    await page.getByLabel("E-mail").fill("amara@example.com");
    await page.getByRole("button", { name: "Send application" }).click();
    const decision = page.locator(".decision");
    await expect.poll(() => decision.innerText(), { timeout: 15_000 }).not.toBe("");
    return { id, said: await decision.innerText() };
  }

  it("go on together while keys are rotated, and an event is sent again", async () => {
    await open();
    const dashboard = await context.newPage();
    watch(dashboard, violations);
    const go = (name) => dashboard.getByRole("navigation", { name: "Sections" }).getByRole("link", { name }).click();
    await dashboard.goto(`${example.issuer.baseUrl}/dashboard`);
    await dashboard.getByLabel("E-mail address").fill(example.email);
    await dashboard.getByLabel("Password").fill(example.password);
    await dashboard.getByRole("button", { name: "Sign in" }).click();

    await go("Keys");
    const fresh = {};
    for (const kind of ["sk", "pk"]) {
      const row = dashboard.getByRole("row", { name: new RegExp(`${kind}_sandbox_`) });
      await row.getByRole("combobox").selectOption("1");
      await row.getByRole("button", { name: /^Rotate/ }).click();
      fresh[kind] = await dashboard.locator("code.secret").innerText();
      await dashboard.getByRole("link", { name: /I have copied it/ }).click();
    }
    expect(await dashboard.getByText(/Replaced; works until/).count()).toBe(2);

    // The page and the server still hold the old keys; the overlap carries them.
    const first = await apply("Amara Osei");
    expect(first.said).toMatch(/Your income of .+ is verified/);
    const read = (key) => fetch(`${example.issuer.baseUrl}/v1/verifications/${first.id}`, { headers: { "x-institution-key": key } }).then(({ status }) => status);
    expect([await read(example.keys.secret), await read(fresh.sk)]).toEqual([200, 200]);

    await go("Verifications");
    await dashboard.getByRole("link", { name: first.id }).click();
    await expect.poll(async () => (await dashboard.reload(), dashboard.locator(".timeline .badge").first().innerText()), { timeout: 30_000, interval: 300 }).toBe("delivered");
    await dashboard.getByRole("link", { name: "verification.completed" }).click();
    await dashboard.getByRole("button", { name: "Send it again" }).click();
    const attempts = dashboard.getByRole("region", { name: "Attempts", exact: true }).locator("tbody tr");
    await expect.poll(async () => (await dashboard.reload(), attempts.count()), { timeout: 30_000, interval: 300 }).toBe(2);
    expect(await attempts.last().innerText()).toContain("200");

    // Whoever revokes the old key before the server has the new one sees it at the form, in the log, and nowhere in the keys that work.
    await go("Keys");
    const old = dashboard.getByRole("row", { name: /sk_sandbox_/ }).filter({ hasText: "Replaced" });
    await old.getByText("Revoke").first().click();
    await old.getByRole("button", { name: /^Revoke/ }).click();
    await dashboard.getByText("The key was revoked.").waitFor();
    expect([await read(example.keys.secret), await read(fresh.sk)]).toEqual([401, 200]);
    await page.reload();
    expect((await apply("Amara Osei")).said).toBe("Please try again in a moment.");
    await go("Requests");
    await expect.poll(async () => (await dashboard.reload(), dashboard.getByRole("region", { name: "Requests" }).innerText()), { timeout: 30_000, interval: 300 }).toContain("POST /v1/sessions");
    await dashboard.close();
  });
});
