// Every snippet of the SDKs' READMEs runs as it stands there: those of the Node SDK in order, against the real issuer, in the workspace that
// its first lines open.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openWorkspace, startIssuer } from "../../examples/loan-application/start.js";
import { openBrowser, watch } from "./audit.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const snippets = async (path, language) => {
  const text = await readFile(join(root, path), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, code]) => code);
};
const node = await snippets("api/sdk/node/README.md", "js");
const react = await snippets("api/sdk/react/README.md", "jsx");
const [shell] = await snippets("api/sdk/node/README.md", "sh");
let directory, issuer, env;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-readme-"));
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  issuer = await startIssuer({ data: join(directory, "issuer") });
  env = { ...process.env, PASSID_URL: issuer.baseUrl, PASSID_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
});
afterAll(async () => {
  await issuer?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe("the Node SDK's", () => {
  it("first lines open a workspace", async () => {
    const curl = /^curl (?:.*\\\n)*.*$/m.exec(shell)[0];
    const { stdout } = await promisify(execFile)("bash", ["-c", curl], { env });
    env.PASSID_API_KEY = JSON.parse(stdout).keys.sandbox.secret;
    expect(env.PASSID_API_KEY).toMatch(/^sk_sandbox_/);
  });

  it("README has snippets", () => expect(node.length).toBeGreaterThanOrEqual(9));

  it.each(node.map((code, index) => [index + 1, code]))("snippet %i runs", async (index, code) => {
    const file = join(directory, `snippet-${index}.mjs`);
    // What only defines routes is listened to once, to see that the framework takes it.
    const tail = code.includes("const app = express()") ? "\nconst server = app.listen(0, () => server.close());\n" : "";
    await writeFile(file, code + tail);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
    if (index === 1) expect(stdout).toMatch(/^true \$3,000–4,000\/mo\n$/);
    if (index === 2) expect(stdout).toMatch(/^passid:\/\/verify-request\S+ \w{4}-\w{4}\naborted\n$/);
    if (index === 3) expect(stdout.trim()).toBe("go on");
    if (code.includes("verifyEvidence(")) expect(stdout.trim()).toBe("743");
    // Every accepted run of the snippets before is there, newest first.
    if (code.includes("verifications.list(")) expect(stdout.trim().split("\n")).toEqual(["743 false", "671 false", "743 false", "812 false"]);
  });
});

describe("the React package's", () => {
  let browser, server, settings, shown;
  const pages = new Map();
  beforeAll(async () => {
    // A page that allows its own files and the API, as the README says.
    server = createServer((request, response) => {
      const [type, body] = pages.get(request.url) ?? [];
      response.writeHead(body === undefined ? 404 : 200, { "content-type": type ?? "text/plain", "content-security-policy": `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${issuer.baseUrl}` }).end(body);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const origin = `http://127.0.0.1:${server.address().port}`;
    const { keys } = await openWorkspace(issuer.baseUrl, { origin });
    settings = { origin, publishableKey: keys.publishable, baseUrl: issuer.baseUrl };
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens the snippet's component in Chromium, with the workspace's own key. */
  async function render(code, index) {
    const folder = join(directory, `react-${index}`);
    await mkdir(folder);
    await writeFile(join(folder, "snippet.jsx"), code);
    const component = /export function (\w+)/.exec(code)[1];
    const entry = `import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { ${component} } from "./snippet.jsx";
createRoot(document.getElementById("root")).render(createElement(${component}, { onDone: (id) => { document.title = id; } }));`;
    await writeFile(join(folder, "entry.jsx"), entry);
    const define = { "settings.publishableKey": JSON.stringify(settings.publishableKey), "settings.baseUrl": JSON.stringify(settings.baseUrl), "process.env.NODE_ENV": '"production"' };
    await build({ entryPoints: [join(folder, "entry.jsx")], bundle: true, platform: "browser", format: "iife", jsx: "automatic", define, outdir: folder, nodePaths: [join(root, "node_modules")] });
    pages.set(`/${index}`, ["text/html", `<!doctype html><html lang="en"><title>${component}</title><link rel="stylesheet" href="/${index}.css"><main id="root"></main><script src="/${index}.js"></script></html>`]);
    pages.set(`/${index}.js`, ["text/javascript", await readFile(join(folder, "entry.js"), "utf8")]);
    pages.set(`/${index}.css`, ["text/css", await readFile(join(folder, "entry.css"), "utf8").catch(() => "")]);
    shown = await browser.newPage();
    const violations = [];
    watch(shown, violations);
    await shown.goto(`${settings.origin}/${index}`);
    return { component, violations };
  }

  /** What the README's reader does with each component, and sees. */
  const steps = {
    async LoanApplicationForm() {
      await shown.getByLabel("PASSID share code").fill("PASSID-SANDBOX-TIER1AAA");
      await shown.keyboard.press("Enter");
      await shown.locator('.passid[data-status="success"]').waitFor();
      expect(await shown.locator('input[name="passid_verification"]').inputValue()).toMatch(/^vrf_/);
    },
    async Verification() {
      await shown.getByRole("button", { name: "Show QR code" }).click();
      await shown.getByRole("img", { name: /QR code/ }).waitFor();
      expect(await shown.locator(".passid-typed-code code").innerText()).toMatch(/^\w{4}-\w{4}$/);
    },
    async Plain() {
      await shown.getByRole("button", { name: "Begin" }).click();
      expect(await shown.getByRole("link").getAttribute("href")).toMatch(/^passid:\/\/verify-request\?r=req_/);
    },
  };

  it.each(react.map((code, index) => [index + 1, code]))("snippet %i works in a browser", async (index, code) => {
    const { component, violations } = await render(code, index);
    await steps[component]();
    expect(violations).toEqual([]);
    await shown.close();
  });
});
