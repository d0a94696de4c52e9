//! What wallet, issuer and institution see: a proof is accepted for exactly the statement it was made for.
#![expect(clippy::expect_used, reason = "a test may stop where it fails")]

use passid_circuits::tools::sample;
use passid_circuits::{
    Artifacts, CancelToken, FieldElement, PUBLIC_SIGNALS, PresentationRequest, Proof, ProveError, ProveStage, Prover, Statement, StatementFields, Verifier,
    VerifyError, Witness, WitnessError,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::LazyLock;

static PROVER: LazyLock<Prover> = LazyLock::new(|| Prover::embedded().expect("embedded"));
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier::embedded().expect("embedded"));
/// One honest proof for the tests that only look at it.
static HONEST: LazyLock<(Statement, Proof)> = LazyLock::new(|| {
    let (_, witness, statement) = presentation(1);
    let proof = own_prover().prove(&statement, &witness, &mut StdRng::seed_from_u64(1), &mut |_| (), &CancelToken::new()).expect("proof");
    (statement, proof)
});

/// Provers make one proof at a time, and tests run side by side.
fn own_prover() -> Prover {
    Prover::embedded().expect("embedded")
}

fn presentation(seed: u64) -> (PresentationRequest, Witness, Statement) {
    let mut rng = StdRng::seed_from_u64(seed);
    let witness = sample::witness(&mut rng).expect("in range");
    let request = sample::request(&mut rng, &witness);
    let statement = Statement::for_witness(&request, &witness).expect("satisfied");
    (request, witness, statement)
}

/// A change to one field.
type Change<'a> = &'a dyn Fn(&mut StatementFields);

fn changed(statement: &Statement, change: impl FnOnce(&mut StatementFields)) -> Statement {
    let mut fields = StatementFields::from(statement.clone());
    change(&mut fields);
    Statement::new(fields).expect("well-formed")
}

#[test]
fn a_proof_is_accepted_for_its_statement_and_after_both_spellings() {
    let (statement, proof) = &*HONEST;
    assert_eq!(VERIFIER.verify(statement, proof), Ok(()));
    let bytes = Proof::from_bytes(&proof.to_bytes()).expect("bytes");
    let json = serde_json::to_string(&proof.to_snarkjs()).expect("json");
    let json = Proof::from_snarkjs(&serde_json::from_str(&json).expect("json")).expect("points");
    let text: Proof = serde_json::from_str(&serde_json::to_string(proof).expect("json")).expect("text");
    for again in [bytes, json, text] {
        assert_eq!(&again, proof);
        assert_eq!(VERIFIER.verify(statement, &again), Ok(()));
    }
}

#[test]
fn a_statement_changed_in_one_field_is_refused() {
    let (statement, proof) = &*HONEST;
    let one = FieldElement::from_u64(1);
    let shown = (0..16).find(|slot| statement.mask >> slot & 1 == 1).expect("something is disclosed");
    let hidden = (0..16).find(|slot| statement.mask >> slot & 1 == 0).expect("something is hidden");
    let changes: [(&str, Change<'_>); 13] = [
        ("root", &|fields| fields.merkle_root = one),
        ("context", &|fields| fields.context = one),
        ("schema", &|fields| fields.schema += 1),
        ("disclosed claim", &|fields| fields.disclosed[shown] ^= 1),
        ("hidden claim shown as zero", &|fields| fields.mask |= 1 << hidden),
        ("predicate dropped", &|fields| fields.predicates[0] = None),
        ("predicates reordered", &|fields| fields.predicates.swap(0, 3)),
        ("presented at", &|fields| fields.presented_at += 1),
        ("maximum data age", &|fields| fields.max_data_age += 1),
        ("minimum expiry", &|fields| fields.min_expiry += 1),
        ("institution scope", &|fields| fields.institution_scope = one),
        ("nullifier", &|fields| fields.session_nullifier = one),
        ("applicant reference", &|fields| fields.applicant_reference = one),
    ];
    for (name, change) in changes {
        let other = changed(statement, |fields| change(fields));
        assert_eq!(VERIFIER.verify(&other, proof), Err(VerifyError::Invalid), "{name}");
    }
}

#[test]
fn each_public_signal_counts_and_so_do_their_number_and_order() {
    let (statement, proof) = &*HONEST;
    let signals = statement.public_signals();
    for index in 0..PUBLIC_SIGNALS {
        let mut flipped = signals;
        flipped[index] = FieldElement::from(*signals[index].as_fr() + ark_bn254::Fr::from(1u64));
        assert_eq!(VERIFIER.verify_signals(&flipped, proof), Err(VerifyError::Invalid), "signal {index}");
        let mut zeroed = signals;
        zeroed[index] = FieldElement::ZERO;
        if zeroed != signals {
            assert_eq!(VERIFIER.verify_signals(&zeroed, proof), Err(VerifyError::Invalid), "signal {index}");
        }
        let mut permuted = signals;
        permuted.swap(index, (index + 1) % PUBLIC_SIGNALS);
        assert_eq!(VERIFIER.verify_signals(&permuted, proof), Err(VerifyError::Invalid), "signal {index}");
    }
    for length in 0..PUBLIC_SIGNALS {
        assert_eq!(VERIFIER.verify_signals(&signals[..length], proof), Err(VerifyError::SignalCount { found: length }));
    }
    let mut longer = signals.to_vec();
    longer.push(FieldElement::ZERO);
    assert_eq!(VERIFIER.verify_signals(&longer, proof), Err(VerifyError::SignalCount { found: 12 }));
}

#[test]
fn public_signals_have_one_spelling() {
    let (statement, _) = &*HONEST;
    let modulus = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let texts = [modulus.to_owned(), format!("-{}", statement.context), format!("0{}", statement.context), format!("{} ", statement.context), String::new()];
    for text in texts {
        let json = serde_json::to_value(statement).expect("json");
        let mut json = json.as_object().expect("object").clone();
        json.insert("context".to_owned(), text.clone().into());
        assert!(serde_json::from_value::<Statement>(json.into()).is_err(), "{text:?}");
    }
}

#[test]
fn a_re_randomised_proof_still_has_the_nullifier_of_the_first() {
    let (statement, proof) = &*HONEST;
    let (_, witness, again) = presentation(1);
    let second = own_prover().prove(&again, &witness, &mut StdRng::seed_from_u64(2), &mut |_| (), &CancelToken::new()).expect("proof");
    // Two valid proofs, different bytes, one (context, nullifier): the pair is what makes a replay visible.
    assert_ne!(proof.to_bytes(), second.to_bytes());
    assert_eq!(VERIFIER.verify(&again, &second), Ok(()));
    assert_eq!((statement.context, statement.session_nullifier), (again.context, again.session_nullifier));
}

#[test]
fn one_holder_is_recognised_at_one_institution_and_nowhere_else() {
    let (mut request, witness, first) = presentation(3);
    request.context = FieldElement::from_u64(77);
    let same = Statement::for_witness(&request, &witness).expect("satisfied");
    assert_eq!(same.applicant_reference, first.applicant_reference);
    assert_ne!(same.session_nullifier, first.session_nullifier);
    request.institution_scope = FieldElement::from_u64(78);
    let elsewhere = Statement::for_witness(&request, &witness).expect("satisfied");
    assert_ne!(elsewhere.applicant_reference, first.applicant_reference);
    // Even where scope and context are the same number, reference and nullifier are not.
    request.context = request.institution_scope;
    let both = Statement::for_witness(&request, &witness).expect("satisfied");
    assert_ne!(both.applicant_reference, both.session_nullifier);
}

#[test]
fn a_wrong_witness_never_reaches_the_prover() {
    let (_, witness, statement) = presentation(4);
    let mut stages = Vec::new();
    let stale = changed(&statement, |fields| fields.max_data_age = 0);
    let result = own_prover().prove(&stale, &witness, &mut StdRng::seed_from_u64(4), &mut |stage| stages.push(stage), &CancelToken::new());
    assert_eq!(result, Err(ProveError::Witness(WitnessError::DataTooOld)));
    assert_eq!(stages, [ProveStage::Checking]);
    assert_eq!(WitnessError::DataTooOld.to_string(), "data is older than allowed");
}

#[test]
fn stages_are_told_in_order_and_a_cancelled_proof_stops_at_the_next() {
    let (_, witness, statement) = presentation(5);
    let prover = own_prover();
    let mut stages = Vec::new();
    prover.prove(&statement, &witness, &mut StdRng::seed_from_u64(5), &mut |stage| stages.push(stage), &CancelToken::new()).expect("proof");
    assert_eq!(stages, [ProveStage::Checking, ProveStage::Witness, ProveStage::Quotient, ProveStage::Group, ProveStage::Verifying]);
    for last in stages {
        let cancel = CancelToken::new();
        let mut reached = None;
        let result = prover.prove(
            &statement,
            &witness,
            &mut StdRng::seed_from_u64(5),
            &mut |stage| {
                reached = Some(stage);
                if stage == last {
                    cancel.cancel();
                }
            },
            &cancel,
        );
        assert_eq!((result, reached), (Err(ProveError::Cancelled), Some(last)));
    }
}

#[test]
fn a_second_proof_at_the_same_time_is_refused() {
    let (_, witness, statement) = presentation(6);
    let mut inner = None;
    let outer = PROVER.prove(
        &statement,
        &witness,
        &mut StdRng::seed_from_u64(6),
        &mut |stage| {
            if stage == ProveStage::Group {
                inner = Some(PROVER.prove(&statement, &witness, &mut StdRng::seed_from_u64(7), &mut |_| (), &CancelToken::new()));
            }
        },
        &CancelToken::new(),
    );
    assert!(outer.is_ok());
    assert_eq!(inner, Some(Err(ProveError::Busy)));
}

#[test]
fn files_that_are_not_the_pinned_ones_are_refused() {
    let mut artifacts = Artifacts::embedded();
    artifacts.proving_key.to_mut()[1000] ^= 1;
    assert_eq!(Prover::load(&artifacts).err().map(|error| error.to_string()).as_deref(), Some("claims_v1.zkey is not the file this program was built for"));
    let mut artifacts = Artifacts::embedded();
    artifacts.witness_program.to_mut().pop();
    assert!(Prover::load(&artifacts).is_err());
    let mut artifacts = Artifacts::embedded();
    artifacts.verification_key.to_mut().push(b'\n');
    assert!(Prover::load(&artifacts).is_err());
    assert!(Verifier::load(&artifacts.verification_key).is_err());
}

#[test]
fn nothing_personal_prints() {
    let (_, witness, statement) = presentation(8);
    let slot = (0..16).find(|slot| statement.mask >> slot & 1 == 1).expect("something is disclosed");
    let printed = format!("{statement:?} {witness:?} {:?}", witness.path);
    assert!(!printed.contains(&statement.disclosed[slot].to_string()));
    assert!(!printed.contains(&witness.holder_secret.expose().to_string()));
    assert!(!printed.contains(&witness.path.leaf_index.to_string()));
}

#[test]
fn a_batch_names_its_bad_proofs() {
    let prover = own_prover();
    let mut rng = StdRng::seed_from_u64(9);
    let proofs: Vec<_> = (0..9)
        .map(|seed| {
            let (_, witness, statement) = presentation(100 + seed);
            let proof = prover.prove(&statement, &witness, &mut rng, &mut |_| (), &CancelToken::new()).expect("proof");
            (statement.public_signals(), proof)
        })
        .collect();
    let batch = |proofs: &[([FieldElement; PUBLIC_SIGNALS], Proof)], rng: &mut StdRng| {
        let entries: Vec<_> = proofs.iter().map(|(signals, proof)| (signals.as_slice(), proof)).collect();
        VERIFIER.verify_batch(&entries, rng)
    };
    assert_eq!(batch(&[], &mut rng), Ok(vec![]));
    assert_eq!(batch(&proofs[..1], &mut rng), Ok(vec![]));
    assert_eq!(batch(&proofs, &mut rng), Ok(vec![]));
    for bad in 0..proofs.len() {
        let mut changed = proofs.clone();
        changed[bad].0[1] = FieldElement::from_u64(1);
        assert_eq!(batch(&changed, &mut rng), Ok(vec![bad]));
    }
    // Two proofs exchanged: each is valid, but not for these signals.
    let mut exchanged = proofs.clone();
    let first = exchanged[2].1.clone();
    exchanged[2].1 = exchanged[7].1.clone();
    exchanged[7].1 = first;
    assert_eq!(batch(&exchanged, &mut rng), Ok(vec![2, 7]));
    let short = [(&proofs[0].0[..10], &proofs[0].1)];
    assert_eq!(VERIFIER.verify_batch(&short, &mut rng), Err(VerifyError::SignalCount { found: 10 }));
}
