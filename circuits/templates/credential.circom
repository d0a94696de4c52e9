pragma circom 2.1.0;

include "bits.circom";
include "domains.circom";
include "poseidon.circom";

// The commitment of a credential: the leaf of the tree. Packing is unique only because claims (48 bits), schema (32 bits) and
// times (40 bits) are range-checked, which this template leaves to its user.
template CredentialCommitment() {
    signal input claims[16];
    signal input schema;
    signal input dataTimestamp;
    signal input expiresAt;
    signal input blinding;
    signal input holderSecret;
    signal output out;

    component hash = Poseidon(7, credentialDomain());
    for (var group = 0; group < 4; group++) {
        var packed = 0;
        for (var i = 5 * group; i < 16 && i < 5 * group + 5; i++) {
            packed += claims[i] * (1 << (48 * (i - 5 * group)));
        }
        hash.in[group] <== packed;
    }
    component holder = Poseidon(1, holderDomain());
    holder.in[0] <== holderSecret;
    hash.in[4] <== holder.out;
    hash.in[5] <== schema + dataTimestamp * (1 << 32) + expiresAt * (1 << 72);
    hash.in[6] <== blinding;
    out <== hash.out;
}
