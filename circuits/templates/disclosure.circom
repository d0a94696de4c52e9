pragma circom 2.1.0;

// `packed` holds mask[i] * claims[i], five claims of 48 bits to an element. The mask bits must already be known to be bits and the
// claims to be below 2^48.
template Disclosure() {
    signal input claims[16];
    signal input mask[16];
    signal input packed[4];

    signal shown[16];
    for (var i = 0; i < 16; i++) {
        shown[i] <== claims[i] * mask[i];
    }
    for (var group = 0; group < 4; group++) {
        var sum = 0;
        for (var i = 5 * group; i < 16 && i < 5 * group + 5; i++) {
            sum += shown[i] * (1 << (48 * (i - 5 * group)));
        }
        sum === packed[group];
    }
}
