//! What a proof says in public, and how it becomes the public signals of the circuit.

use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::claims::{CLAIM_BITS, CLAIM_SLOTS};
use crate::header::TIME_LIMIT;
use crate::predicate::{PREDICATE_COUNT, Predicate};
use crate::witness::{Witness, WitnessError};
use crate::{FieldElement, applicant_reference, packing, session_nullifier};

/// How many public signals the circuit has.
pub const PUBLIC_SIGNALS: usize = 11;

/// What a verifier asks for and a holder agrees to, before any proof exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresentationRequest {
    /// Hash to the field of everything the person agreed to.
    pub context: FieldElement,
    /// Which meaning the sixteen slots must have.
    pub schema: u32,
    /// Which claims are disclosed: bit `i` for slot `i`.
    pub mask: u16,
    /// Conditions on claims; `None` switches a place off.
    pub predicates: [Option<Predicate>; PREDICATE_COUNT],
    /// The time of the presentation, Unix seconds.
    pub presented_at: u64,
    /// How old the data may be at that time, seconds.
    pub max_data_age: u64,
    /// The credential must live at least until then, Unix seconds; not before `presented_at`.
    pub min_expiry: u64,
    /// Whom the applicant reference is for: a hash to the field of the institution, or a nonce.
    pub institution_scope: FieldElement,
}

/// The fields of a [`Statement`], not yet checked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementFields {
    /// Root of the credential tree.
    pub merkle_root: FieldElement,
    /// See [`PresentationRequest::context`].
    pub context: FieldElement,
    /// See [`PresentationRequest::schema`].
    pub schema: u32,
    /// The disclosed claims; 0 in every slot the mask hides. Only the mask tells a hidden claim from a claim of zero.
    pub disclosed: [u64; CLAIM_SLOTS],
    /// See [`PresentationRequest::mask`].
    pub mask: u16,
    /// See [`PresentationRequest::predicates`].
    pub predicates: [Option<Predicate>; PREDICATE_COUNT],
    /// See [`PresentationRequest::presented_at`].
    pub presented_at: u64,
    /// See [`PresentationRequest::max_data_age`].
    pub max_data_age: u64,
    /// See [`PresentationRequest::min_expiry`].
    pub min_expiry: u64,
    /// See [`PresentationRequest::institution_scope`].
    pub institution_scope: FieldElement,
    /// Makes a second presentation in the same context visible.
    pub session_nullifier: FieldElement,
    /// The same holder at the same institution, and only there.
    pub applicant_reference: FieldElement,
}

/// A well-formed public statement. Reads like [`StatementFields`]; cannot be changed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StatementFields", into = "StatementFields")]
pub struct Statement(StatementFields);

/// Why some fields are not a statement the circuit can speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// A disclosed claim does not fit into 48 bits. Refuse the statement.
    #[error("disclosed claim {slot} does not fit into 48 bits")]
    DisclosedTooLarge {
        /// Which claim.
        slot: usize,
    },
    /// A slot the mask hides carries a value. Refuse the statement: hidden slots are zero.
    #[error("claim {slot} is hidden by the mask but has a value")]
    HiddenClaimHasValue {
        /// Which claim.
        slot: usize,
    },
    /// A predicate names a slot above 15. Correct the request.
    #[error("predicate {index} names a claim that does not exist")]
    PredicateSlot {
        /// Which predicate, 0 to 3.
        index: usize,
    },
    /// A predicate's bound does not fit into 48 bits. Correct the request.
    #[error("the bound of predicate {index} does not fit into 48 bits")]
    PredicateBound {
        /// Which predicate, 0 to 3.
        index: usize,
    },
    /// A time is 2^40 seconds or more. Check the unit: it must be seconds.
    #[error("{field} is not a number of seconds below 2^40")]
    TimeTooLarge {
        /// Which field.
        field: &'static str,
    },
    /// `min_expiry` lies before `presented_at`, which would let an expired credential through. Ask for a later one.
    #[error("the requested expiry lies before the presentation")]
    ExpiryBeforePresentation,
}

impl StatementError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DisclosedTooLarge { .. } => "disclosed_claim_too_large",
            Self::HiddenClaimHasValue { .. } => "hidden_claim_has_value",
            Self::PredicateSlot { .. } => "predicate_slot_unknown",
            Self::PredicateBound { .. } => "predicate_bound_too_large",
            Self::TimeTooLarge { .. } => "statement_time_too_large",
            Self::ExpiryBeforePresentation => "expiry_before_presentation",
        }
    }
}

impl Statement {
    /// Checks the fields: ranges, and that hidden slots are zero.
    ///
    /// # Errors
    /// A [`StatementError`] that names the first field out of order.
    pub fn new(fields: StatementFields) -> Result<Self, StatementError> {
        for (slot, value) in fields.disclosed.iter().enumerate() {
            if *value >> CLAIM_BITS != 0 {
                return Err(StatementError::DisclosedTooLarge { slot });
            }
            if *value != 0 && !is_disclosed(fields.mask, slot) {
                return Err(StatementError::HiddenClaimHasValue { slot });
            }
        }
        for (index, predicate) in fields.predicates.iter().enumerate() {
            let Some(predicate) = predicate else { continue };
            if !predicate.slot_is_valid() {
                return Err(StatementError::PredicateSlot { index });
            }
            if !predicate.bound_is_valid() {
                return Err(StatementError::PredicateBound { index });
            }
        }
        let times = [("presented_at", fields.presented_at), ("max_data_age", fields.max_data_age), ("min_expiry", fields.min_expiry)];
        for (field, time) in times {
            if time >= TIME_LIMIT {
                return Err(StatementError::TimeTooLarge { field });
            }
        }
        if fields.min_expiry < fields.presented_at {
            return Err(StatementError::ExpiryBeforePresentation);
        }
        Ok(Self(fields))
    }

    /// The statement a witness can prove in answer to a request: root, disclosed claims, nullifier and reference are computed here,
    /// so that a wallet cannot get them wrong.
    ///
    /// # Errors
    /// [`WitnessError`] when this credential does not satisfy the request, or the request is no valid statement.
    pub fn for_witness(request: &PresentationRequest, witness: &Witness) -> Result<Self, WitnessError> {
        let claims = witness.claims.values();
        let statement = Self::new(StatementFields {
            merkle_root: witness.path.root(witness.commitment()?),
            context: request.context,
            schema: request.schema,
            disclosed: core::array::from_fn(|slot| if is_disclosed(request.mask, slot) { claims[slot] } else { 0 }),
            mask: request.mask,
            predicates: request.predicates,
            presented_at: request.presented_at,
            max_data_age: request.max_data_age,
            min_expiry: request.min_expiry,
            institution_scope: request.institution_scope,
            session_nullifier: session_nullifier(&witness.holder_secret, request.context),
            applicant_reference: applicant_reference(&witness.holder_secret, request.institution_scope),
        })?;
        witness.check(&statement)?;
        Ok(statement)
    }

    /// The claim in `slot` if the statement discloses it; `None` for a hidden one, which is not the same as zero.
    pub fn disclosed_claim(&self, slot: usize) -> Option<u64> {
        if is_disclosed(self.0.mask, slot) { self.0.disclosed.get(slot).copied() } else { None }
    }

    /// The public signals in the circuit's order: root, context, disclosed claims (4), predicates, policy (mask, schema, times),
    /// institution scope, nullifier, applicant reference.
    pub fn public_signals(&self) -> [FieldElement; PUBLIC_SIGNALS] {
        let fields = &self.0;
        let [first, second, third, fourth] = packing::claims(&fields.disclosed).map(FieldElement::from);
        let policy = packing::policy(fields.mask, fields.schema, fields.presented_at, fields.max_data_age, fields.min_expiry);
        [
            fields.merkle_root,
            fields.context,
            first,
            second,
            third,
            fourth,
            packing::predicates(&fields.predicates).into(),
            policy.into(),
            fields.institution_scope,
            fields.session_nullifier,
            fields.applicant_reference,
        ]
    }
}

const fn is_disclosed(mask: u16, slot: usize) -> bool {
    slot < CLAIM_SLOTS && mask >> slot & 1 == 1
}

impl Deref for Statement {
    type Target = StatementFields;

    fn deref(&self) -> &StatementFields {
        &self.0
    }
}

impl TryFrom<StatementFields> for Statement {
    type Error = StatementError;

    fn try_from(fields: StatementFields) -> Result<Self, StatementError> {
        Self::new(fields)
    }
}

impl From<Statement> for StatementFields {
    fn from(statement: Statement) -> Self {
        statement.0
    }
}

/// Prints everything but the disclosed claims, which are personal.
impl fmt::Debug for StatementFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StatementFields")
            .field("merkle_root", &self.merkle_root)
            .field("context", &self.context)
            .field("schema", &self.schema)
            .field("mask", &format_args!("{:016b}", self.mask))
            .field("predicates", &self.predicates)
            .field("presented_at", &self.presented_at)
            .field("max_data_age", &self.max_data_age)
            .field("min_expiry", &self.min_expiry)
            .field("institution_scope", &self.institution_scope)
            .field("session_nullifier", &self.session_nullifier)
            .field("applicant_reference", &self.applicant_reference)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}
