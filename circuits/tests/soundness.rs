//! Attacks on the committed circuit. `SOUNDNESS.md` is the table of attack, test and what stops it.
#![expect(clippy::expect_used, reason = "a test may stop where it fails")]

use ark_bn254::Fr;
use ark_ff::UniformRand;
use passid_circuits::tools::sample;
use passid_circuits::tools::soundness::corruptions::{self, Scene};
use passid_circuits::tools::soundness::{Circuit, Inputs, jacobian, wires};
use passid_circuits::{Operator, PUBLIC_SIGNALS, Statement, Witness, circuit_manifest};
use rand::SeedableRng;
use rand::rngs::StdRng;

fn circuit() -> Circuit {
    Circuit::load(include_bytes!("../artifacts/claims_v1.r1cs"), include_str!("../artifacts/claims_v1.sym")).expect("the committed circuit")
}

fn random_presentation(seed: u64) -> (Statement, Witness) {
    sample::presentation(&mut StdRng::seed_from_u64(seed)).expect("valid by construction")
}

#[test]
fn the_number_of_constraints_is_pinned_and_fits_the_domain() {
    let system = circuit().system;
    assert_eq!(system.constraints.len(), 7223);
    assert_eq!(system.constraints.len(), circuit_manifest().constraints);
    assert_eq!(system.public_signals, PUBLIC_SIGNALS);
    assert!(system.constraints.len() + PUBLIC_SIGNALS < 1 << 13);
}

#[test]
fn honest_presentations_satisfy_every_constraint() {
    let circuit = circuit();
    for seed in 0..20 {
        let (statement, witness) = random_presentation(seed);
        let wires = circuit.solve(&Inputs::honest(&statement, &witness)).expect("satisfied");
        assert_eq!(circuit.system.first_unsatisfied(&wires), None);
        let signals = statement.public_signals().map(|signal| *signal.as_fr());
        assert_eq!(wires[1..=PUBLIC_SIGNALS], signals);
    }
}

#[test]
fn no_wire_can_be_changed_alone() {
    let circuit = circuit();
    let scene = Scene::new().expect("scene");
    let without_predicates = (scene.statement().expect("honest"), scene.witness.clone());
    for (statement, witness) in [random_presentation(1), without_predicates] {
        let honest = circuit.solve(&Inputs::honest(&statement, &witness)).expect("satisfied");
        let random = Fr::rand(&mut ark_std::test_rng());
        assert_eq!(wires::unconstrained(&circuit, &honest, random), []);
    }
}

/// A revoked leaf is zero. No test can find claims whose commitment is zero, so the constraint itself is looked for.
#[test]
fn a_commitment_of_zero_is_refused_whatever_the_other_wires_are() {
    assert!(wires::refuses_zero(&circuit(), "main.commitment"));
    assert!(!wires::refuses_zero(&circuit(), "main.holderSecret"));
}

#[test]
fn the_inputs_determine_every_other_wire() {
    let circuit = circuit();
    let scene = Scene::new().expect("scene");
    let mut cases = vec![random_presentation(2), (scene.statement().expect("honest"), scene.witness.clone())];
    // Each operator where the difference is zero, or as small as it can be: where an inverse could be left free.
    for (operator, bound) in [(Operator::AtLeast, 100_000), (Operator::AtMost, 100_000), (Operator::Equal, 100_000), (Operator::NotEqual, 99_999)] {
        let (statement, _) = scene.with_predicate(operator, bound).expect("in range");
        cases.push((statement, scene.witness.clone()));
    }
    for (statement, witness) in cases {
        let honest = circuit.solve(&Inputs::honest(&statement, &witness)).expect("satisfied");
        assert_eq!(jacobian::undetermined(&circuit, &honest), Vec::<String>::new());
    }
}

#[test]
fn every_corruption_is_stopped_by_the_constraint_that_should() {
    let circuit = circuit();
    let mut wrong = Vec::new();
    for corruption in corruptions::all().expect("table") {
        match circuit.solve(&corruption.inputs) {
            Ok(_) => wrong.push(format!("{}: accepted", corruption.name)),
            Err(constraint) => {
                let signals = circuit.describe(constraint);
                if !signals.iter().any(|signal| signal.contains(corruption.stopped_by)) {
                    wrong.push(format!("{}: not {} but {signals:?}", corruption.name, corruption.stopped_by));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_corruption_a_statement_can_express_is_named_by_the_native_check() {
    use passid_circuits::WitnessError as Error;
    let expected = [
        ("expired", Error::ExpiresTooEarly),
        ("stale", Error::DataTooOld),
        ("data from the future", Error::DataFromFuture),
        ("expiry extended by the holder", Error::NotInTree),
        ("data made fresher by the holder", Error::NotInTree),
        ("wrong root", Error::NotInTree),
        ("wrong path index", Error::NotInTree),
        ("wrong path index at the top", Error::NotInTree),
        ("wrong sibling", Error::NotInTree),
        ("zeroed leaf", Error::NotInTree),
        ("another blinding", Error::NotInTree),
        ("another holder's secret", Error::NotInTree),
        ("another holder's secret, nullifier and reference", Error::NotInTree),
        ("context of another session", Error::Nullifier),
        ("context of another environment", Error::Nullifier),
        ("scope of another institution", Error::ApplicantReference),
        ("invented nullifier", Error::Nullifier),
        ("invented applicant reference", Error::ApplicantReference),
        ("nullifier and reference swapped", Error::Nullifier),
        ("disclosed value off by one", Error::Disclosed { slot: 3 }),
        ("swapped mask bit", Error::Disclosed { slot: 4 }),
        ("hidden claim passed as zero", Error::Disclosed { slot: 9 }),
        ("disclosed claim passed as zero", Error::Disclosed { slot: 5 }),
        ("claim changed by the holder", Error::NotInTree),
        ("another schema", Error::Schema),
        ("schema changed by the holder", Error::NotInTree),
        ("at least, one beyond", Error::BelowBound { slot: 3 }),
        ("at least the largest bound", Error::BelowBound { slot: 3 }),
        ("at most, one beyond", Error::AboveBound { slot: 3 }),
        ("at most zero", Error::AboveBound { slot: 3 }),
        ("equal, one above", Error::NotEqual { slot: 3 }),
        ("equal, one below", Error::NotEqual { slot: 3 }),
        ("not equal to itself", Error::Equal { slot: 3 }),
    ];
    let found: Vec<_> =
        corruptions::all().expect("table").into_iter().filter_map(|corruption| corruption.native.map(|error| (corruption.name, error))).collect();
    let expected = expected.map(|(name, error)| (name.to_owned(), error));
    assert_eq!(found, expected);
}

#[test]
fn each_operator_accepts_its_boundary() {
    let circuit = circuit();
    let scene = Scene::new().expect("scene");
    let last = (1 << 48) - 1;
    let boundary = [
        (Operator::AtLeast, 100_000),
        (Operator::AtLeast, 0),
        (Operator::AtMost, 100_000),
        (Operator::AtMost, last),
        (Operator::Equal, 100_000),
        (Operator::NotEqual, 99_999),
        (Operator::NotEqual, 100_001),
        (Operator::NotEqual, last),
    ];
    for (operator, bound) in boundary {
        let (statement, inputs) = scene.with_predicate(operator, bound).expect("in range");
        assert_eq!(scene.witness.check(&statement), Ok(()), "{operator:?} {bound}");
        assert!(circuit.solve(&inputs).is_ok(), "{operator:?} {bound}");
    }
}

#[test]
fn times_are_accepted_at_their_boundaries() {
    let circuit = circuit();
    let mut scene = Scene::new().expect("scene");
    scene.request.presented_at = scene.witness.header.data_timestamp + scene.request.max_data_age;
    scene.request.min_expiry = scene.witness.header.expires_at;
    let oldest = scene.statement().expect("exactly as old as allowed, exactly as long as asked");
    assert!(circuit.solve(&Inputs::honest(&oldest, &scene.witness)).is_ok());
    scene.request.presented_at = scene.witness.header.data_timestamp;
    scene.request.max_data_age = 0;
    let newest = scene.statement().expect("no age at all");
    assert!(circuit.solve(&Inputs::honest(&newest, &scene.witness)).is_ok());
}
