// One mutant per constraining statement: `<==` becomes `<--`, a line with `===` is dropped. A mutant is killed when the attack example
// finds a weakness in the recompiled circuit, or when it no longer compiles.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { BUILD, CIRCUITS } from "../tools/paths.mjs";

const { values } = parseArgs({ options: { json: { type: "string" }, only: { type: "string" } } });
const work = join(BUILD, "mutants");
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
cpSync(join(CIRCUITS, "templates"), join(work, "templates"), { recursive: true });
cpSync(join(CIRCUITS, "claims_v1.circom"), join(work, "claims_v1.circom"));

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: CIRCUITS, maxBuffer: 1 << 26 }));
const attack = join(metadata.target_directory, "release", "examples", "attack");

const files = ["claims_v1.circom", ...readdirSync(join(work, "templates")).map((name) => join("templates", name))];
const all = files.flatMap((file) =>
  readFileSync(join(work, file), "utf8").split("\n").flatMap((line, index) => {
    const code = line.replace(/\/\/.*/, "");
    const at = { file, line: index + 1, statement: code.trim() };
    if (code.includes("<==")) return [{ ...at, kind: "<== to <--", text: line.replace("<==", "<--") }];
    if (code.includes("===")) return [{ ...at, kind: "=== dropped", text: "" }];
    return [];
  }));

// `--only FILE:LINE` tries one.
const mutants = all.filter(({ file, line }) => !values.only || values.only === `${file}:${line}`);

const results = [];
for (const [number, mutant] of mutants.entries()) {
  const path = join(work, mutant.file);
  const original = readFileSync(path, "utf8");
  const lines = original.split("\n");
  lines[mutant.line - 1] = mutant.text;
  writeFileSync(path, lines.join("\n"));
  const killer = killerOf();
  writeFileSync(path, original);
  results.push({ file: mutant.file, line: mutant.line, kind: mutant.kind, statement: mutant.statement, killed_by: killer });
  console.log(`${number + 1}/${mutants.length} ${mutant.file}:${mutant.line} ${mutant.kind}: ${killer ?? "SURVIVED"}`);
}

const survivors = results.filter((result) => !result.killed_by);
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 1)}\n`);
console.log(`${results.length} mutants, ${survivors.length} survived`);
process.exit(survivors.length ? 1 : 0);

function killerOf() {
  const compiler = join(CIRCUITS, "node_modules", "circom2", "cli.js");
  const target = relative(CIRCUITS, work);
  const compiled = spawnSync(process.execPath,
    [compiler, join(target, "claims_v1.circom"), "--r1cs", "--sym", "--O2", "-o", target], { cwd: CIRCUITS, encoding: "utf8" });
  if (compiled.status !== 0) return "does not compile";
  const attacked = spawnSync(attack, [join(work, "claims_v1.r1cs"), join(work, "claims_v1.sym")], { encoding: "utf8" });
  if (attacked.status === 0) return undefined;
  if (attacked.status === 1) return attacked.stdout.trim();
  throw new Error(`attack failed: ${attacked.stderr}`);
}
