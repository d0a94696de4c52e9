-- Where a credential came from, so that it can be renewed before it ends. Empty for credentials of earlier releases.
ALTER TABLE credential ADD COLUMN bank_link TEXT;
ALTER TABLE credential ADD COLUMN destination TEXT;
