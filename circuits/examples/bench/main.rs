//! Measures loading, proving and verifying in this process and prints JSON; `bench/run` puts it beside the peers.
//!
//! `cargo run --release -p passid-circuits --example bench -- ROUNDS` measures everything, `… -- memory` loads and proves once and
//! prints the peak memory. With the feature `oracle` it also proves with ark-groth16.

#[cfg(feature = "oracle")]
mod ark;

use std::error::Error;
use std::fs;
use std::sync::mpsc;
use std::time::Instant;

use passid_circuits::tools::{Program, named_inputs, sample};
use passid_circuits::{Artifacts, CancelToken, FieldElement, Proof, ProveStage, Prover, Statement, Verifier, Witness};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

const BATCH: usize = 64;

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Processor time of all threads so far, milliseconds: what a busy machine distorts least. Linux only; elsewhere zero.
fn processor_time() -> f64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let spent = tasks.filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok());
    spent.filter_map(|text| text.split(' ').next()?.parse::<f64>().ok()).sum::<f64>() / 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median time of an action that must succeed.
fn time(rounds: usize, mut action: impl FnMut(usize) -> bool) -> Result<f64, String> {
    let mut times = Vec::new();
    for round in 0..rounds {
        let started = Instant::now();
        let succeeded = action(round);
        times.push(milliseconds(started));
        if !succeeded {
            return Err("a measured action failed".to_owned());
        }
    }
    Ok(median(times))
}

type Presentations = Vec<(Statement, Witness)>;
type Proofs = Vec<([FieldElement; 11], Proof)>;

fn measure_proving(rounds: usize, presentations: &Presentations, rng: &mut StdRng) -> Result<(Value, Proofs), Box<dyn Error>> {
    let started = Instant::now();
    let prover = Prover::embedded()?;
    let load = milliseconds(started);
    let mut proofs = Proofs::new();
    let (mut times, mut processor_times) = (Vec::new(), Vec::new());
    let mut stages: Vec<Vec<f64>> = vec![Vec::new(); 5];
    for round in 0..=rounds.max(BATCH) {
        let (statement, witness) = &presentations[round % presentations.len()];
        let mut marks = Vec::new();
        let processor = processor_time();
        let started = Instant::now();
        let proof = prover.prove(statement, witness, rng, &mut |_| marks.push(Instant::now()), &CancelToken::new())?;
        times.push(milliseconds(started));
        marks.push(Instant::now());
        processor_times.push(processor_time() - processor);
        for (stage, pair) in stages.iter_mut().zip(marks.windows(2)) {
            stage.push((pair[1] - pair[0]).as_secs_f64() * 1000.0);
        }
        proofs.push((statement.public_signals(), proof));
    }
    let first = times.remove(0);
    let [check, witness, quotient, group, self_check] = <[Vec<f64>; 5]>::try_from(stages).map_err(|_| "five stages")?.map(median);
    let report = json!({
        "load_ms": load,
        "first_proof_ms": first,
        "witness_and_proof_ms": median(times),
        "witness_and_proof_processor_ms": median(processor_times),
        "stages_ms": { "check": check, "witness": witness, "quotient": quotient, "group": group, "self_check": self_check },
        "cancel_ms": measure_cancel(&prover, presentations),
    });
    Ok((report, proofs))
}

/// The longest time between a cancellation, at different moments of the longest stage, and the prover's answer.
fn measure_cancel(prover: &Prover, presentations: &Presentations) -> f64 {
    let (statement, witness) = &presentations[0];
    let mut longest: f64 = 0.0;
    for step in 0..10u32 {
        let cancel = CancelToken::new();
        let (begun, group_begun) = mpsc::channel();
        let cancelled = std::thread::scope(|scope| {
            let token = cancel.clone();
            let canceller = scope.spawn(move || {
                let since: Option<Instant> = group_begun.recv().ok();
                let wait = core::time::Duration::from_millis(3) * step;
                while since.is_some_and(|since| since.elapsed() < wait) {
                    std::thread::yield_now();
                }
                token.cancel();
                Instant::now()
            });
            let mut announce = |stage| {
                if stage == ProveStage::Group {
                    // Nobody listening any more is no failure of the proof.
                    begun.send(Instant::now()).unwrap_or_default();
                }
            };
            let result = prover.prove(statement, witness, &mut StdRng::seed_from_u64(1), &mut announce, &cancel);
            let end = Instant::now();
            let moment = canceller.join().ok();
            result.is_err().then_some(()).and(moment).map(|moment| (end - moment).as_secs_f64() * 1000.0)
        });
        longest = longest.max(cancelled.unwrap_or_default());
    }
    longest
}

fn measure_witness(rounds: usize, presentations: &Presentations) -> Result<f64, Box<dyn Error>> {
    let program = Program::parse(&Artifacts::embedded().witness_program)?;
    let inputs: Vec<Vec<_>> =
        presentations.iter().take(8).map(|(statement, witness)| named_inputs(statement, witness).into_iter().map(|(_, value)| value).collect()).collect();
    Ok(time(rounds, |round| program.run(&inputs[round % inputs.len()]).is_ok())?)
}

fn measure_verifying(rounds: usize, proofs: &Proofs, rng: &mut StdRng) -> Result<Value, Box<dyn Error>> {
    let verifier = Verifier::embedded()?;
    let verify = time(rounds * 4, |round| {
        let (signals, proof) = &proofs[round % proofs.len()];
        verifier.verify_signals(signals, proof).is_ok()
    })?;
    let largest = (-ark_bn254::Fr::from(1u64)).into();
    let worst = time(rounds * 4, |round| verifier.verify_signals(&[largest; 11], &proofs[round % proofs.len()].1).is_err())?;
    let entries: Vec<_> = proofs.iter().take(BATCH).map(|(signals, proof)| (signals.as_slice(), proof)).collect();
    let batch = time(rounds, |_| verifier.verify_batch(&entries, rng).is_ok_and(|bad| bad.is_empty()))?;
    let decode = time(rounds * 4, |round| Proof::from_bytes(&proofs[round % proofs.len()].1.to_bytes()).is_ok())?;
    Ok(json!({
        "verify_ms": verify,
        "verify_worst_signals_ms": worst,
        "verify_batch_each_ms": batch / 64.0,
        "decode_proof_ms": decode,
    }))
}

/// Peak resident memory of this process, MiB; Linux only.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

#[expect(clippy::print_stdout, reason = "the output is the product")]
fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "15".to_owned());
    let mut rng = StdRng::seed_from_u64(1);
    if argument == "memory" {
        let (statement, witness) = sample::presentation(&mut rng)?;
        let before = peak_memory();
        let prover = Prover::embedded()?;
        prover.prove(&statement, &witness, &mut rng, &mut |_| (), &CancelToken::new())?;
        println!("{}", json!({ "before_mib": before, "peak_mib": peak_memory() }));
        return Ok(());
    }
    let rounds: usize = argument.parse()?;
    let presentations: Presentations = (0..BATCH).map(|_| sample::presentation(&mut rng)).collect::<Result<_, _>>()?;
    let (proving, proofs) = measure_proving(rounds, &presentations, &mut rng)?;
    let report = json!({
        "threads": rayon::current_num_threads(),
        "proving": proving,
        "witness_program_ms": measure_witness(rounds * 4, &presentations)?,
        "verifying": measure_verifying(rounds, &proofs, &mut rng)?,
    });
    #[cfg(feature = "oracle")]
    let report = ark::beside(report, rounds, &presentations)?;
    println!("{report:#}");
    Ok(())
}
