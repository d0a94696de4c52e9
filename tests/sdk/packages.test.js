// The packages as users get them: packed, installed into applications of every kind, built there, and run against the real issuer. The pages
// are driven in Chromium, with the terminal wallet as the applicant's phone.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { TEST_WEBHOOK_SECRET, signTestWebhook, webhookEvent } from "@passidio/node/testing";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { addWebhook, freePort, openWorkspace, startIssuer } from "../../examples/loan-application/start.js";
import { installApps, output, root, servePage, start } from "./apps.js";
import { audit, openBrowser, watch } from "./audit.js";
import { Phone } from "./wallet.js";

const bin = (name) => join(root, "node_modules/.bin", name);
/** Of Amara Osei, the sandbox's first token; and what her phone shares here. */
const INCOME = "$3,000–4,000/mo";
let directory, apps, issuer, workspace, ports, keys, env, phone;

beforeAll(async () => {
  apps = await installApps();
  directory = apps.directory;
  issuer = await startIssuer({ data: join(directory, "issuer") });
  ports = { "vite-18": await freePort(), "vite-19": await freePort(), next: await freePort() };
  const origins = Object.values(ports).map((port) => `http://127.0.0.1:${port}`);
  workspace = await openWorkspace(issuer.baseUrl, { name: "Fixture Bank", origins });
  keys = workspace.keys;
  env = { PASSID_URL: issuer.baseUrl, PASSID_API_KEY: keys.secret, PASSID_PUBLISHABLE_KEY: keys.publishable };
  phone = new Phone(issuer.baseUrl, join(directory, "wallet"));
  await phone.setUp();
});
afterAll(async () => {
  await issuer?.stop();
  await apps?.remove();
});

describe.each(["node", "react"])("the packed %s package", (name) => {
  it("is in order for publint and for every way TypeScript resolves modules", async () => {
    const tarball = join(directory, `passidio-${name}.tgz`);
    expect(await output(bin("publint"), ["run", tarball, "--strict"], root)).toMatch(/All good/);
    const entries = name === "react" ? ["--exclude-entrypoints", "styles.css"] : [];
    // It ends with an error when there is a problem. Resolution of before Node 12 knows no subpaths, so that one is left out.
    expect(await output(bin("attw"), [tarball, "--format", "ascii", "--no-emoji", "--profile", "node16", ...entries], root)).toContain("node16 (from CJS): OK");
  });

  it("holds the built files and nothing of the workshop", async () => {
    const listed = await output("tar", ["-tzf", join(directory, `passidio-${name}.tgz`)], root);
    const files = listed.trim().split("\n");
    expect(files.every((file) => /^package\/(dist\/|package\.json$|README\.md$|LICENSE)/.test(file)), listed).toBe(true);
    expect(files).toContain("package/README.md");
    const manifest = JSON.parse(await readFile(join(root, "api/sdk", name, "package.json"), "utf8"));
    expect(manifest.dependencies).toBeUndefined();
  });
});

const share = () => phone.share("identity_verified", "income_verified");

/** What every guarded route answers: accepted, refused, sent twice, sent again as another form, without a token, against the policy. */
async function submitForms(url) {
  const send = async (body) => {
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return [response.status, await response.json()];
  };
  expect(await send({ passid_token: "PASSID-SANDBOX-TIER1AAA", name: "Amara" })).toMatchObject([200, { name: "Amara", income: INCOME }]);
  expect(await send({ passid_token: "PASSID-SANDBOX-EXPIRED", name: "Amara" })).toMatchObject([403, { deny_reason: "TOKEN_EXPIRED" }]);
  const [status, policy] = await send({ passid_token: "PASSID-SANDBOX-TIER3CCC", name: "Efua" });
  expect([status, policy.reasons.map(({ claim }) => claim)]).toEqual([403, ["identity_verified"]]);
  const code = await share();
  const first = await send({ passid_token: code, name: "Amara" });
  expect(first).toMatchObject([200, { name: "Amara", income: expect.stringMatching(/\d/) }]);
  expect(await send({ passid_token: code, name: "Amara" }), "the same form").toEqual(first);
  expect(await send({ passid_token: code, name: "Mallory" }), "another form").toMatchObject([403, { deny_reason: "TOKEN_ALREADY_USED" }]);
  expect(await send({ name: "Amara" })).toMatchObject([400, {}]);
}

describe("a server", () => {
  const cwd = () => join(directory, "server");
  const expected = { approved: INCOME, denied: "TOKEN_EXPIRED", replayed: true, again: "TOKEN_ALREADY_USED", otherEntries: true };
  const runs = async (file) => JSON.parse(await output("node", [file], cwd(), { ...env, PASSID_CODE: await share() }));

  it("as a module", async () => {
    expect(await runs("module.mjs")).toMatchObject(expected);
  });

  it("as CommonJS, beside a second copy of the package", async () => {
    expect(await runs("common.cjs")).toMatchObject(expected);
  });

  it("in strict TypeScript, as Node and as bundlers resolve it", async () => {
    const tsc = join(cwd(), "node_modules/.bin/tsc");
    await output(tsc, ["-p", ".", "--noEmit", "false", "--outDir", "built"], cwd());
    await output(tsc, ["-p", ".", "--module", "ESNext", "--moduleResolution", "Bundler", "--skipLibCheck"], cwd());
    expect(await runs("built/typed.js")).toMatchObject(expected);
  });

  it.each(["express", "hono", "fastify"])("with %s", async (framework) => {
    const app = await start([`${framework}.mjs`], { cwd: cwd(), env, ready: /ready (http\S+)/ });
    try {
      await submitForms(`${app.url}/apply`);
    } finally {
      await app.stop();
    }
  });
});

/** A page in Chromium, from the QR code to the claims, and a code typed: each widget makes what it needs once, and nothing is refused or logged. */
async function drive(url, state) {
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 700, height: 1000 }, locale: "en-GB", reducedMotion: "reduce" });
    const page = await context.newPage();
    const [refused, said, sessions] = [[], [], []];
    watch(page, refused);
    page.on("console", (message) => /^(error|warning)$/.test(message.type()) && said.push(message.text()));
    page.on("request", (request) => request.method() === "POST" && request.url().endsWith("/v1/sessions") && sessions.push(request.url()));
    await page.goto(url);
    const [qr, typed] = [page.locator(".passid").first(), page.locator(".passid").last()];
    await page.locator('.passid[data-status="awaiting"]').waitFor();
    const png = PNG.sync.read(await page.getByRole("img", { name: "QR code for your PASSID app" }).screenshot());
    const link = jsQR(new Uint8ClampedArray(png.data), png.width, png.height, { inversionAttempts: "dontInvert" })?.data;
    expect(link).toMatch(/^passid:\/\/verify-request\?r=req_/);
    await audit(page, `${state}-awaiting`);
    await phone.approve(link);
    await expect.poll(() => qr.getAttribute("data-status"), { timeout: 20_000 }).toBe("success");
    expect(await page.getByText(/^Shared: /).innerText()).toMatch(/\d/);

    await typed.getByLabel("PASSID share code").fill("PASSID-SANDBOX-EXPIRED");
    await page.keyboard.press("Enter");
    await expect.poll(() => typed.getAttribute("data-status"), { timeout: 20_000 }).toBe("declined");
    await audit(page, `${state}-declined`);
    await typed.getByLabel("PASSID share code").fill(await share());
    await page.keyboard.press("Enter");
    await expect.poll(() => typed.getAttribute("data-status"), { timeout: 20_000 }).toBe("success");
    expect(await page.locator('input[name="passid_verification"]').inputValue()).toMatch(/^vrf_/);
    await audit(page, `${state}-success`);
    expect(sessions, "StrictMode mounts twice; one session is made").toHaveLength(1);
    expect([refused, said]).toEqual([[], []]);
    return page;
  } finally {
    await browser.close();
  }
}

describe.each(["18", "19"])("a page with React %s and Vite", (version) => {
  const cwd = () => join(directory, `vite-${version}`);

  it("is built and rendered on the server", async () => {
    await output(join(cwd(), "node_modules/.bin/vite"), ["build", "--logLevel", "warn"], cwd());
    const files = await readdir(join(cwd(), "dist/assets"));
    expect(files.map((file) => file.split(".").pop()).sort()).toEqual(["css", "js"]);
    expect(JSON.parse(await output("node", ["render.mjs"], cwd()))).toEqual([version, true, false]);
  });

  it("verifies in a browser, under a strict policy and in StrictMode", async () => {
    const settings = { publishableKey: keys.publishable, apiKey: keys.secret, baseUrl: issuer.baseUrl };
    const server = await servePage(join(cwd(), "dist"), ports[`vite-${version}`], settings);
    try {
      await drive(server.url, `vite-${version}`);
    } finally {
      await server.stop();
    }
  });
});

describe("Next.js", () => {
  const receivers = ["/api/webhooks", "/api/pages-webhooks"];
  let server;
  beforeAll(async () => {
    const cwd = join(directory, "next");
    const secrets = [];
    for (const path of receivers) secrets.push(await addWebhook(issuer.baseUrl, workspace, `http://127.0.0.1:${ports.next}${path}`));
    Object.assign(env, { PASSID_WEBHOOK_SECRET: secrets[0], PASSID_PAGES_WEBHOOK_SECRET: secrets[1] });
    await output(join(cwd, "node_modules/.bin/next"), ["build"], cwd);
    const next = join(cwd, "node_modules/next/dist/bin/next");
    server = await start([next, "start", "-p", String(ports.next), "-H", "127.0.0.1"], { cwd, env, ready: /(http:\/\/127\.0\.0\.1:\d+)[\s\S]*Ready/ });
  });
  afterAll(() => server?.stop());

  it("renders the widget on the server", async () => {
    for (const path of ["/", "/branch"]) expect(await (await fetch(server.url + path)).text()).toMatch(/data-status="(idle|requesting)"/);
  });

  it.each(["/api/apply/7", "/api/pages-apply"])("guards %s", async (path) => {
    await submitForms(server.url + path);
  });

  it.each(receivers)("receives signed events at %s, and no others", async (path) => {
    const events = async () => (await fetch(server.url + path)).json();
    await (await fetch(`${server.url}/api/apply/7`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"passid_token":"PASSID-SANDBOX-TIER1AAA"}' })).json();
    await expect.poll(events, { timeout: 30_000, interval: 200 }).toContain("verification.completed");
    const { body, headers } = await signTestWebhook(webhookEvent("outcome.reported"), TEST_WEBHOOK_SECRET);
    expect((await fetch(server.url + path, { method: "POST", headers, body })).status).toBe(400);
    expect(await events()).not.toContain("outcome.reported");
  });

  it.each([
    ["App", "/"],
    ["Pages", "/branch"],
  ])("verifies in a browser with the %s Router, under a strict policy and in StrictMode", async (router, path) => {
    await drive(server.url + path, `next-${router.toLowerCase()}`);
  });

  it("believes no identifier that the browser made up", async () => {
    const answer = await fetch(`${server.url}/api/confirm`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ verification_id: "vrf_01hzk3vw0kg9m2x4p6r8t0v2w4" }) });
    expect([answer.status, await answer.json()]).toEqual([403, { code: "not_found" }]);
  });
});
