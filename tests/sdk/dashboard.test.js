// The dashboard in Chromium, as an institution's first day: a workspace, a sandbox token, a webhook, outcomes. Every page is audited for
// accessibility in light and dark, at 1,000 and 320 pixels; nothing may be refused by the content security policy.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { verifyWebhookSignature } from "@passidio/node";
import { verifyEvidence } from "@passidio/node/evidence";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { startIssuer } from "../../examples/loan-application/start.js";
import { audit, openBrowser, watch } from "./audit.js";

const violations = [];
const deliveries = [];
let directory, issuer, browser, context, page, receiver, hook, secretKey;
/** What the receiver answers next; 200 when it runs out. */
let answers = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-dashboard-"));
  issuer = await startIssuer({ data: join(directory, "issuer") });
  receiver = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      deliveries.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(answers.shift() ?? 200).end("thank you");
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => receiver.once("listening", resolve));
  hook = `http://127.0.0.1:${receiver.address().port}/passid`;
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1000, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
  page = await context.newPage();
  watch(page, violations);
});
afterAll(async () => {
  await browser?.close();
  receiver?.close();
  await issuer?.stop();
  await rm(directory, { recursive: true, force: true });
});
afterEach(() => expect(violations.splice(0)).toEqual([]));

/** The page as it is now, wide and on the narrowest phone: it has one heading of the first level, a title, and never scrolls sideways. */
async function look(state) {
  expect(await page.getByRole("heading", { level: 1 }).count(), state).toBe(1);
  expect(await page.title(), state).toMatch(/ · PASSID dashboard$/);
  await audit(page, `dashboard-${state}`);
  await page.setViewportSize({ width: 320, height: 640 });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth);
  await audit(page, `dashboard-${state}`);
  await page.setViewportSize({ width: 1000, height: 900 });
  expect(sideways, `${state} scrolls sideways`).toBeLessThanOrEqual(320);
}

const open = (path) => page.goto(`${issuer.baseUrl}/dashboard${path}`);
const press = (name) => page.getByRole("button", { name }).click();
/** What the address says; it changes a moment after a part of the page was swapped. */
const inAddress = (name) => expect.poll(() => new URL(page.url()).searchParams.get(name));
const go = (name) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name }).click();

describe("a new institution", () => {
  it("makes a workspace with the keyboard alone, sees its keys once, and signs in again", async () => {
    await open("");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await look("sign-in");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await page.getByRole("link", { name: "Make one" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Make a workspace" }).waitFor();
    await look("onboard");
    await page.getByLabel("Name of the institution").focus();
    for (const text of ["Meridian Loans", "ada@meridian.example", "correct horse battery staple"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Meridian Loans is ready" }).waitFor();
    await look("welcome");
    secretKey = await page.getByText(/^sk_sandbox_/).innerText();
    await page.getByRole("link", { name: /I have copied them/ }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await look("overview-empty");
    await press("Sign out");
    await page.getByLabel("E-mail address").fill("ada@meridian.example");
    await page.getByLabel("Password").fill("not the password");
    await press("Sign in");
    await page.getByRole("alert").waitFor();
    await look("sign-in-failed");
    await page.getByLabel("Password").fill("correct horse battery staple");
    await press("Sign in");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });

  it("registers a webhook, tries it with an invented event, and sends a failed one again", async () => {
    await go("Webhooks");
    await look("webhooks-empty");
    await page.getByLabel("Address").fill(hook);
    await press("Register");
    const secret = await page.locator("code.secret").innerText();
    await look("webhook-secret");
    await page.getByRole("link", { name: /I have copied it/ }).click();
    await look("webhook");
    answers = [500];
    await page.getByLabel("Event", { exact: true }).selectOption("verification.completed");
    await press("Send a test event");
    await page.getByText("Queued.").waitFor();
    await expect.poll(async () => (await page.reload(), page.locator(".badge").first().innerText()), { timeout: 30_000, interval: 300 }).toBe("failed");
    expect(await page.getByRole("region", { name: "Attempts", exact: true }).innerText()).toContain("500");
    await look("delivery-failed");
    await press("Send it again");
    await expect.poll(async () => (await page.reload(), page.locator(".badge").first().innerText()), { timeout: 30_000, interval: 300 }).toBe("delivered");
    expect(await page.getByRole("region", { name: "Attempts", exact: true }).locator("tbody tr").count()).toBe(2);
    expect(deliveries).toHaveLength(2);
    const [first, again] = await Promise.all(deliveries.map(({ body, headers }) => verifyWebhookSignature(body, headers, secret)));
    expect(first.event).toMatchObject({ event: "verification.completed", data: { simulated: true } });
    expect(again.id).toBe(first.id);
    await look("delivery");
  });

  it("tries the sandbox tokens and follows one from its claims to its evidence", async () => {
    await go("Try it");
    await look("try");
    await page.getByLabel("Token", { exact: true }).selectOption("PASSID-SANDBOX-REVOKED");
    await press("Verify it");
    await page.getByText("Refused", { exact: true }).waitFor();
    await look("verification-refused");
    await go("Try it");
    await page.getByLabel("Token", { exact: true }).selectOption("PASSID-SANDBOX-TIER1AAA");
    await page.getByLabel("Your reference (optional)").fill("loan 1042");
    await press("Verify it");
    await page.getByText("Accepted", { exact: true }).waitFor();
    await expect.poll(async () => (await page.reload(), page.locator(".timeline .badge").first().innerText()), { timeout: 30_000, interval: 300 }).toBe("delivered");
    await look("verification");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download the evidence" }).click();
    const bundle = JSON.parse(await readFile(await (await download).path(), "utf8"));
    const { keys } = await (await fetch(`${issuer.baseUrl}/.well-known/jwks.json`)).json();
    expect((await verifyEvidence(bundle, { keys, environment: "sandbox" })).claims).toMatchObject({ fsi_score: 812 });
  });

  it("reports outcomes, one and many, and sees what they say", async () => {
    await page.getByRole("link", { name: "Report what became of it" }).click();
    await look("outcomes");
    await press("Report it");
    await page.getByText("The outcome was recorded.").waitFor();
    const ids = [];
    for (let number = 0; number < 11; number += 1) {
      await go("Try it");
      await page.getByLabel("Token", { exact: true }).selectOption(number % 4 === 3 ? "PASSID-SANDBOX-TIER3CCC" : "PASSID-SANDBOX-TIER1AAA");
      await press("Verify it");
      ids.push(new URL(page.url()).pathname.split("/").pop());
    }
    await go("Outcomes");
    const half = ids.splice(0, 5);
    const csv = ["token;outcome;observationDays", ...half.map((id, number) => `${id};${number === 0 ? "delinquent" : "repaid"};${number + 30}`)].join("\r\n");
    await page.getByLabel("A CSV file").setInputFiles({ name: "outcomes.csv", mimeType: "text/csv", buffer: Buffer.from(`\ufeff${csv}\r\n`) });
    await press("Report them");
    await page.getByText("5 recorded, 0 not.").waitFor();
    await go("Outcomes");
    await page.getByLabel("A CSV file").setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer: Buffer.alloc(70_000, "x") });
    await press("Report them");
    await page.getByRole("heading", { name: "This is too large" }).waitFor();
    await look("too-large");
    await page.goBack();
    const rows = ids.map((id, number) => `${id},${number % 5 === 0 ? "delinquent" : "repaid"},${number + 30}`);
    await page.getByLabel("Or the table, pasted").fill(["token,outcome,observationDays", ...rows, "vrf_nobody,repaid,1", `${ids[0]},gone,1`].join("\n"));
    await press("Report them");
    await page.getByText("6 recorded, 2 not.").waitFor();
    await look("outcomes-read");
    await go("Performance");
    await page.getByRole("img", { name: /Outcomes of/ }).first().waitFor();
    await page.getByText("The figures as a table").first().click();
    await look("performance");
  });

  it("finds verifications by filters that stay in the address, and takes them along as CSV", async () => {
    await go("Verifications");
    await page.getByLabel("Result").selectOption("refused");
    await press("Show");
    const rows = () => expect.poll(() => page.getByRole("region", { name: "Verifications" }).locator("tbody tr").count());
    await inAddress("result").toBe("refused");
    await rows().toBe(1);
    await page.getByLabel("Result").selectOption("");
    await page.getByLabel("Your reference").fill("loan 1042");
    await press("Show");
    await inAddress("reference").toBe("loan 1042");
    await rows().toBe(1);
    await page.getByLabel("Your reference").fill("");
    await press("Show");
    await rows().toBeGreaterThan(1);
    await look("verifications");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: /as CSV/ }).click();
    expect((await readFile(await (await download).path(), "utf8")).trim().split("\r\n")).toHaveLength(14);
  });

  it("rotates a key, registers an origin, and reads both in an audit log that holds", async () => {
    await go("Keys");
    await look("keys");
    await page.getByRole("button", { name: /^Rotate/ }).first().click();
    await page.locator("code.secret").waitFor();
    await look("key-shown");
    await page.getByRole("link", { name: /I have copied it/ }).click();
    await page.getByText(/Replaced; works until/).waitFor();
    await page.getByLabel("From which pages publishable keys may be used").fill("https://apply.meridian.example");
    await press("Save the origins");
    await page.getByText("The origins were saved.").waitFor();
    await page.getByLabel("From which pages publishable keys may be used").fill("ftp://x");
    await press("Save the origins");
    await page.getByRole("heading", { name: "Something needs correcting" }).waitFor();
    await look("refused");
    await page.goBack();
    await go("Audit log");
    await press("Check the chain");
    await page.locator(".notice").getByText("The chain holds").waitFor();
    await look("audit");
  });

  it("finds what the API answered in the request log", async () => {
    const answer = await fetch(`${issuer.baseUrl}/v1/verify`, { method: "POST", headers: { "content-type": "application/json", "x-institution-key": secretKey }, body: "{}" });
    const id = answer.headers.get("x-request-id");
    await go("Requests");
    await expect.poll(async () => (await page.reload(), page.getByRole("link", { name: id }).count()), { timeout: 30_000, interval: 300 }).toBe(1);
    await page.getByLabel("Operation").selectOption("POST /v1/verify");
    await page.getByLabel("Problem").selectOption("malformed_request");
    await press("Show");
    await inAddress("operation").toBe("POST /v1/verify");
    await expect.poll(() => page.getByRole("region", { name: "Requests" }).locator("tbody tr").count()).toBe(1);
    await look("requests");
    await page.getByLabel("Request id").fill(id);
    await press("Look it up");
    await page.getByRole("heading", { name: id }).waitFor();
    await look("request");
  });

  it("invites a colleague by a link, gives them a role, and shows them out", async () => {
    await go("Team");
    await look("team");
    await page.getByLabel("E-mail address").fill("bo@meridian.example");
    await page.getByLabel("Role", { exact: true }).last().selectOption("viewer");
    await press("Make the link");
    const link = await page.locator("code.secret").innerText();
    await look("invited");
    await page.getByRole("link", { name: /I have copied it/ }).click();
    await page.getByRole("cell", { name: "viewer" }).waitFor();
    await look("team-invited");

    const guests = await browser.newContext({ viewport: { width: 1000, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
    const guest = await guests.newPage();
    watch(guest, violations);
    const owner = page;
    page = guest;
    try {
      await page.goto(link);
      await page.getByRole("heading", { name: "Join Meridian Loans" }).waitFor();
      await look("join");
      await page.getByLabel("Choose a password").fill("bo@meridian.example");
      await press("Join");
      await page.getByRole("alert").waitFor();
      await look("join-refused");
      // With the keyboard alone.
      await page.getByLabel("Choose a password").focus();
      await page.keyboard.type("correct horse battery staple");
      await page.keyboard.press("Enter");
      await page.getByText("Welcome. You are signed in.").waitFor();
      for (const section of ["Keys", "Webhooks", "Outcomes", "Try it", "Team"]) {
        await go(section);
        expect(await page.locator('form[method="post"]').count(), section).toBe(1);
        await look(`viewer-${section.toLowerCase().replace(" ", "-")}`);
      }
      await page.goto(link);
      await page.getByRole("heading", { name: "This link works no more" }).waitFor();
      await look("join-gone");

      await owner.reload();
      const row = owner.getByRole("row", { name: /bo@meridian\.example/ });
      await row.getByRole("combobox").selectOption("developer");
      await row.getByRole("button", { name: /Change/ }).click();
      await owner.getByText("The role was changed").waitFor();
      await page.goto(`${issuer.baseUrl}/dashboard/sandbox/keys`);
      await press("Make the key");
      await page.locator("code.secret").waitFor();
      await row.getByText("Remove", { exact: false }).first().click();
      await row.getByRole("button", { name: "Remove bo@meridian.example" }).click();
      await owner.getByText("The user was removed").waitFor();
      await page.reload();
      await page.goto(`${issuer.baseUrl}/dashboard/sandbox/keys`);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    } finally {
      page = owner;
      await guests.close();
    }
    await page.getByRole("button", { name: /Change the role of ada/ }).waitFor();
    await page.getByLabel("Role of ada@meridian.example").selectOption("viewer");
    await page.getByRole("button", { name: /Change the role of ada/ }).click();
    await page.getByText("A workspace needs an owner").waitFor();
    await look("last-owner");
    await page.goBack();
  });

  it("is reached with the keyboard alone: everything that works with a mouse has its place in the order of the page", async () => {
    for (const path of ["", "/verifications", "/outcomes", "/performance", "/webhooks", "/keys", "/requests", "/team", "/audit", "/try"]) {
      await open(`/sandbox${path}`);
      const expected = await page.evaluate(() => {
        const focusable = 'a[href], button:not([disabled]), input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';
        const shown = [...document.querySelectorAll(focusable)].filter((element) => element.checkVisibility());
        globalThis.order = shown;
        return shown.length;
      });
      const seen = [];
      for (let press = 0; press < expected * 2 + 20; press += 1) {
        await page.keyboard.press("Tab");
        const [index, visible] = await page.evaluate(() => {
          const style = getComputedStyle(document.activeElement);
          // The browser marks the day, the month or the year inside a date's field.
          const own = document.activeElement.type === "date";
          return [globalThis.order.indexOf(document.activeElement), own || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0];
        });
        // After the last place comes the browser's own, or the first again.
        if (index === -1 || (index === 0 && seen.length > 1)) break;
        expect(visible, `${path}: the focus is not seen on place ${index}`).toBe(true);
        if (seen.at(-1) !== index) seen.push(index);
      }
      expect(seen, path).toEqual(Array.from({ length: expected }, (_, index) => index));
    }
    // One thing done on it: the first tab's skip link, then a filter chosen and sent.
    await open("/sandbox/requests");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("id");
    await page.keyboard.type("rid_nobody");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await look("requests-missing");
    await page.getByLabel("Answer").focus();
    await page.keyboard.type("Refused");
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Show" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/[?&]answer=refused/);
  });

  it("sees its figures on the overview, and that live is another world", async () => {
    await go("Overview");
    await page.getByRole("link", { name: "30 days" }).click();
    await page.getByText("The figures as a table").click();
    await look("overview");
    await page.getByRole("navigation", { name: "Environment" }).getByRole("link", { name: "Live" }).click();
    await page.getByText("real people").waitFor();
    expect(await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Try it" }).count()).toBe(0);
    expect(await page.locator(".figures dd").first().innerText()).toMatch(/^0/);
    await look("overview-live");
    await open("/live/nothing");
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBeTruthy();
  });
});
