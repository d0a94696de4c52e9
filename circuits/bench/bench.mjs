// Runs every prover on the same presentation and prints a table. See bench/run.

import { execFileSync, spawnSync } from "node:child_process";
import { cpus, tmpdir } from "node:os";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as snarkjs from "snarkjs";
import { CIRCUITS, artifact } from "../tools/paths.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, ark: { type: "boolean" }, json: { type: "boolean" } },
});
const rounds = Number(values.rounds);
const cargo = ["--release", "--quiet", "-p", "passid-circuits", ...(values.ark ? ["--features", "oracle"] : [])];
const note = (text) => console.error(text);

note("building");
for (const example of ["bench", "present"]) run("cargo", ["build", ...cargo, "--example", example]);
const { target_directory: target } = JSON.parse(run("cargo", ["metadata", "--no-deps", "--format-version", "1"]));
const bench = join(target, "release", "examples", "bench");
const work = mkdtempSync(join(tmpdir(), "passid-bench-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const report = { machine: { processors: cpus().length, model: cpus()[0].model.trim() }, rounds };
note("this prover, all threads");
report.ours = JSON.parse(run(bench, [values.rounds]));
note("this prover, one thread");
report.ours_one_thread = JSON.parse(run("taskset", ["-c", "0", bench, values.rounds], { RAYON_NUM_THREADS: "1" }));
report.memory = JSON.parse(run(bench, ["memory"]));
report.binary = strippedSize();

note("snarkjs");
run(join(target, "release", "examples", "present"), ["--out", work]);
report.snarkjs = await measureSnarkjs();
report.rapidsnark = measureRapidsnark();
report.ratios = ratios();

if (values.json) {
  console.log(JSON.stringify(report, null, 1));
} else {
  print();
}
process.exit(0);

function run(program, arguments_, environment = {}) {
  return execFileSync(program, arguments_, {
    cwd: CIRCUITS, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...environment },
  });
}

/** A program that loads, proves and verifies, stripped, without the embedded files: an upper bound of what the prover adds. */
function strippedSize() {
  const stripped = join(work, "bench");
  run("strip", ["-o", stripped, bench]);
  const files = ["claims_v1.zkey", "claims_v1.program", "verification_key.json"];
  const embedded = files.reduce((sum, name) => sum + statSync(artifact(name)).size, 0);
  return { without_keys_mb: (statSync(stripped).size - embedded) / 1e6, keys_mb: embedded / 1e6 };
}

async function median(action) {
  const times = [];
  for (let round = 0; round < Math.max(5, rounds / 3); round++) {
    const started = performance.now();
    await action();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function measureSnarkjs() {
  const read = (name) => JSON.parse(readFileSync(join(work, name)));
  const [wasm, key] = [artifact("claims_v1.wasm"), artifact("claims_v1.zkey")];
  const input = read("input.json");
  const [verificationKey, signals, proof] = [read("verification_key.json"), read("public.json"), read("proof.json")];
  return {
    prove_ms: await median(() => snarkjs.groth16.prove(key, join(work, "witness.wtns"))),
    fullprove_ms: await median(() => snarkjs.groth16.fullProve(input, wasm, key)),
    verify_ms: await median(() => snarkjs.groth16.verify(verificationKey, signals, proof)),
  };
}

/** The `prover` program of rapidsnark: its time includes starting and reading the key. */
function measureRapidsnark() {
  const prover = process.env.RAPIDSNARK;
  if (!prover) {
    note("rapidsnark: skipped, RAPIDSNARK is not set");
    return null;
  }
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const result = spawnSync(prover, [artifact("claims_v1.zkey"), join(work, "witness.wtns"), join(work, "rapid.json"), join(work, "rapid_public.json")]);
    if (result.status !== 0) throw new Error(`rapidsnark failed: ${result.stderr}`);
    times.push(performance.now() - started);
  }
  return { prove_process_ms: times.sort((a, b) => a - b)[times.length >> 1] };
}

function ratios() {
  const ours = report.ours.proving.witness_and_proof_ms;
  return {
    snarkjs_fullprove: report.snarkjs.fullprove_ms / ours,
    ...(report.ours.ark_groth16 && { ark_groth16_prove: report.ours.ark_groth16.prove_ms / ours }),
    ...(report.rapidsnark && { rapidsnark_prove: report.rapidsnark.prove_process_ms / ours }),
  };
}

function print() {
  const { ours, ours_one_thread: single, memory, binary } = report;
  const row = (name, one, all) => console.log(`| ${name} | ${format(one)} | ${format(all)} |`);
  const format = (value) => (value === undefined || value === null ? "-" : value.toFixed(value < 10 ? 2 : 0));
  console.log(`| ${report.machine.model}, ${report.machine.processors} processors, ms | 1 thread | ${ours.threads} threads |\n|---|---|---|`);
  row("this prover: witness and proof, warm", single.proving.witness_and_proof_ms, ours.proving.witness_and_proof_ms);
  for (const [stage, time] of Object.entries(ours.proving.stages_ms)) row(`· ${stage}`, single.proving.stages_ms[stage], time);
  row("· load and pins", single.proving.load_ms, ours.proving.load_ms);
  row("· first proof after loading", single.proving.first_proof_ms, ours.proving.first_proof_ms);
  row("· cancel, longest of ten", single.proving.cancel_ms, ours.proving.cancel_ms);
  row("witness program alone", single.witness_program_ms, ours.witness_program_ms);
  row("ark-groth16 prove", single.ark_groth16?.prove_ms, ours.ark_groth16?.prove_ms);
  row("snarkjs prove", null, report.snarkjs.prove_ms);
  row("snarkjs fullprove", null, report.snarkjs.fullprove_ms);
  row("rapidsnark prove, with process start", null, report.rapidsnark?.prove_process_ms);
  row("verify", single.verifying.verify_ms, ours.verifying.verify_ms);
  row("verify, largest signals", single.verifying.verify_worst_signals_ms, ours.verifying.verify_worst_signals_ms);
  row("verify, each of 64 in a batch", single.verifying.verify_batch_each_ms, ours.verifying.verify_batch_each_ms);
  row("decode a proof", single.verifying.decode_proof_ms, ours.verifying.decode_proof_ms);
  row("ark-groth16 verify", single.ark_groth16?.verify_ms, ours.ark_groth16?.verify_ms);
  row("snarkjs verify", null, report.snarkjs.verify_ms);
  console.log(`\npeak memory, load and prove: ${memory.peak_mib.toFixed(1)} MiB (${memory.before_mib.toFixed(1)} before)`);
  console.log(`stripped program without keys: ${binary.without_keys_mb.toFixed(1)} MB; keys and programs: ${binary.keys_mb.toFixed(1)} MB`);
  for (const [peer, ratio] of Object.entries(report.ratios)) console.log(`${peer} takes ${ratio.toFixed(2)} times as long`);
}
