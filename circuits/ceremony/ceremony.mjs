// The trusted setup of claims_v1: phase 1 (powers of tau, any circuit of 2^13), phase 2 (this circuit), a transcript, verification.
//
//   run         make everything afresh; --phase1 FILE keeps an existing prepared phase 1
//   contribute  add one contribution to the committed key: contribute "Name" [--entropy TEXT]
//   verify      check the committed key against the r1cs, the phase 1 and the transcript
//
// Everything this makes is labelled `development` until parties that do not know each other have contributed.

import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as snarkjs from "snarkjs";
import { buildProgram, compile } from "../tools/compile.mjs";
import { ARTIFACTS, BUILD, artifact, sha256File, writePins } from "../tools/paths.mjs";

const POWER = 13;
const CONTRIBUTIONS = 3;
const BEACON_ITERATIONS_LOG2 = 10;
const LABEL = "development";
const TRANSCRIPT = artifact("transcript.json");

const started = Date.now();
const say = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}`);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const silent = { debug() {}, info() {}, warn: (text) => say(`warning: ${text}`), error: (text) => say(`error: ${text}`) };

/** A logger that shows a line now and then during a long step. */
function progress(step) {
  let last = Date.now();
  const debug = (text) => {
    if (Date.now() - last > 5000) {
      last = Date.now();
      say(`  ${step}: ${text}`);
    }
  };
  return { ...silent, debug, info: debug };
}

/** Fixed by what came before it. No public randomness nobody could choose: one more reason for the label. */
function beaconFrom(text) {
  return createHash("sha256").update(`passid ${LABEL} beacon`).update(text).digest("hex");
}

/** Several contributions and a beacon, each on the file of the one before; answers the records of the transcript. */
async function contributions(kind, tool, first, last) {
  const records = [];
  let current = first;
  for (let index = 1; index <= CONTRIBUTIONS; index++) {
    const name = `${LABEL} ${index}`;
    const next = join(BUILD, `${kind}_${index}`);
    const hash = await tool.contribute(current, next, name, randomBytes(64).toString("hex"), progress(`${kind} ${index}`));
    records.push({ name, hash: hex(hash) });
    say(`${kind}: contribution ${index} of ${CONTRIBUTIONS}, ${hex(hash).slice(0, 16)}…`);
    rmSync(current);
    current = next;
  }
  const beacon = beaconFrom(records.map((record) => record.hash).join(""));
  const hash = await tool.beacon(current, last, "beacon", beacon, BEACON_ITERATIONS_LOG2, progress(`${kind} beacon`));
  records.push({ name: "beacon", hash: hex(hash), beacon, iterations_log2: BEACON_ITERATIONS_LOG2 });
  say(`${kind}: beacon applied, ${hex(hash).slice(0, 16)}…`);
  rmSync(current);
  return records;
}

async function makePhase1(curve) {
  const empty = join(BUILD, "phase1_0");
  const contributed = join(BUILD, "phase1_contributed.ptau");
  await snarkjs.powersOfTau.newAccumulator(curve, POWER, empty, silent);
  const records = await contributions("phase1", snarkjs.powersOfTau, empty, contributed);
  say("phase1: preparing for phase 2 (about two minutes)");
  await snarkjs.powersOfTau.preparePhase2(contributed, artifact("phase1.ptau"), progress("phase1 prepare"));
  rmSync(contributed);
  return { power: POWER, contributions: records };
}

async function run(options) {
  mkdirSync(BUILD, { recursive: true });
  mkdirSync(ARTIFACTS, { recursive: true });
  await compile(ARTIFACTS);
  buildProgram(ARTIFACTS);
  say("compiled claims_v1");

  const curve = await snarkjs.curves.getCurveFromName("bn128");
  const kept = join(BUILD, "phase1_transcript.json");
  let phase1;
  if (options.phase1) {
    if (options.phase1 !== artifact("phase1.ptau")) copyFileSync(options.phase1, artifact("phase1.ptau"));
    phase1 = existsSync(kept) ? JSON.parse(readFileSync(kept)) : readTranscript().phase1;
    say("phase1: kept");
  } else {
    phase1 = await makePhase1(curve);
    writeFileSync(kept, JSON.stringify(phase1));
  }
  phase1.sha256 = sha256File(artifact("phase1.ptau"));

  const initial = join(BUILD, "phase2_0");
  const circuitHash = await snarkjs.zKey.newZKey(artifact("claims_v1.r1cs"), artifact("phase1.ptau"), initial, progress("phase2 setup"));
  say(`phase2: set up, circuit hash ${hex(circuitHash).slice(0, 16)}…`);
  const records = await contributions("phase2", snarkjs.zKey, initial, artifact("claims_v1.zkey"));
  await finish({ circuit: "claims_v1", label: LABEL, curve: "bn254", phase1, phase2: { circuit_hash: hex(circuitHash), contributions: records } });
  await verify();
}

async function contribute(options, [name]) {
  if (!name) throw new Error('say who contributes: contribute "Name"');
  const transcript = readTranscript();
  const next = join(BUILD, "contributed.zkey");
  mkdirSync(BUILD, { recursive: true });
  const entropy = randomBytes(64).toString("hex") + (options.entropy ?? "");
  const hash = await snarkjs.zKey.contribute(artifact("claims_v1.zkey"), next, name, entropy, progress("contribute"));
  renameSync(next, artifact("claims_v1.zkey"));
  transcript.phase2.contributions.push({ name, hash: hex(hash) });
  await finish(transcript);
  await verify();
  say(`contribution of ${name}: ${hex(hash)}`);
  say("publish this hash where others can find it, then hand on circuits/artifacts");
}

/** Exports the verification key and writes transcript and pins for the key that now lies in artifacts/. */
async function finish(transcript) {
  const key = await snarkjs.zKey.exportVerificationKey(artifact("claims_v1.zkey"), silent);
  writeFileSync(artifact("verification_key.json"), `${JSON.stringify(key, null, 1)}\n`);
  transcript.phase2.sha256 = sha256File(artifact("claims_v1.zkey"));
  transcript.r1cs_sha256 = sha256File(artifact("claims_v1.r1cs"));
  writeFileSync(TRANSCRIPT, `${JSON.stringify(transcript, null, 1)}\n`);
  writePins();
}

async function verify() {
  const transcript = readTranscript();
  const expect = (what, condition) => {
    if (!condition) throw new Error(`ceremony: ${what}`);
    say(`ok: ${what}`);
  };
  expect("r1cs is the transcript's", transcript.r1cs_sha256 === sha256File(artifact("claims_v1.r1cs")));
  expect("phase 1 is the transcript's", transcript.phase1.sha256 === sha256File(artifact("phase1.ptau")));
  expect("key is the transcript's", transcript.phase2.sha256 === sha256File(artifact("claims_v1.zkey")));
  for (const { phase, records } of [
    { phase: "phase 1", records: transcript.phase1.contributions },
    { phase: "phase 2", records: transcript.phase2.contributions },
  ]) {
    const beacon = records.findIndex((record) => record.beacon);
    const before = records.slice(0, beacon).map((record) => record.hash).join("");
    expect(`${phase} has at least three contributions and a beacon fixed by them`,
      beacon >= 3 && records[beacon].beacon === beaconFrom(before));
  }

  const phase1Log = recorder("phase1 verify");
  expect("phase 1 verifies", await snarkjs.powersOfTau.verify(artifact("phase1.ptau"), phase1Log.logger));
  expect("phase 1 holds the transcript's contributions", phase1Log.holds(transcript.phase1.contributions));

  const phase2Log = recorder("phase2 verify");
  expect("key matches the r1cs and phase 1", await snarkjs.zKey.verifyFromR1cs(
    artifact("claims_v1.r1cs"), artifact("phase1.ptau"), artifact("claims_v1.zkey"), phase2Log.logger));
  expect("key holds the transcript's contributions", phase2Log.holds(transcript.phase2.contributions));

  const key = await snarkjs.zKey.exportVerificationKey(artifact("claims_v1.zkey"), silent);
  expect("verification key is the key's", JSON.stringify(key) === JSON.stringify(JSON.parse(readFileSync(artifact("verification_key.json")))));
}

/** Collects what snarkjs logs, to find the contributions it verified. */
function recorder(step) {
  const shown = progress(step);
  let log = "";
  const info = (text) => {
    log += `${text}\n`;
    shown.debug(text.split("\n")[0]);
  };
  const holds = (records) => {
    const numbers = [...log.matchAll(/contribution #(\d+)/gi)].map((match) => Number(match[1]));
    const hexadecimal = log.replace(/\s/g, "");
    return Math.max(...numbers) === records.length && records.every((record) => hexadecimal.includes(record.hash));
  };
  return { logger: { ...shown, info }, holds };
}

function readTranscript() {
  return JSON.parse(readFileSync(TRANSCRIPT));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { phase1: { type: "string" }, entropy: { type: "string" } },
});
const [command, ...rest] = positionals;
const commands = { run, contribute, verify };
if (!commands[command]) {
  console.error("usage: ceremony.mjs run [--phase1 FILE] | contribute NAME [--entropy TEXT] | verify");
  process.exit(2);
}
try {
  await commands[command](values, rest);
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
