pragma circom 2.1.0;

include "poseidon.circom";

// Unsatisfiable unless `node` is one of the four children. Which one stays open: a path needs no index bits, because the order of
// the children is fixed by their hash.
template IsAmong() {
    signal input node;
    signal input children[4];

    signal first <== (node - children[0]) * (node - children[1]);
    signal second <== first * (node - children[2]);
    second * (node - children[3]) === 0;
}

// The root of a 4-ary tree that contains `leaf` at depth `depth`, given the four children at every level, leaves first.
template TreeRoot(depth, nodeTag) {
    signal input leaf;
    signal input children[depth][4];
    signal output root;

    component isAmong[depth];
    component hash[depth];
    for (var level = 0; level < depth; level++) {
        isAmong[level] = IsAmong();
        if (level == 0) {
            isAmong[level].node <== leaf;
        } else {
            isAmong[level].node <== hash[level - 1].out;
        }
        isAmong[level].children <== children[level];
        hash[level] = Poseidon(4, nodeTag);
        hash[level].in <== children[level];
    }
    root <== hash[depth - 1].out;
}
