// Each template compiled alone: at random inputs it accepts, its constraints must determine every wire that is not an input (the
// Jacobian has full rank). The whole circuit is tested the same way in tests/soundness.rs, but there a template could lean on another.

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as snarkjs from "snarkjs";
import { compile } from "../tools/compile.mjs";
import { BUILD, CIRCUITS } from "../tools/paths.mjs";

const random = (bits) => BigInt(`0x${randomBytes(32).toString("hex")}`) >> BigInt(256 - bits);
const list = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const field = () => random(253);
const claims = () => list(16, () => random(48));
const bitsOf = (value, count) => list(count, (index) => (value >> BigInt(index)) & 1n);

/** File, template with its parameters, and inputs it accepts; several where a template takes different ways. */
const TEMPLATES = [
  ["bits", "Bits(48)", () => ({ in: random(48) })],
  ["bits", "Bits(224)", () => ({ in: random(224) })],
  ["bits", "RangeCheck(40)", () => ({ in: random(40) })],
  ["poseidon", "Poseidon(1, 7)", () => ({ in: list(1, field) })],
  ["poseidon", "Poseidon(2, 7)", () => ({ in: list(2, field) })],
  ["poseidon", "Poseidon(4, 7)", () => ({ in: list(4, field) })],
  ["poseidon", "Poseidon(7, 7)", () => ({ in: list(7, field) })],
  ["tree", "IsAmong()", () => {
    const children = list(4, field);
    return { node: children[Number(random(2))], children };
  }],
  ["tree", "TreeRoot(1, 7)", () => {
    const children = [list(4, field)];
    return { leaf: children[0][Number(random(2))], children };
  }],
  ["credential", "CredentialCommitment()", () => ({
    claims: claims(), schema: random(32), dataTimestamp: random(40), expiresAt: random(40), blinding: field(), holderSecret: field(),
  })],
  ["disclosure", "Disclosure()", () => {
    const [values, mask] = [claims(), bitsOf(random(16), 16)];
    const packed = list(4, (group) => values.reduce((sum, value, i) =>
      Math.floor(i / 5) === group ? sum + ((value * mask[i]) << BigInt(48 * (i % 5))) : sum, 0n));
    return { claims: values, mask, packed };
  }],
  ["validity", "Validity()", () => {
    const [dataTimestamp, age, rest, life] = [random(38), random(20), random(20), random(20)];
    return { dataTimestamp, presentedAt: dataTimestamp + age, maxDataAge: age + rest, minExpiry: random(38), expiresAt: 0n, life };
  }],
  ["predicate", "SelectOfSixteen()", () => ({ values: claims(), indexBits: bitsOf(random(4), 4) })],
  ...[["≥", 52, (claim) => claim - (claim & random(47))], ["≤", 53, (claim) => claim + ((1n << 47n) & ~claim)], ["=", 54, (claim) => claim],
    ["≠", 55, (claim) => claim ^ 1n], ["off", null, () => random(48)]].map(([, flag, bound]) =>
    ["predicate", "Predicate()", () => {
      const [values, slot] = [claims(), random(4)];
      const packed = bound(values[Number(slot)]) | (slot << 48n) | (flag === null ? 0n : 1n << BigInt(flag));
      return { claims: values, bits: bitsOf(packed, 56) };
    }]),
];

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: CIRCUITS, maxBuffer: 1 << 26 }));
execFileSync("cargo", ["build", "--release", "--quiet", "-p", "passid-circuits", "--example", "unique"], { cwd: CIRCUITS, stdio: "inherit" });
const unique = join(metadata.target_directory, "release", "examples", "unique");
const work = join(BUILD, "templates");
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

const compiled = new Map();
for (const [file, template, inputs] of TEMPLATES) {
  const name = compiled.get(template) ?? `template_${compiled.size}`;
  if (!compiled.has(template)) {
    compiled.set(template, name);
    const source = join(work, `${name}.circom`);
    writeFileSync(source, `pragma circom 2.1.0;\ninclude "../../templates/${file}.circom";\ncomponent main = ${template};\n`);
    await compile(work, relative(CIRCUITS, source));
  }
  const values = inputs();
  // The one input that follows from others and would not be an input of the template.
  if ("life" in values) {
    values.expiresAt = values.minExpiry + values.life;
    delete values.life;
  }
  const witness = join(work, `${name}.wtns`);
  await snarkjs.wtns.calculate(values, join(work, `${name}.wasm`), witness);
  const answer = execFileSync(unique, [join(work, `${name}.r1cs`), join(work, `${name}.sym`), witness, ...Object.keys(values)], { encoding: "utf8" });
  console.log(`${template}: ${answer.trim()}`);
}
process.exit(0);
