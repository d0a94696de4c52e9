//! Measures loading, proving and verifying in this process and prints JSON; `bench/run` puts it beside the peers.
//!
//! `cargo run --release -p passid-circuits --example bench -- ROUNDS`

use std::error::Error;
use std::time::Instant;

use passid_circuits::tools::{Program, named_inputs, sample};
use passid_circuits::{Artifacts, CancelToken, Proof, Prover, Statement, Verifier};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::json;

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Processor time of all threads so far, milliseconds: what a busy machine does not distort. Linux only; elsewhere zero.
fn processor_time() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let spent = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    spent.filter_map(|text| text.split(' ').next()?.parse::<f64>().ok()).sum::<f64>() / 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "the output is the product")]
fn main() -> Result<(), Box<dyn Error>> {
    let rounds: usize = std::env::args().nth(1).map_or(Ok(15), |text| text.parse())?;
    let mut rng = StdRng::seed_from_u64(1);
    let presentations: Vec<_> = (0..8).map(|_| sample::presentation(&mut rng)).collect::<Result<_, _>>()?;

    let started = Instant::now();
    let prover = Prover::embedded()?;
    let load = milliseconds(started);
    let mut proofs: Vec<(Statement, Proof)> = Vec::new();
    let mut times = Vec::new();
    let mut processor_times = Vec::new();
    let mut stages: Vec<Vec<f64>> = vec![Vec::new(); 5];
    for round in 0..=rounds {
        let (statement, witness) = &presentations[round % presentations.len()];
        let mut marks = Vec::new();
        let processor = processor_time();
        let started = Instant::now();
        let proof = prover.prove(statement, witness, &mut rng, &mut |_| marks.push(Instant::now()), &CancelToken::new())?;
        times.push(milliseconds(started));
        let end = Instant::now();
        processor_times.push(processor_time() - processor);
        if round > 0 {
            for (stage, (from, to)) in stages.iter_mut().zip(marks.iter().zip(marks.iter().skip(1).chain([&end]))) {
                stage.push((*to - *from).as_secs_f64() * 1000.0);
            }
        }
        proofs.push((statement.clone(), proof));
    }
    let first = times.remove(0);
    processor_times.remove(0);
    let warm = median(times);

    let program = Program::parse(&Artifacts::embedded().witness_program)?;
    let (statement, witness) = &presentations[0];
    let witness_time = median(
        (0..rounds)
            .map(|_| {
                let started = Instant::now();
                let inputs: Vec<_> = named_inputs(statement, witness).into_iter().map(|(_, value)| value).collect();
                let wires = program.run(&inputs);
                assert!(wires.is_ok());
                milliseconds(started)
            })
            .collect(),
    );

    let verifier = Verifier::embedded()?;
    let verify = median(
        (0..rounds * 4)
            .map(|round| {
                let (statement, proof) = &proofs[round % proofs.len()];
                let started = Instant::now();
                assert!(verifier.verify(statement, proof).is_ok());
                milliseconds(started)
            })
            .collect(),
    );
    let [check, run, quotient, group, self_check] = <[Vec<f64>; 5]>::try_from(stages).map_err(|_| "five stages")?.map(median);
    let report = json!({
        "threads": rayon::current_num_threads(),
        "load_ms": load,
        "first_proof_ms": first,
        "witness_and_proof_ms": warm,
        "witness_and_proof_processor_ms": median(processor_times),
        "stages_ms": { "check": check, "witness": run, "quotient": quotient, "group": group, "self_check": self_check },
        "witness_program_ms": witness_time,
        "verify_ms": verify,
    });
    println!("{report:#}");
    Ok(())
}
