pragma circom 2.1.0;

include "bits.circom";

// Data not from the future and not older than allowed, credential not ended too early. The three public times must already be
// below 2^40; the credential's own are checked here.
template Validity() {
    signal input dataTimestamp;
    signal input expiresAt;
    signal input presentedAt;
    signal input maxDataAge;
    signal input minExpiry;

    component dataTimestampRange = RangeCheck(40);
    dataTimestampRange.in <== dataTimestamp;
    component expiresAtRange = RangeCheck(40);
    expiresAtRange.in <== expiresAt;

    // 0 <= presentedAt - dataTimestamp <= maxDataAge
    signal age <== presentedAt - dataTimestamp;
    component ageRange = RangeCheck(40);
    ageRange.in <== age;
    component remainingAgeRange = RangeCheck(40);
    remainingAgeRange.in <== maxDataAge - age;

    // expiresAt >= minExpiry
    component remainingLifeRange = RangeCheck(40);
    remainingLifeRange.in <== expiresAt - minExpiry;
}
