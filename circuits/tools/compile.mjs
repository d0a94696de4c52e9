// Compiles a circuit, claims_v1.circom unless told otherwise, into a directory: NAME.r1cs, .wasm and .sym. The compiler is circom itself, in WebAssembly.
//
//   node tools/compile.mjs DIRECTORY

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { BUILD, CIRCUITS } from "./paths.mjs";

/** `--O2` because the default simplification would keep every linear step and four times the domain. */
export async function compile(target, source = "claims_v1.circom") {
  mkdirSync(BUILD, { recursive: true });
  mkdirSync(target, { recursive: true });
  // The compiler runs in a sandbox that sees nothing above its working directory.
  const output = mkdtempSync(join(BUILD, "compile-"));
  const compiler = join(CIRCUITS, "node_modules", "circom2", "cli.js");
  const arguments_ = [compiler, source, "--r1cs", "--wasm", "--sym", "--O2", "-o", relative(CIRCUITS, output)];
  const result = spawnSync(process.execPath, arguments_, { cwd: CIRCUITS, encoding: "utf8" });
  if (result.status !== 0) {
    throw new Error(`circom failed:\n${result.stdout}${result.stderr}`);
  }
  const name = basename(source, ".circom");
  renameSync(join(output, `${name}.r1cs`), join(target, `${name}.r1cs`));
  renameSync(join(output, `${name}.sym`), join(target, `${name}.sym`));
  copyFileSync(join(output, `${name}_js`, `${name}.wasm`), join(target, `${name}.wasm`));
  rmSync(output, { recursive: true });
  return result.stdout;
}

/** Writes claims_v1.program, the order in which the wires of the compiled circuit follow from its inputs. Needs cargo. */
export function buildProgram(target) {
  const arguments_ = [
    "run", "--release", "--quiet", "-p", "passid-circuits", "--no-default-features", "--features", "tools",
    "--example", "build_program", "--",
    join(target, "claims_v1.r1cs"), join(target, "claims_v1.sym"), join(target, "claims_v1.program"),
  ];
  const result = spawnSync("cargo", arguments_, { cwd: CIRCUITS, stdio: "inherit" });
  if (result.status !== 0) {
    throw new Error("the witness program could not be built");
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await compile(process.argv[2] ?? BUILD));
}
