// Starts everything on this machine: an issuer with a sandbox bank, a workspace, and the loan application.
//
//   npm start --workspace passid-example-loan-application
//
// PASSID_BIN names the issuer's program; `cargo build -p passid` makes it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { loanApplication } from "./server.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const targets = [process.env.CARGO_TARGET_DIR, join(root, "target")].filter(Boolean);
const candidates = [process.env.PASSID_BIN, ...targets.flatMap((target) => [join(target, "release/passid"), join(target, "debug/passid")])];
export const program = candidates.find((path) => path && existsSync(path));

/** A port nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function call(url, { method = "POST", token, body }) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Starts an issuer and waits until it answers. `options.data` keeps its state. */
export async function startIssuer(options = {}) {
  if (program === undefined) throw new Error("The issuer's program is missing: run `cargo build -p passid` first, or set PASSID_BIN.");
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "passid-example-")));
  const [port, bankPort] = [await freePort(), await freePort()];
  const baseUrl = `http://127.0.0.1:${port}`;
  const serve = ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--sandbox-bank", `127.0.0.1:${bankPort}`, "--allow-loopback-webhooks"];
  // Without a list nobody is said to be clear; this excerpt of a public one is enough for invented people.
  serve.push("--sanctions", join(root, "issuer/assets/sanctions"));
  const issuer = spawn(program, [...serve, ...(options.arguments ?? [])], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  const ready = new Promise((resolve, reject) => {
    issuer.stderr.on("data", (chunk) => {
      log += chunk;
      if (/\bready\b/.test(log)) resolve();
    });
    issuer.once("exit", (code) => reject(new Error(`the issuer ended with ${code}:\n${log}`)));
  });
  await ready;
  const stop = () => new Promise((resolve) => (issuer.exitCode === null ? (issuer.once("exit", resolve), issuer.kill()) : resolve()));
  return { baseUrl, data, stop, log: () => log };
}

/** Makes a workspace whose publishable key works from `origins` (`origin`, when it is one) and whose events go to `webhookUrl`. */
export async function openWorkspace(baseUrl, { name = "Meridian Loans", origin, origins = origin && [origin], webhookUrl } = {}) {
  const email = `owner-${crypto.randomUUID()}@meridian.example`;
  const password = "correct horse battery staple";
  const workspace = await call(`${baseUrl}/api/institution/onboard`, { body: { name, email, password } });
  const token = workspace.access_token;
  if (origins !== undefined) await call(`${baseUrl}/v1/institution/origins`, { method: "PUT", token, body: { sandbox: origins, live: [] } });
  const endpoint = webhookUrl && (await call(`${baseUrl}/v1/institution/webhooks`, { token, body: { url: webhookUrl, environment: "sandbox" } }));
  return { workspace, keys: workspace.keys.sandbox, token, webhookSecret: endpoint?.secret, email, password };
}

/** Registers an endpoint for events with the workspace and gives its secret. */
export async function addWebhook(baseUrl, { email, password }, url) {
  const { access_token } = await call(`${baseUrl}/api/institution/login`, { body: { email, password } });
  return (await call(`${baseUrl}/v1/institution/webhooks`, { token: access_token, body: { url, environment: "sandbox" } })).secret;
}

/** Issuer, workspace and application with a freshly built page, running. */
export async function startExample(options = {}) {
  await import("./build.js");
  const issuer = await startIssuer(options);
  let webhookSecret;
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  try {
    const opened = await openWorkspace(issuer.baseUrl, { origin: url, webhookUrl: `http://127.0.0.1:${port}/webhooks/passid` });
    webhookSecret = opened.webhookSecret;
    const app = loanApplication({
      apiKey: opened.keys.secret,
      publishableKey: opened.keys.publishable,
      baseUrl: issuer.baseUrl,
      webhookSecret: () => webhookSecret,
      ttlSeconds: options.ttlSeconds,
    });
    const server = app.listen(port);
    await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
    const stop = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await issuer.stop();
    };
    return { url, issuer, ...opened, stop };
  } catch (error) {
    await issuer.stop();
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const example = await startExample({ port: Number(process.env.PORT ?? 3000) });
  console.log(`The loan application: ${example.url}
The issuer:           ${example.issuer.baseUrl}

Be the applicant with a second terminal:
  passid-wallet --issuer ${example.issuer.baseUrl} --keystore file --data-dir ./my-wallet register
  passid-wallet --issuer ${example.issuer.baseUrl} --keystore file --data-dir ./my-wallet link-bank --name "Amara Osei" --destination GB
  passid-wallet --issuer ${example.issuer.baseUrl} --keystore file --data-dir ./my-wallet approve CODE-SHOWN

Ctrl-C stops everything.`);
  process.once("SIGINT", () => void example.stop().then(() => process.exit(0)));
}
