// What the `present` example wrote, in the eyes of snarkjs: the wires are circom's, the proof is accepted, and refused with any public
// signal changed.
//
//   node tests/snarkjs.mjs DIRECTORY

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as snarkjs from "snarkjs";
import { artifact } from "../tools/paths.mjs";

const directory = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(directory, name)));
const fail = (text) => {
  console.error(text);
  process.exit(1);
};

const witness = join(directory, "circom.wtns");
await snarkjs.wtns.calculate(read("input.json"), artifact("claims_v1.wasm"), witness);
if (!readFileSync(witness).equals(readFileSync(join(directory, "witness.wtns")))) fail("circom computes other wires");

const key = read("verification_key.json");
const signals = read("public.json");
const proof = read("proof.json");
if (!(await snarkjs.groth16.verify(key, signals, proof))) fail("snarkjs refuses the proof");
for (const index of signals.keys()) {
  const changed = signals.with?.(index, String(BigInt(signals[index]) + 1n))
    ?? signals.map((signal, position) => (position === index ? String(BigInt(signal) + 1n) : signal));
  if (await snarkjs.groth16.verify(key, changed, proof)) fail(`snarkjs accepts the proof with signal ${index} changed`);
}
console.log(`snarkjs: accepted, and refused with each of ${signals.length} signals changed`);
process.exit(0);
