// The packed packages in applications of their own, and those applications running.

import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { PASSIDClient, isPassidError } from "@passidio/node";
import express from "express";

const run = promisify(execFile);
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a program and gives its output; its failure carries what it said. */
export async function output(program, args, cwd, env = {}) {
  try {
    return (await run(program, args, { cwd, env: { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", ...env }, maxBuffer: 1e8 })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}:\n${error.stdout}\n${error.stderr}`);
  }
}

/** Packs both packages and installs them into every application; `remove` deletes all of it. */
export async function installApps() {
  const directory = await mkdtemp(join(tmpdir(), "passid-packages-"));
  await cp(fileURLToPath(new URL("fixtures/", import.meta.url)), directory, { recursive: true });
  // One page, with React 18 and with React 19.
  const pages = ["vite-18", "vite-19"];
  for (const page of pages) await cp(join(directory, "vite"), join(directory, page), { recursive: true });
  for (const name of ["node", "react"]) {
    await output("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], join(root, "api/sdk", name));
    const packed = (await readdir(directory)).find((file) => file.startsWith(`passidio-${name}-`));
    await rename(join(directory, packed), join(directory, `passidio-${name}.tgz`));
  }
  const install = (name) => output("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], join(directory, name));
  await Promise.all(["server", "next", ...pages].map(install));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Starts a program that serves and waits until it says so; `ready` may capture the address. */
export async function start(args, { cwd, env, ready }) {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const match = await new Promise((resolve, reject) => {
    const take = (chunk) => {
      said += chunk;
      const found = ready.exec(said);
      if (found !== null) resolve(found);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}:\n${said}`)));
  });
  const stop = () => new Promise((resolve) => (child.exitCode === null ? (child.once("exit", resolve), child.kill()) : resolve()));
  return { url: match[1], said: () => said, stop };
}

/**
 * Serves a built page as an institution does: a policy that allows its own files and PASSID, and a server that confirms what the browser
 * reports. `settings`: `publishableKey`, `apiKey`, `baseUrl`.
 */
export async function servePage(directory, port, { publishableKey, apiKey, baseUrl }) {
  const passid = new PASSIDClient({ apiKey, baseUrl });
  const app = express();
  app.use((_, response, next) => {
    response.set("Content-Security-Policy", `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ${baseUrl}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`);
    next();
  });
  app.get("/settings.json", (_, response) => response.json({ publishableKey, baseUrl }));
  app.post("/confirm", express.json(), async (request, response) => {
    const found = await passid.verifications.get(request.body.verification_id).catch((error) => isPassidError(error) && { credential_valid: false });
    response.status(found.credential_valid ? 200 : 403).end();
  });
  app.use(express.static(directory));
  const server = app.listen(port, "127.0.0.1");
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  return { url: `http://127.0.0.1:${port}`, stop: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) };
}
