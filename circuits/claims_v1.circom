pragma circom 2.1.0;

include "templates/bits.circom";
include "templates/credential.circom";
include "templates/disclosure.circom";
include "templates/domains.circom";
include "templates/poseidon.circom";
include "templates/predicate.circom";
include "templates/tree.circom";
include "templates/validity.circom";

// One presentation: the holder of a credential in the tree shows some of its claims, in one context.
//
// Signal order and packing are the ones of src/statement.rs and src/packing.rs.
template ClaimsV1() {
    // Public, in this order.
    signal input merkleRoot;
    signal input context;
    signal input disclosed[4];
    signal input predicates;
    signal input policy;
    signal input institutionScope;
    signal input sessionNullifier;
    signal input applicantReference;

    // Private.
    signal input claims[16];
    signal input dataTimestamp;
    signal input expiresAt;
    signal input blinding;
    signal input holderSecret;
    signal input children[15][4];

    component claimRange[16];
    for (var i = 0; i < 16; i++) {
        claimRange[i] = RangeCheck(48);
        claimRange[i].in <== claims[i];
    }

    // Policy: mask (16), schema (32), presented at, maximum data age, minimum expiry (40 each).
    component policyBits = Bits(168);
    policyBits.in <== policy;
    signal mask[16];
    for (var i = 0; i < 16; i++) {
        mask[i] <== policyBits.bits[i];
    }
    var schema = 0;
    for (var i = 0; i < 32; i++) {
        schema += policyBits.bits[16 + i] * (1 << i);
    }
    var times[3] = [0, 0, 0];
    for (var time = 0; time < 3; time++) {
        for (var i = 0; i < 40; i++) {
            times[time] += policyBits.bits[48 + 40 * time + i] * (1 << i);
        }
    }

    // The credential is a filled leaf of the tree.
    component credential = CredentialCommitment();
    credential.claims <== claims;
    credential.schema <== schema;
    credential.dataTimestamp <== dataTimestamp;
    credential.expiresAt <== expiresAt;
    credential.blinding <== blinding;
    credential.holderSecret <== holderSecret;
    signal commitment <== credential.out;
    signal commitmentInverse <-- commitment != 0 ? 1 / commitment : 0;
    commitment * commitmentInverse === 1;
    component tree = TreeRoot(15, treeNodeDomain());
    tree.leaf <== commitment;
    tree.children <== children;
    tree.root === merkleRoot;

    component validity = Validity();
    validity.dataTimestamp <== dataTimestamp;
    validity.expiresAt <== expiresAt;
    validity.presentedAt <== times[0];
    validity.maxDataAge <== times[1];
    validity.minExpiry <== times[2];

    component disclosure = Disclosure();
    disclosure.claims <== claims;
    disclosure.mask <== mask;
    disclosure.packed <== disclosed;

    component predicateBits = Bits(224);
    predicateBits.in <== predicates;
    component predicate[4];
    for (var i = 0; i < 4; i++) {
        predicate[i] = Predicate();
        predicate[i].claims <== claims;
        for (var bit = 0; bit < 56; bit++) {
            predicate[i].bits[bit] <== predicateBits.bits[56 * i + bit];
        }
    }

    // The holder, bound to this context and this institution.
    component nullifier = Poseidon(2, nullifierDomain());
    nullifier.in <== [holderSecret, context];
    nullifier.out === sessionNullifier;
    component reference = Poseidon(2, applicantDomain());
    reference.in <== [holderSecret, institutionScope];
    reference.out === applicantReference;
}

component main {public [
    merkleRoot, context, disclosed, predicates, policy, institutionScope, sessionNullifier, applicantReference
]} = ClaimsV1();
