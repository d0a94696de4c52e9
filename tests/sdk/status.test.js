// The status page in Chromium: quiet, in the midst of an incident, and with its work announced. Every state is audited for accessibility in
// light and dark, at 1,000 and 320 pixels; nothing may be refused by the content security policy, and it needs no script.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, afterEach, beforeAll, expect, it } from "vitest";

import { program, startIssuer } from "../../examples/loan-application/start.js";
import { audit, openBrowser, watch } from "./audit.js";

const run = promisify(execFile);
const violations = [];
let directory, data, issuer, browser, page;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-status-"));
  data = join(directory, "issuer");
  issuer = await startIssuer({ data });
  browser = await openBrowser();
  page = await (await browser.newContext({ viewport: { width: 1000, height: 900 }, locale: "en-GB" })).newPage();
  watch(page, violations);
});
afterAll(async () => {
  await browser?.close();
  await issuer?.stop();
  await rm(directory, { recursive: true, force: true });
});
afterEach(() => expect(violations.splice(0)).toEqual([]));

/** The operator's command, on the state of the running server. Returns the incident it names. */
async function incident(...command) {
  const { stdout } = await run(program, ["incident", ...command, "--data", data]);
  return stdout.match(/inc_[0-9a-z]+/)?.[0];
}

/** Loads the page until it shows `text`: the server reads what the operator said once in a while. */
async function shows(text) {
  await expect.poll(async () => (await page.goto(`${issuer.baseUrl}/status`), page.locator("main").innerText()), { timeout: 90_000, interval: 500 }).toContain(text);
}

async function look(state) {
  expect(await page.getByRole("heading", { level: 1 }).count(), state).toBe(1);
  await audit(page, `status-${state}`);
  await page.setViewportSize({ width: 320, height: 640 });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth);
  await audit(page, `status-${state}`);
  await page.setViewportSize({ width: 1000, height: 900 });
  expect(sideways, `${state} scrolls sideways`).toBeLessThanOrEqual(320);
}

it("says that all is well, and lists every component with its uptime", async () => {
  await page.goto(`${issuer.baseUrl}/status`);
  expect(await page.title()).toMatch(/status/i);
  for (const component of (await (await fetch(`${issuer.baseUrl}/api/v2/components.json`)).json()).components) {
    expect(await page.getByText(component.name, { exact: true }).count(), component.name).toBeGreaterThan(0);
  }
  await look("quiet");
});

it("tells of an incident from its opening to its end, and of work announced", async () => {
  const opened = await incident("open", "Elevated latency", "We are looking for the cause.", "--impact", "major", "--component", "verify-api");
  await shows("We are looking for the cause.");
  await look("incident");
  await incident("update", opened, "resolved", "A slow disk was replaced.");
  await incident("open", "Database upgrade", "Verification pauses for a minute.", "--impact", "maintenance", "--from", "2100-01-01T02:00:00Z", "--until", "2100-01-01T02:30:00Z");
  await shows("A slow disk was replaced.");
  await shows("Database upgrade");
  await look("announced");
}, 300_000);
