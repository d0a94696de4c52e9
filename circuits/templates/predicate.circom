pragma circom 2.1.0;

include "bits.circom";

// values[index], where the index is given by four bits, lowest first.
template SelectOfSixteen() {
    signal input values[16];
    signal input indexBits[4];
    signal output out;

    signal steps[15];
    var layer[16];
    for (var i = 0; i < 16; i++) {
        layer[i] = values[i];
    }
    var step = 0;
    for (var bit = 0; bit < 4; bit++) {
        for (var i = 0; i < 8 >> bit; i++) {
            steps[step] <== (layer[2 * i + 1] - layer[2 * i]) * indexBits[bit];
            layer[i] = layer[2 * i] + steps[step];
            step++;
        }
    }
    out <== layer[0];
}

// One condition `claims[slot] operator bound`. The 56 bits hold bound (48), slot (4) and one flag each for ≥, ≤, = and ≠; no flag
// switches the predicate off. Claims must already be below 2^48.
template Predicate() {
    signal input claims[16];
    signal input bits[56];

    var bound = 0;
    for (var i = 0; i < 48; i++) {
        bound += bits[i] * (1 << i);
    }
    var atLeast = bits[52];
    var atMost = bits[53];
    var equal = bits[54];
    var notEqual = bits[55];

    // One operator or none.
    var active = atLeast + atMost + equal + notEqual;
    active * (active - 1) === 0;

    component select = SelectOfSixteen();
    select.values <== claims;
    for (var i = 0; i < 4; i++) {
        select.indexBits[i] <== bits[48 + i];
    }
    var difference = select.out - bound;

    // claim - bound for ≥, bound - claim for ≤, zero otherwise; a negative difference has no 48-bit form.
    signal ordered <== (atLeast - atMost) * difference;
    component orderedRange = RangeCheck(48);
    orderedRange.in <== ordered;

    equal * difference === 0;

    // For ≠ the difference has an inverse; otherwise the inverse is pinned to zero, so that it is never free.
    signal inverse;
    inverse <-- notEqual * difference != 0 ? 1 / difference : 0;
    inverse * difference === notEqual;
    inverse * (1 - notEqual) === 0;
}
