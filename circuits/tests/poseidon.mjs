// Poseidon of this circuit against circomlibjs, an independent implementation: the generated constants, and the hashes src/ computes.
//
//   node tests/poseidon.mjs HASHES.json     (written by the `hashes` example)

import { readFileSync } from "node:fs";
import { buildPoseidonReference } from "circomlibjs";

const poseidon = await buildPoseidonReference();
const cases = JSON.parse(readFileSync(process.argv[2]));
const widths = new Set();
for (const { domain, inputs, hash } of cases) {
  const initialState = poseidon.F.e(BigInt(`0x${Buffer.from(domain, "ascii").toString("hex")}`));
  const expected = poseidon.F.toString(poseidon(inputs.map(BigInt), initialState));
  if (expected !== hash) {
    throw new Error(`${domain} with ${inputs.length} inputs: ${hash}, but circomlibjs says ${expected}`);
  }
  widths.add(inputs.length + 1);
}
console.log(`poseidon: ${cases.length} hashes of widths ${[...widths].sort().join(", ")} equal circomlibjs`);
