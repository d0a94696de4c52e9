// The packages as users get them: packed, installed into applications of every kind, built and run there.

import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { createMockPassid } from "@passidio/node/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const fixtures = ["server", "vite-18", "vite-19", "next"];
const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = (name) => join(root, "node_modules/.bin", name);
let directory;

/** Runs a program and gives its output; its failure carries what it said. */
async function output(program, args, cwd, env = {}) {
  try {
    return (await run(program, args, { cwd, env: { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", ...env }, maxBuffer: 1e8 })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}:\n${error.stdout}\n${error.stderr}`);
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "passid-packages-"));
  await cp(fileURLToPath(new URL("fixtures/", import.meta.url)), directory, { recursive: true });
  for (const name of ["node", "react"]) {
    await output("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], join(root, "api/sdk", name));
    const packed = (await readdir(directory)).find((file) => file.startsWith(`passidio-${name}-`));
    await rename(join(directory, packed), join(directory, `passidio-${name}.tgz`));
  }
  const install = (name) => output("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], join(directory, name));
  await Promise.all(fixtures.map(install));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
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
    const { stdout } = await run("tar", ["-tzf", join(directory, `passidio-${name}.tgz`)]);
    const files = stdout.trim().split("\n");
    expect(files.every((file) => /^package\/(dist\/|package\.json$|README\.md$|LICENSE)/.test(file)), stdout).toBe(true);
    expect(files).toContain("package/README.md");
    const manifest = JSON.parse(await readFile(join(root, "api/sdk", name, "package.json"), "utf8"));
    expect(manifest.dependencies).toBeUndefined();
  });
});

describe("a server", () => {
  let cwd;
  beforeAll(() => {
    cwd = join(directory, "server");
  });

  it("as a module", async () => {
    expect(JSON.parse(await output("node", ["module.mjs"], cwd))).toEqual([true, "TOKEN_ALREADY_USED", true]);
  });

  it("as CommonJS, beside a second copy of the package", async () => {
    expect(JSON.parse(await output("node", ["common.cjs"], cwd))).toEqual([true, "TOKEN_EXPIRED", true, false]);
  });

  it("with Express", async () => {
    expect(JSON.parse(await output("node", ["express.mjs"], cwd))).toEqual([200, 403, 400]);
  });

  it("in strict TypeScript, as Node and as bundlers resolve it", async () => {
    await output(join(cwd, "node_modules/.bin/tsc"), ["-p", "."], cwd);
    await output(join(cwd, "node_modules/.bin/tsc"), ["-p", ".", "--module", "ESNext", "--moduleResolution", "Bundler", "--skipLibCheck"], cwd);
  });
});

describe.each(["18", "19"])("a page with React %s and Vite", (version) => {
  it("is built and rendered", async () => {
    const cwd = join(directory, `vite-${version}`);
    await output(join(cwd, "node_modules/.bin/vite"), ["build", "--logLevel", "warn"], cwd);
    const files = await readdir(join(cwd, "dist/assets"));
    expect(files.map((file) => file.split(".").pop()).sort()).toEqual(["css", "js"]);
    expect(JSON.parse(await output("node", ["render.mjs"], cwd))).toEqual([version, true, false]);
  });
});

describe("Next.js", () => {
  it("builds App and Pages Router, and guards both", async () => {
    const cwd = join(directory, "next");
    await output(join(cwd, "node_modules/.bin/next"), ["build"], cwd);
    const mock = createMockPassid().token("KE8V-3TXY-Z72L").token("NG4M-XQRS-T88W");
    const passid = await mock.listen();
    const probe = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => probe.once("listening", resolve));
    const { port } = probe.address();
    await new Promise((resolve) => probe.close(resolve));
    const server = spawn(process.execPath, [join(cwd, "node_modules/next/dist/bin/next"), "start", "-p", String(port), "-H", "127.0.0.1"], { cwd, env: { ...process.env, PASSID_API_KEY: mock.apiKey, PASSID_URL: passid.url, NEXT_TELEMETRY_DISABLED: "1" } });
    try {
      await new Promise((resolve, reject) => {
        server.stdout.on("data", (chunk) => /Ready|ready/.test(String(chunk)) && resolve());
        server.once("exit", (code) => reject(new Error(`next ended with ${code}`)));
      });
      const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      expect(page).toContain('data-status="idle"');
      const send = async (path, body) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
        return [response.status, await response.json()];
      };
      expect(await send("/api/apply/7", { passid_token: "KE8V-3TXY-Z72L", name: "Amara" })).toEqual([200, { id: "7", name: "Amara", income: "£3,000–4,000/mo" }]);
      expect((await send("/api/apply/7", { passid_token: "KE8V-3TXY-Z72L", name: "Mallory" }))[0]).toBe(403);
      expect(await send("/api/pages-apply", { passid_token: "NG4M-XQRS-T88W", name: "Amara" })).toEqual([200, { name: "Amara" }]);
      expect((await send("/api/pages-apply", {}))[0]).toBe(400);
    } finally {
      server.kill();
      await passid.close();
    }
  });
});
