-- What the verification history lists and filters, what outcomes are compared with, and what the package cites. None of it is a
-- claim that was not disclosed to the institution whose row it is.
ALTER TABLE verifications ADD COLUMN session_id TEXT;
ALTER TABLE verifications ADD COLUMN credential_valid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE verifications ADD COLUMN deny_reason TEXT;
ALTER TABLE verifications ADD COLUMN institution_reference TEXT;
ALTER TABLE verifications ADD COLUMN applicant_ref TEXT;
ALTER TABLE verifications ADD COLUMN coverage TEXT;
ALTER TABLE verifications ADD COLUMN score BIGINT;
-- Ten-thousandths.
ALTER TABLE verifications ADD COLUMN stable_probability BIGINT;
ALTER TABLE verifications ADD COLUMN provenance TEXT;
UPDATE verifications SET credential_valid = 1 WHERE evidence IS NOT NULL;
CREATE INDEX verifications_reference ON verifications (institution_id, environment, institution_reference, id);

-- What became of verified applicants: one outcome for each verification. Coverage, score and probability are the verification's.
CREATE TABLE outcomes (
    id                 TEXT   NOT NULL PRIMARY KEY,
    institution_id     TEXT   NOT NULL REFERENCES institutions (id),
    environment        TEXT   NOT NULL,
    verification_id    TEXT   NOT NULL UNIQUE REFERENCES verifications (id),
    outcome            TEXT   NOT NULL,
    product_type       TEXT,
    amount_cents       BIGINT,
    observation_days   BIGINT NOT NULL,
    notes              TEXT,
    coverage           TEXT   NOT NULL,
    score              BIGINT,
    stable_probability BIGINT,
    verified_at        BIGINT NOT NULL,
    reported_at        BIGINT NOT NULL
);
CREATE INDEX outcomes_institution ON outcomes (institution_id, environment);
