pragma circom 2.1.0;

include "poseidon_constants.circom";

// The Poseidon hash of `count` inputs with circom's parameters, keyed by `domainTag` in the state element where plain Poseidon
// has zero.
//
// Additions and matrix products stay expressions; only products are signals. In a partial round the new first element is the
// signal (not the fifth power), because one product row can hold "product plus expression": the rows then read two single wires
// instead of an expression that grows with every round.
template Poseidon(count, domainTag) {
    signal input in[count];
    signal output out;

    var width = count + 1;
    var fullRounds = 8;
    var partialRounds = poseidonPartialRounds(width);
    var constants[width * (fullRounds + partialRounds)] = poseidonRoundConstants(width);
    var matrix[width][width] = poseidonMatrix(width);

    signal fullSquares[fullRounds][width];
    signal fullFourths[fullRounds][width];
    signal fullFifths[fullRounds][width];
    signal partialSquares[partialRounds];
    signal partialFourths[partialRounds];
    signal partialNext[partialRounds];

    var state[width];
    var mixed[width];
    state[0] = domainTag;
    for (var i = 0; i < count; i++) {
        state[i + 1] = in[i];
    }
    for (var i = 0; i < width; i++) {
        state[i] += constants[i];
    }

    var full = 0;
    for (var round = 0; round < fullRounds + partialRounds; round++) {
        // Constants of the following round; none after the last.
        var next[width];
        for (var i = 0; i < width; i++) {
            next[i] = 0;
            if (round + 1 < fullRounds + partialRounds) {
                next[i] = constants[(round + 1) * width + i];
            }
        }

        if (round < fullRounds / 2 || round >= fullRounds / 2 + partialRounds) {
            for (var i = 0; i < width; i++) {
                fullSquares[full][i] <== state[i] * state[i];
                fullFourths[full][i] <== fullSquares[full][i] * fullSquares[full][i];
                fullFifths[full][i] <== fullFourths[full][i] * state[i];
            }
            for (var i = 0; i < width; i++) {
                mixed[i] = next[i];
                for (var j = 0; j < width; j++) {
                    mixed[i] += matrix[i][j] * fullFifths[full][j];
                }
            }
            full++;
        } else {
            var partial = round - fullRounds / 2;
            partialSquares[partial] <== state[0] * state[0];
            partialFourths[partial] <== partialSquares[partial] * partialSquares[partial];
            var rest = next[0];
            for (var j = 1; j < width; j++) {
                rest += matrix[0][j] * state[j];
            }
            partialNext[partial] <== (matrix[0][0] * partialFourths[partial]) * state[0] + rest;
            var fifth = (partialNext[partial] - rest) * (1 / matrix[0][0]);
            mixed[0] = partialNext[partial];
            for (var i = 1; i < width; i++) {
                mixed[i] = next[i] + matrix[i][0] * fifth;
                for (var j = 1; j < width; j++) {
                    mixed[i] += matrix[i][j] * state[j];
                }
            }
        }
        for (var i = 0; i < width; i++) {
            state[i] = mixed[i];
        }
    }
    out <== state[0];
}
