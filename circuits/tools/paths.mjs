// Where the circuit's files live, and the SHA-256 pins over the committed ones.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const CIRCUITS = dirname(dirname(fileURLToPath(import.meta.url)));
export const ARTIFACTS = join(CIRCUITS, "artifacts");
export const BUILD = join(CIRCUITS, "build");

export const artifact = (name) => join(ARTIFACTS, name);
export const sha256File = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

const PINNED = ["claims_v1.program", "claims_v1.r1cs", "claims_v1.sym", "claims_v1.wasm", "claims_v1.zkey", "phase1.ptau", "transcript.json",
  "verification_key.json"];

/** Writes artifacts/SHA256SUMS in the format of sha256sum. */
export function writePins() {
  const lines = PINNED.filter((name) => existsSync(artifact(name))).map((name) => `${sha256File(artifact(name))}  ${name}\n`);
  writeFileSync(artifact("SHA256SUMS"), lines.join(""));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writePins();
}
