// Every snippet of the SDKs' READMEs runs as it stands there: those of the Node SDK in order, against the real issuer, in the workspace that
// its first lines open.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startIssuer } from "../../examples/loan-application/start.js";

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
  it.each(react.map((code, index) => [index + 1, code]))("snippet %i renders", async (index, code) => {
    const folder = join(directory, `react-${index}`);
    await mkdir(folder);
    await writeFile(join(folder, "snippet.jsx"), code);
    const component = /export function (\w+)/.exec(code)[1];
    const entry = `globalThis.settings = { publishableKey: "pk_sandbox_0", baseUrl: "http://localhost" };
const { ${component} } = await import("./snippet.jsx");
import { renderToString } from "react-dom/server";
import { createElement } from "react";
process.stdout.write(renderToString(createElement(${component}, { onDone() {} })));`;
    await writeFile(join(folder, "entry.jsx"), entry);
    await build({ entryPoints: [join(folder, "entry.jsx")], bundle: true, platform: "node", format: "esm", jsx: "automatic", outfile: join(folder, "out.mjs"), loader: { ".css": "empty" }, external: ["react", "react-dom", "react-dom/server", "react/jsx-runtime"], nodePaths: [join(root, "node_modules")] });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "out.mjs")]);
    expect(stdout).toMatch(component === "Plain" ? /Begin/ : /PASSID share code/);
  });
});
