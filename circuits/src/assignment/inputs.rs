//! The inputs of the witness program in order: public signals, private inputs, and the bits and inverses the circuit only checks.

use core::fmt;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
#[cfg(feature = "prover")]
use zeroize::Zeroizing;

use crate::claims::CLAIM_BITS;
use crate::packing::{PREDICATE_BITS, TIME_BITS};
use crate::{Operator, Predicate, Statement, Witness};

/// Receives every input with the name of its signal in the circuit.
trait Sink {
    fn input(&mut self, name: fmt::Arguments<'_>, value: Fr);

    fn bits(&mut self, name: fmt::Arguments<'_>, value: u64, count: u32) {
        for bit in 0..count {
            self.input(format_args!("{name}[{bit}]"), Fr::from(value >> bit & 1));
        }
    }
}

#[cfg(feature = "prover")]
struct Values(Zeroizing<Vec<Fr>>);

#[cfg(feature = "prover")]
impl Sink for Values {
    fn input(&mut self, _: fmt::Arguments<'_>, value: Fr) {
        self.0.push(value);
    }
}

#[cfg(feature = "prover")]
/// Enough for all inputs, so that no half-filled copy of the secrets is left behind by a growing vector.
const CAPACITY: usize = 2048;

/// The inputs in the program's order; wiped when dropped.
#[cfg(feature = "prover")]
pub(crate) fn inputs(statement: &Statement, witness: &Witness) -> Zeroizing<Vec<Fr>> {
    let mut values = Values(Zeroizing::new(Vec::with_capacity(CAPACITY)));
    visit(statement, witness, &mut values);
    debug_assert!(values.0.len() <= CAPACITY);
    values.0
}

/// The inputs with the names of their signals.
#[cfg(feature = "tools")]
pub(crate) fn named_inputs(statement: &Statement, witness: &Witness) -> Vec<(String, Fr)> {
    struct Named(Vec<(String, Fr)>);
    impl Sink for Named {
        fn input(&mut self, name: fmt::Arguments<'_>, value: Fr) {
            self.0.push((name.to_string(), value));
        }
    }
    let mut named = Named(Vec::new());
    visit(statement, witness, &mut named);
    named.0
}

fn visit(statement: &Statement, witness: &Witness, sink: &mut impl Sink) {
    visit_public(statement, sink);
    visit_private(witness, sink);
    visit_policy(statement, sink);
    visit_predicates(statement, witness, sink);
    visit_ranges(statement, witness, sink);
}

fn visit_public(statement: &Statement, sink: &mut impl Sink) {
    let [root, context, disclosed @ .., predicates, policy, scope, nullifier, reference] = statement.public_signals().map(|signal| *signal.as_fr());
    sink.input(format_args!("main.merkleRoot"), root);
    sink.input(format_args!("main.context"), context);
    for (index, packed) in disclosed.into_iter().enumerate() {
        sink.input(format_args!("main.disclosed[{index}]"), packed);
    }
    sink.input(format_args!("main.predicates"), predicates);
    sink.input(format_args!("main.policy"), policy);
    sink.input(format_args!("main.institutionScope"), scope);
    sink.input(format_args!("main.sessionNullifier"), nullifier);
    sink.input(format_args!("main.applicantReference"), reference);
}

fn visit_private(witness: &Witness, sink: &mut impl Sink) {
    for (slot, claim) in witness.claims.values().iter().enumerate() {
        sink.input(format_args!("main.claims[{slot}]"), Fr::from(*claim));
    }
    sink.input(format_args!("main.dataTimestamp"), Fr::from(witness.header.data_timestamp));
    sink.input(format_args!("main.expiresAt"), Fr::from(witness.header.expires_at));
    sink.input(format_args!("main.blinding"), *witness.blinding.expose().as_fr());
    sink.input(format_args!("main.holderSecret"), *witness.holder_secret.expose().as_fr());
    // A header the circuit cannot speak about has no commitment; the constraints then refuse the zero.
    let commitment = witness.commitment().unwrap_or_default();
    let (levels, _) = witness.path.walk(commitment);
    for (level, children) in levels.iter().enumerate() {
        for (place, child) in children.iter().enumerate() {
            sink.input(format_args!("main.children[{level}][{place}]"), *child.as_fr());
        }
    }
    let inverse = commitment.as_fr().inverse().unwrap_or_default();
    sink.input(format_args!("main.commitmentInverse"), inverse);
}

fn visit_policy(statement: &Statement, sink: &mut impl Sink) {
    sink.input(format_args!("main.credential.schema"), Fr::from(statement.schema));
    sink.bits(format_args!("main.mask"), u64::from(statement.mask), 16);
    let fields = [
        (16, u64::from(statement.schema), 32),
        (48, statement.presented_at, TIME_BITS),
        (88, statement.max_data_age, TIME_BITS),
        (128, statement.min_expiry, TIME_BITS),
    ];
    for (offset, value, count) in fields {
        for bit in 0..count {
            sink.input(format_args!("main.policyBits.bits[{}]", offset + bit), Fr::from(value >> bit & 1));
        }
    }
}

fn visit_predicates(statement: &Statement, witness: &Witness, sink: &mut impl Sink) {
    for (index, predicate) in statement.predicates.iter().enumerate() {
        let packed = predicate.as_ref().map_or(0, Predicate::pack);
        sink.bits(format_args!("main.predicate[{index}].bits"), packed, PREDICATE_BITS);
        let (ordered, inverse) = predicate.as_ref().map_or((0, Fr::ZERO), |predicate| hints(predicate, witness));
        sink.bits(format_args!("main.predicate[{index}].orderedRange.decomposition.bits"), ordered, CLAIM_BITS);
        sink.input(format_args!("main.predicate[{index}].inverse"), inverse);
    }
}

/// The difference a predicate range-checks, and the inverse of the difference for ≠. Wrapping where the predicate does not hold: the
/// constraints then refuse it.
fn hints(predicate: &Predicate, witness: &Witness) -> (u64, Fr) {
    let claim = witness.claims.values().get(usize::from(predicate.slot)).copied().unwrap_or_default();
    match predicate.operator {
        Operator::AtLeast => (claim.wrapping_sub(predicate.bound), Fr::ZERO),
        Operator::AtMost => (predicate.bound.wrapping_sub(claim), Fr::ZERO),
        Operator::Equal => (0, Fr::ZERO),
        Operator::NotEqual => (0, (Fr::from(claim) - Fr::from(predicate.bound)).inverse().unwrap_or_default()),
    }
}

fn visit_ranges(statement: &Statement, witness: &Witness, sink: &mut impl Sink) {
    for (slot, claim) in witness.claims.values().iter().enumerate() {
        sink.bits(format_args!("main.claimRange[{slot}].decomposition.bits"), *claim, CLAIM_BITS);
    }
    let header = &witness.header;
    let age = statement.presented_at.wrapping_sub(header.data_timestamp);
    let times = [
        ("dataTimestampRange", header.data_timestamp),
        ("expiresAtRange", header.expires_at),
        ("ageRange", age),
        ("remainingAgeRange", statement.max_data_age.wrapping_sub(age)),
        ("remainingLifeRange", header.expires_at.wrapping_sub(statement.min_expiry)),
    ];
    for (name, value) in times {
        sink.bits(format_args!("main.validity.{name}.decomposition.bits"), value, TIME_BITS);
    }
}
