// The dashboard's pages that change in part: filters, pages of a list, an event sent again, the audit log's check. Each works the same with
// scripts, where htmx swaps the part and no page is loaded, and without, where the browser loads the page.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { openWorkspace, startIssuer } from "../../examples/loan-application/start.js";
import { root } from "./apps.js";
import { audit, openBrowser, watch } from "./audit.js";

const ACCEPTED = 29;
const REFUSED = 3;
const ON_A_PAGE = 25;
const violations = [];
let directory, issuer, opened, browser, receiver, context, page;
/** What the receiver of events answers. */
let answer = 200;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-parts-"));
  issuer = await startIssuer({ data: join(directory, "issuer") });
  receiver = createServer((request, response) => request.resume().on("end", () => response.writeHead(answer).end())).listen(0, "127.0.0.1");
  await new Promise((resolve) => receiver.once("listening", resolve));
  opened = await openWorkspace(issuer.baseUrl, { webhookUrl: `http://127.0.0.1:${receiver.address().port}/passid` });
  const verify = (token) =>
    fetch(`${issuer.baseUrl}/v1/verify`, { method: "POST", headers: { "content-type": "application/json", "x-institution-key": opened.keys.secret }, body: JSON.stringify({ token }) });
  for (let number = 0; number < ACCEPTED + REFUSED; number += 1) {
    expect((await verify(number < ACCEPTED ? "PASSID-SANDBOX-TIER1AAA" : "PASSID-SANDBOX-EXPIRED")).status).toBe(200);
  }
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  receiver?.close();
  await issuer?.stop();
  await rm(directory, { recursive: true, force: true });
});

const open = (path) => page.goto(`${issuer.baseUrl}/dashboard${path}`);
const press = (name) => page.getByRole("button", { name }).click();
/** What the address says; it changes a moment after the part was swapped. */
const inAddress = (name) => expect.poll(() => new URL(page.url()).searchParams.get(name));
const rows = (region) => page.getByRole("region", { name: region, exact: true }).locator("tbody tr");
/** What those hear who do not see the page; it is said a moment after the part was swapped. */
const said = () => expect.poll(() => page.locator("#said").innerText());

async function signIn(options = {}) {
  context = await browser.newContext({ viewport: { width: 1000, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  page = await context.newPage();
  watch(page, violations);
  await open("/sign-in");
  await page.getByLabel("E-mail address").fill(opened.email);
  await page.getByLabel("Password").fill(opened.password);
  await press("Sign in");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** Runs `act` and gives how many pages the browser loaded for it; `done` says when it is over. */
async function loads(act, done) {
  let count = 0;
  const counts = (request) => request.isNavigationRequest() && request.redirectedFrom() === null && (count += 1);
  page.on("request", counts);
  await act();
  await done();
  page.off("request", counts);
  return count;
}

/** Registers that an event failed, and opens its delivery's page. */
async function openFailedDelivery() {
  answer = 500;
  await open("/sandbox/webhooks");
  await page.getByRole("region", { name: "Endpoints" }).getByRole("link").click();
  await press("Send a test event");
  await page.getByText("Queued.").waitFor();
  answer = 200;
}
const badge = () => page.locator("#delivery .badge").innerText();

afterEach(async () => {
  await context?.close();
  expect(violations.splice(0)).toEqual([]);
});

describe.each([
  ["with scripts", true],
  ["without scripts", false],
])("%s", (_, javaScriptEnabled) => {
  const expected = javaScriptEnabled ? 0 : 1;
  beforeEach(() => signIn({ javaScriptEnabled }));

  it("a list is filtered, paged, and found again with the browser's way back", async () => {
    await open("/sandbox/verifications");
    expect(await rows("Verifications").count()).toBe(ON_A_PAGE);
    await page.getByLabel("Result").selectOption("refused");
    expect(await loads(() => press("Show"), () => expect.poll(() => rows("Verifications").count()).toBe(REFUSED))).toBe(expected);
    await inAddress("result").toBe("refused");
    expect(await page.getByRole("link", { name: /as CSV/ }).getAttribute("href")).toContain("result=refused");
    if (javaScriptEnabled) await said().toBe(`${REFUSED} shown.`);
    await page.goBack();
    await expect.poll(() => rows("Verifications").count()).toBe(ON_A_PAGE);
    await expect.poll(() => new URL(page.url()).search).toBe("");
    const older = page.getByRole("link", { name: "Older verifications" });
    expect(await loads(() => older.click(), () => expect.poll(() => rows("Verifications").count()).toBe(ACCEPTED + REFUSED - ON_A_PAGE))).toBe(expected);
    await inAddress("after").toMatch(/^vrf_/);
    if (!javaScriptEnabled) return;
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await expect.poll(focused, { message: "the focus goes to what came" }).toBe("Verifications");
    await page.getByRole("link", { name: "Newest verifications" }).click();
    await expect.poll(() => rows("Verifications").count()).toBe(ON_A_PAGE);
    await page.goBack();
    await expect.poll(() => rows("Verifications").count()).toBe(ACCEPTED + REFUSED - ON_A_PAGE);
    await audit(page, "parts-verifications");
    await page.reload();
    expect(await rows("Verifications").count(), "the address alone shows the same").toBe(ACCEPTED + REFUSED - ON_A_PAGE);
  });

  it("requests are filtered", async () => {
    await open("/sandbox/requests");
    await expect.poll(async () => (await page.reload(), rows("Requests").count()), { timeout: 30_000, interval: 300 }).toBeGreaterThan(ACCEPTED);
    await page.getByLabel("Answer").selectOption("failed");
    expect(await loads(() => press("Show"), () => page.getByText("None that match.").waitFor())).toBe(expected);
    await inAddress("answer").toBe("failed");
  });

  it("an event is sent again and its end is seen", async () => {
    await openFailedDelivery();
    const ends = (status) =>
      javaScriptEnabled
        ? expect.poll(badge, { timeout: 30_000, interval: 200 }).toBe(status)
        : expect.poll(async () => (await page.reload(), badge()), { timeout: 30_000, interval: 200 }).toBe(status);
    await ends("failed");
    expect(await loads(() => press("Send it again"), () => expect.poll(() => page.getByRole("button", { name: "Send it again" }).count()).toBe(1))).toBe(expected);
    await ends("delivered");
    expect(await rows("Attempts").count()).toBe(2);
    if (javaScriptEnabled) {
      await said().toBe("This delivery: delivered, attempts: 2.");
      expect(await page.getByText("Queued.").count(), "what was said of the act before is gone").toBe(0);
      expect(await page.locator("#delivery").getAttribute("hx-trigger"), "it asks no more").toBeNull();
      await audit(page, "parts-delivery");
    }
    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link").last().click();
    await page.getByLabel("Status").selectOption("pending");
    expect(await loads(() => press("Show"), () => page.getByText("Nothing was sent yet with this status").waitFor())).toBe(expected);
  });

  it("the audit log is checked", async () => {
    await open("/sandbox/audit");
    expect(await loads(() => press("Check the chain"), () => page.locator("#checked").getByText("The chain holds").waitFor())).toBe(expected);
    if (!javaScriptEnabled) return;
    await said().toMatch(/^The chain holds/);
    await audit(page, "parts-audit");
  });
});

describe("htmx", () => {
  it("is the published file, kept by browsers for good", async () => {
    const published = dirname(createRequire(import.meta.url).resolve("htmx.org/package.json"));
    const vendored = join(root, "issuer/assets/dashboard/htmx");
    for (const [ours, theirs] of [["htmx.min.js", "dist/htmx.min.js"], ["LICENSE", "LICENSE"]]) {
      expect(await readFile(join(vendored, ours), "utf8"), ours).toBe(await readFile(join(published, theirs), "utf8"));
    }
    await signIn();
    const addresses = await page.locator("script").evaluateAll((scripts) => scripts.map(({ src }) => src));
    expect(addresses.map((address) => new URL(address).origin)).toEqual([issuer.baseUrl, issuer.baseUrl]);
    for (const address of addresses) expect((await fetch(address)).headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it("leads to the sign-in page when the session ended meanwhile", async () => {
    await signIn();
    await open("/sandbox/verifications");
    const other = await context.newPage();
    await other.goto(`${issuer.baseUrl}/dashboard/sandbox`);
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await press("Show");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.getByRole("navigation", { name: "Sections" }).count(), "a whole page, not a part of another").toBe(0);
  });

  it("shows what was refused as the page it is, and says where the reader is", async () => {
    await signIn();
    await openFailedDelivery();
    await expect.poll(badge, { timeout: 30_000, interval: 200 }).toBe("failed");
    await page.locator('#delivery input[name="form_token"]').evaluate((field) => (field.value = "0".repeat(64)));
    await press("Send it again");
    await page.getByRole("heading", { name: "This form was refused" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    await audit(page, "parts-refused");
  });

  it("leaves it to the browser to say that there is no connection", async () => {
    await signIn();
    await open("/sandbox/verifications");
    await context.setOffline(true);
    await press("Show");
    await expect.poll(() => page.url()).toMatch(/^chrome-error:/);
    await context.setOffline(false);
  });

  it("keeps no page in the browser's storage, and runs nothing that stands in a page", async () => {
    await signIn();
    await open("/sandbox/verifications");
    await page.getByLabel("Result").selectOption("refused");
    await press("Show");
    await expect.poll(() => rows("Verifications").count()).toBe(REFUSED);
    expect(await page.evaluate(() => [localStorage.length, ...Object.keys(sessionStorage)]), "only which address is shown").toEqual([0, "htmx-current-path-for-history"]);
    const config = JSON.parse(await page.locator('meta[name="htmx-config"]').getAttribute("content"));
    expect(await page.evaluate((names) => Object.fromEntries(names.map((name) => [name, globalThis.htmx.config[name]])), Object.keys(config)), "every setting is one htmx knows and took").toEqual(config);
    await page.evaluate(() => globalThis.htmx.swap("#found", '<div id="found"><script>globalThis.ran = true</script><b hx-on:click="globalThis.ran = true">x</b></div>', { swapStyle: "outerHTML" }));
    await page.getByText("x", { exact: true }).click();
    expect(await page.evaluate(() => globalThis.ran)).toBeUndefined();
  });
});
