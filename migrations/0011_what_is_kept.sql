-- The job that ends what is kept too long finds it without reading every verification there ever was.
CREATE INDEX verifications_kept ON verifications (created_at) WHERE response <> '';
