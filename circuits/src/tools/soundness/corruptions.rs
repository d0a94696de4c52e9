//! The table of corruptions: what a cheating prover would try, and the part of the circuit that must stop it.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::Inputs;
use crate::tools::sample;
use crate::tree::{ARITY, DEPTH, EMPTY_LEAF, node_hash};
use crate::{
    FieldElement, Operator, Predicate, PresentationRequest, SecretElement, Statement, StatementFields, Witness, WitnessError, applicant_reference, packing,
    session_nullifier,
};

/// One attack.
pub struct Corruption {
    /// What is tried.
    pub name: String,
    /// Part of the name of a signal in the constraint that must refuse it.
    pub stopped_by: &'static str,
    /// What the native check says; none where the attack bypasses it or no statement can express it.
    pub native: Option<WitnessError>,
    /// The inputs the attacker feeds the circuit.
    pub inputs: Inputs,
}

/// A presentation whose numbers are known, so that attacks can aim.
pub struct Scene {
    /// An honest witness.
    pub witness: Witness,
    /// A request it satisfies.
    pub request: PresentationRequest,
}

const SLOT: usize = 3;
const CLAIM: u64 = 100_000;

impl Scene {
    /// Slot 3 has the claim 100,000 and is disclosed with slots 0 and 5; no predicates.
    ///
    /// # Errors
    /// None in practice.
    pub fn new() -> Result<Self, WitnessError> {
        let mut rng = StdRng::seed_from_u64(3);
        let mut witness = sample::witness(&mut rng)?;
        let mut values = *witness.claims.values();
        values[SLOT] = CLAIM;
        values[5] = 55;
        witness.claims = crate::Claims::new(values)?;
        let mut request = sample::request(&mut rng, &witness);
        request.mask = 0b10_1001;
        request.predicates = [None; 4];
        Ok(Self { witness, request })
    }

    /// The honest statement.
    ///
    /// # Errors
    /// None in practice.
    pub fn statement(&self) -> Result<Statement, WitnessError> {
        Statement::for_witness(&self.request, &self.witness)
    }

    /// The honest presentation with one predicate on slot 3, whether it holds or not.
    ///
    /// # Errors
    /// [`WitnessError::Statement`] for a bound out of range.
    pub fn with_predicate(&self, operator: Operator, bound: u64) -> Result<(Statement, Inputs), WitnessError> {
        let predicate = Predicate { slot: 3, operator, bound };
        let statement = self.changed(|fields| fields.predicates[2] = Some(predicate))?;
        let inputs = Inputs::honest(&statement, &self.witness);
        Ok((statement, inputs))
    }

    fn changed(&self, change: impl FnOnce(&mut StatementFields)) -> Result<Statement, WitnessError> {
        let mut fields = StatementFields::from(self.statement()?);
        change(&mut fields);
        Ok(Statement::new(fields)?)
    }
}

/// All corruptions.
///
/// # Errors
/// None in practice: the scene is honest.
pub fn all() -> Result<Vec<Corruption>, WitnessError> {
    let scene = Scene::new()?;
    let mut table = Vec::new();
    times(&scene, &mut table)?;
    tree(&scene, &mut table)?;
    holder(&scene, &mut table)?;
    disclosure(&scene, &mut table)?;
    predicates(&scene, &mut table)?;
    packings(&scene, &mut table)?;
    Ok(table)
}

type Table = Vec<Corruption>;

/// An attack that an honest program could express: a statement and a witness that do not belong together.
fn mismatch(table: &mut Table, name: &str, stopped_by: &'static str, statement: &Statement, witness: &Witness) {
    let native = witness.check(statement).err();
    table.push(Corruption { name: name.to_owned(), stopped_by, native, inputs: Inputs::honest(statement, witness) });
}

/// An attack that changes the credential: it is no longer the leaf. Tried with a path that starts at the changed commitment, which
/// leads to another root, and with the honest path, which does not contain it.
fn forgery(table: &mut Table, name: &str, scene: &Scene, statement: &Statement, witness: &Witness) -> Result<(), WitnessError> {
    mismatch(table, name, "main.merkleRoot", statement, witness);
    let mut inputs = Inputs::honest(statement, witness);
    set_children(&mut inputs, &scene.witness.path.walk(scene.witness.commitment()?).0);
    table.push(Corruption { name: format!("{name}, on the honest path"), stopped_by: "isAmong[0]", native: None, inputs });
    Ok(())
}

fn set_children(inputs: &mut Inputs, levels: &[[FieldElement; ARITY]]) {
    for (level, children) in levels.iter().enumerate() {
        for (place, child) in children.iter().enumerate() {
            inputs.set(&format!("main.children[{level}][{place}]"), *child.as_fr());
        }
    }
}

fn times(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let header = scene.witness.header;
    let expired = scene.changed(|fields| fields.min_expiry = header.expires_at + 1)?;
    mismatch(table, "expired", "remainingLifeRange", &expired, &scene.witness);
    let stale = scene.changed(|fields| fields.max_data_age = fields.presented_at - header.data_timestamp - 1)?;
    mismatch(table, "stale", "remainingAgeRange", &stale, &scene.witness);
    let future = scene.changed(|fields| fields.presented_at = header.data_timestamp - 1)?;
    mismatch(table, "data from the future", "ageRange", &future, &scene.witness);
    let mut longer = scene.witness.clone();
    longer.header.expires_at += 1;
    forgery(table, "expiry extended by the holder", scene, &scene.statement()?, &longer)?;
    let mut fresher = scene.witness.clone();
    fresher.header.data_timestamp += 1;
    forgery(table, "data made fresher by the holder", scene, &scene.statement()?, &fresher)?;
    Ok(())
}

fn tree(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let other_root = scene.changed(|fields| fields.merkle_root = FieldElement::from_u64(1))?;
    mismatch(table, "wrong root", "tree.hash[14]", &other_root, &scene.witness);
    let mut moved = scene.witness.clone();
    moved.path.leaf_index ^= 1;
    mismatch(table, "wrong path index", "tree.", &scene.statement()?, &moved);
    let mut moved = scene.witness.clone();
    moved.path.leaf_index ^= 1 << 29;
    mismatch(table, "wrong path index at the top", "tree.hash[14]", &scene.statement()?, &moved);
    let mut foreign = scene.witness.clone();
    foreign.path.siblings[7][1] = FieldElement::from_u64(1);
    mismatch(table, "wrong sibling", "tree.", &scene.statement()?, &foreign);
    revoked(scene, table)?;
    let mut blinded = scene.witness.clone();
    blinded.blinding = SecretElement::new(FieldElement::from_u64(9))?;
    forgery(table, "another blinding", scene, &scene.statement()?, &blinded)?;
    Ok(())
}

/// The issuer zeroed the leaf; the holder knows the new path and wants to go on.
fn revoked(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let root = scene.witness.path.root(EMPTY_LEAF);
    let statement = scene.changed(|fields| fields.merkle_root = root)?;
    let mut inputs = Inputs::honest(&statement, &scene.witness);
    set_children(&mut inputs, &scene.witness.path.walk(EMPTY_LEAF).0);
    let native = scene.witness.check(&statement).err();
    table.push(Corruption { name: "zeroed leaf".to_owned(), stopped_by: "isAmong[0]", native, inputs: inputs.clone() });
    // Claiming that the commitment is the zero in the tree.
    inputs.set("main.commitmentInverse", Fr::ZERO);
    table.push(Corruption { name: "zero passed as the commitment".to_owned(), stopped_by: "main.commitment", native: None, inputs });
    path_a_level_up(scene, table)
}

/// The node above the credential passed as a leaf, and the root as its own parent.
fn path_a_level_up(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let mut inputs = Inputs::honest(&scene.statement()?, &scene.witness);
    let (mut levels, root) = scene.witness.path.walk(scene.witness.commitment()?);
    levels.rotate_left(1);
    levels[DEPTH - 1] = [root, FieldElement::ZERO, FieldElement::ZERO, FieldElement::ZERO];
    debug_assert_ne!(node_hash(levels[DEPTH - 1]), root);
    set_children(&mut inputs, &levels);
    table.push(Corruption { name: "path that starts a level up".to_owned(), stopped_by: "main.merkleRoot", native: None, inputs });
    Ok(())
}

fn holder(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let honest = scene.statement()?;
    let mut thief = scene.witness.clone();
    thief.holder_secret = SecretElement::new(FieldElement::from_u64(4))?;
    mismatch(table, "another holder's secret", "main.sessionNullifier", &honest, &thief);
    let thiefs = scene.changed(|fields| {
        fields.session_nullifier = session_nullifier(&thief.holder_secret, fields.context);
        fields.applicant_reference = applicant_reference(&thief.holder_secret, fields.institution_scope);
    })?;
    forgery(table, "another holder's secret, nullifier and reference", scene, &thiefs, &thief)?;
    let other = FieldElement::from_u64(5);
    for name in ["context of another session", "context of another environment"] {
        let statement = scene.changed(|fields| fields.context = other)?;
        mismatch(table, name, "nullifier", &statement, &scene.witness);
    }
    let statement = scene.changed(|fields| fields.institution_scope = other)?;
    mismatch(table, "scope of another institution", "reference", &statement, &scene.witness);
    let statement = scene.changed(|fields| fields.session_nullifier = other)?;
    mismatch(table, "invented nullifier", "nullifier", &statement, &scene.witness);
    let statement = scene.changed(|fields| fields.applicant_reference = other)?;
    mismatch(table, "invented applicant reference", "reference", &statement, &scene.witness);
    let statement = scene.changed(|fields| {
        core::mem::swap(&mut fields.session_nullifier, &mut fields.applicant_reference);
        core::mem::swap(&mut fields.context, &mut fields.institution_scope);
    })?;
    mismatch(table, "nullifier and reference swapped", "nullifier", &statement, &scene.witness);
    Ok(())
}

fn disclosure(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let statement = scene.changed(|fields| fields.disclosed[SLOT] += 1)?;
    mismatch(table, "disclosed value off by one", "main.disclosed", &statement, &scene.witness);
    let statement = scene.changed(|fields| {
        fields.mask ^= 0b11_0000;
        fields.disclosed.swap(4, 5);
    })?;
    mismatch(table, "swapped mask bit", "main.disclosed", &statement, &scene.witness);
    let statement = scene.changed(|fields| fields.mask |= 1 << 9)?;
    mismatch(table, "hidden claim passed as zero", "main.disclosed", &statement, &scene.witness);
    let statement = scene.changed(|fields| fields.disclosed[5] = 0)?;
    mismatch(table, "disclosed claim passed as zero", "main.disclosed", &statement, &scene.witness);
    let mut richer = scene.witness.clone();
    let mut values = *richer.claims.values();
    values[SLOT] += 1;
    richer.claims = crate::Claims::new(values)?;
    let statement = scene.changed(|fields| fields.disclosed[SLOT] += 1)?;
    forgery(table, "claim changed by the holder", scene, &statement, &richer)?;
    let statement = scene.changed(|fields| fields.schema += 1)?;
    mismatch(table, "another schema", "main.commitment", &statement, &scene.witness);
    let mut renamed = scene.witness.clone();
    renamed.header.schema += 1;
    forgery(table, "schema changed by the holder", scene, &statement, &renamed)?;
    Ok(())
}

fn predicates(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let beyond = [
        ("at least, one beyond", "predicate[2].ordered", Operator::AtLeast, CLAIM + 1),
        ("at least the largest bound", "predicate[2].ordered", Operator::AtLeast, (1 << 48) - 1),
        ("at most, one beyond", "predicate[2].ordered", Operator::AtMost, CLAIM - 1),
        ("at most zero", "predicate[2].ordered", Operator::AtMost, 0),
        ("equal, one above", "predicate[2]", Operator::Equal, CLAIM + 1),
        ("equal, one below", "predicate[2]", Operator::Equal, CLAIM - 1),
        ("not equal to itself", "predicate[2].inverse", Operator::NotEqual, CLAIM),
    ];
    for (name, stopped_by, operator, bound) in beyond {
        let (statement, inputs) = scene.with_predicate(operator, bound)?;
        let native = scene.witness.check(&statement).err();
        table.push(Corruption { name: name.to_owned(), stopped_by, native, inputs });
    }
    // ≥ and ≤ at once would cancel to no comparison at all.
    let (_, mut inputs) = scene.with_predicate(Operator::AtLeast, CLAIM + 1)?;
    let second_flag = Fr::from(2u64).pow([2 * 56 + 53]);
    inputs.add("main.predicates", second_flag);
    inputs.set("main.predicate[2].bits[53]", Fr::ONE);
    for bit in 0..48 {
        inputs.set(&format!("main.predicate[2].orderedRange.decomposition.bits[{bit}]"), Fr::ZERO);
    }
    table.push(Corruption { name: "two operators at once".to_owned(), stopped_by: "predicate[2].bits[5", native: None, inputs });
    // The flag switched off in the circuit but not in the public signal.
    let (_, mut inputs) = scene.with_predicate(Operator::Equal, CLAIM + 1)?;
    inputs.set("main.predicate[2].bits[54]", Fr::ZERO);
    table.push(Corruption { name: "predicate switched off by the prover".to_owned(), stopped_by: "main.predicates", native: None, inputs });
    // An inverse for a claim that equals the bound.
    let (_, mut inputs) = scene.with_predicate(Operator::NotEqual, CLAIM)?;
    inputs.set("main.predicate[2].inverse", Fr::ONE);
    table.push(Corruption { name: "invented inverse".to_owned(), stopped_by: "predicate[2].inverse", native: None, inputs });
    Ok(())
}

/// Values that pack to the same element as the honest ones but are out of range.
fn packings(scene: &Scene, table: &mut Table) -> Result<(), WitnessError> {
    let statement = scene.statement()?;
    let honest = Inputs::honest(&statement, &scene.witness);
    let power = |exponent: u64| Fr::from(2u64).pow([exponent]);
    let mut push = |name: &str, stopped_by, change: &dyn Fn(&mut Inputs)| {
        let mut inputs = honest.clone();
        change(&mut inputs);
        table.push(Corruption { name: name.to_owned(), stopped_by, native: None, inputs });
    };
    push("claim of 49 bits taken from its neighbour", "claimRange", &|inputs| {
        inputs.add("main.claims[0]", power(48));
        inputs.add("main.claims[1]", -Fr::ONE);
        // What is disclosed changes along.
        let shown = inputs.get("main.disclosed[0]");
        inputs.set("main.disclosed[0]", shown + power(48));
    });
    push("negative claim", "claimRange", &|inputs| inputs.set("main.claims[9]", -Fr::ONE));
    push("data timestamp of 41 bits taken from the expiry", "Range.decomposition", &|inputs| {
        inputs.add("main.dataTimestamp", power(40));
        inputs.add("main.expiresAt", -Fr::ONE);
    });
    push("schema of 33 bits taken from the data timestamp", "main.", &|inputs| {
        inputs.add("main.credential.schema", power(32));
        inputs.add("main.dataTimestamp", -Fr::ONE);
    });
    push("policy of 169 bits", "main.policy", &|inputs| inputs.add("main.policy", power(168)));
    push("predicates of 225 bits", "main.predicates", &|inputs| inputs.add("main.predicates", power(224)));
    push("mask bit that is not a bit", "main.mask[0]", &|inputs| {
        inputs.add("main.mask[0]", Fr::from(2u64));
        inputs.add("main.mask[1]", -Fr::ONE);
    });
    push("public time changed, its bits not", "main.policy", &|inputs| inputs.add("main.policy", power(48)));
    push("mask changed, its bits not", "main.policy", &|inputs| inputs.add("main.policy", power(1)));
    debug_assert_eq!(packing::claims(&statement.disclosed)[0], honest.get("main.disclosed[0]"));
    Ok(())
}
