// The terminal wallet as a program: the phone of these tests.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const targets = [process.env.CARGO_TARGET_DIR, join(root, "target")].filter(Boolean);
const program = [process.env.PASSID_WALLET_BIN, ...targets.flatMap((target) => [join(target, "release/passid-wallet"), join(target, "debug/passid-wallet")])].find(
  (path) => path && existsSync(path),
);

/** Follows the way a person takes through the sandbox bank's page: choose the customer, agree, be sent back. */
async function approveAtBank(url, customer) {
  const html = await (await fetch(url)).text();
  const request = /name="request" value="([^"]*)"/.exec(html)?.[1];
  const decision = new URL("authorize/decision", url);
  const answer = await fetch(decision, { method: "POST", redirect: "manual", body: new URLSearchParams({ request, customer, decision: "approve" }) });
  const back = await fetch(answer.headers.get("location"));
  if (!back.ok) throw new Error(`the way back from the bank answered ${back.status}`);
}

export class Phone {
  constructor(issuer, directory) {
    if (program === undefined) throw new Error("The wallet's program is missing: run `cargo build -p passid-wallet` first, or set PASSID_WALLET_BIN.");
    this.issuer = issuer;
    this.directory = directory;
  }

  /** Runs a command; `onOutput` sees what it prints while it runs. */
  run(args, { onOutput = () => undefined } = {}) {
    const child = spawn(program, ["--data-dir", this.directory, "--issuer", this.issuer, "--keystore", "file", ...args], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.end("yes\n");
    let output = "";
    const take = (chunk) => {
      output += chunk;
      onOutput(output);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    return new Promise((resolve, reject) => child.once("exit", (code) => (code === 0 ? resolve(output) : reject(new Error(`passid-wallet ${args.join(" ")} ended with ${code}:\n${output}`)))));
  }

  /** Registers, links the sandbox bank as `customer`, and gets a credential. */
  async setUp({ customer = "amara", name = "Amara Osei", destination = "GB" } = {}) {
    await this.run(["register"]);
    let visited;
    await this.run(["link-bank", "--name", name, "--destination", destination], {
      onOutput: (output) => {
        const url = /https?:\/\/\S*authorize\S*/.exec(output)?.[0];
        if (url !== undefined && output.includes(`${url}\n`)) visited ??= approveAtBank(url, customer);
      },
    });
    await visited;
  }

  approve(codeOrLink) {
    return this.run(["approve", codeOrLink, "--yes"]);
  }

  decline(codeOrLink, reason) {
    return this.run(["decline", codeOrLink, ...(reason ? ["--reason", reason] : [])]);
  }

  /** Makes a share and returns its 12-character code. */
  async share(...permissions) {
    const output = await this.run(["share", "--yes", "--json", ...permissions.flatMap((permission) => ["--permission", permission])]);
    return /[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}/.exec(output)?.[0];
  }
}
