pragma circom 2.1.0;

// The `count` bits of `in`, lowest first. Unsatisfiable unless in < 2^count. At most 253 bits: beyond that a value below the
// modulus would have a second decomposition above it.
template Bits(count) {
    assert(count <= 253);
    signal input in;
    signal output bits[count];

    var sum = 0;
    for (var i = 0; i < count; i++) {
        bits[i] <-- (in >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * (1 << i);
    }
    sum === in;
}

// Unsatisfiable unless in < 2^count.
template RangeCheck(count) {
    signal input in;
    component decomposition = Bits(count);
    decomposition.in <== in;
}
