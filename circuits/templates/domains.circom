pragma circom 2.1.0;

// What a hash is for, as ASCII text read as a big-endian number. src/poseidon.rs has the same five.

// "passid/v1/holder"
function holderDomain() {
    return 149379529944148607872378783050942932338;
}

// "passid/v1/credential"
function credentialDomain() {
    return 641580195801970977375794991371082411053461102956;
}

// "passid/v1/nullifier"
function nullifierDomain() {
    return 2506172639851449130374199388175627399071360370;
}

// "passid/v1/applicant"
function applicantDomain() {
    return 2506172639851449130374199148008792370513538676;
}

// "passid/v1/tree-node"
function treeNodeDomain() {
    return 2506172639851449130374199498637940780233090149;
}
