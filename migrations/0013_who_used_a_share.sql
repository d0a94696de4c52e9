-- Who redeemed a share is written when it is taken. verification_id named the run, which had to be stored first and the share written
-- again after it; it stays empty from here on.
ALTER TABLE shares ADD COLUMN used_by TEXT REFERENCES institutions (id);
UPDATE shares SET used_by = (SELECT institution_id FROM verifications WHERE verifications.id = shares.verification_id) WHERE verification_id IS NOT NULL;
