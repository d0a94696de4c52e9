// Chromium for these tests, and the audit every state of every page must pass.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";
import { expect } from "vitest";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const screenshots = process.env.PASSID_SCREENSHOTS;

export async function openBrowser() {
  if (screenshots) await mkdir(screenshots, { recursive: true });
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: ["--no-sandbox", "--font-render-hinting=none"] });
}

/** Collects what the page was refused by its content security policy, and its uncaught errors. */
export function watch(page, violations) {
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  page.on("pageerror", (error) => violations.push(String(error)));
}

/** No violation of WCAG 2.2 A and AA, in light and dark. PASSID_SCREENSHOTS names a folder for pictures. */
export async function audit(page, state, fullPage = true) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(axe);
    const found = await page.evaluate(async (runOnly) => (await globalThis.axe.run({ runOnly })).violations, rules);
    expect(found.map(({ id, nodes }) => `${state} ${scheme}: ${id} ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
    if (screenshots) await page.screenshot({ path: join(screenshots, `${state}-${scheme}-${page.viewportSize().width}.png`), fullPage });
  }
  await page.emulateMedia({ colorScheme: "light" });
}
