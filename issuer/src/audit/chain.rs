//! What an entry's digest covers. Frozen: digests of years ago must still come out the same.

use passid_api::ids::InstitutionId;
use passid_api::time::Timestamp;

use crate::chain;

/// Keeps these digests apart from any other use of SHA-256.
const DOMAIN: &[u8] = b"passid/audit/v1";

pub(super) struct Entry<'a> {
    pub(super) sequence: i64,
    pub(super) action: &'a str,
    pub(super) subject: &'a str,
    pub(super) actor: &'a str,
    pub(super) created_at: Timestamp,
}

impl Entry<'_> {
    /// SHA-256 of the domain, the digest before, and every field behind its length (8 bytes, big-endian).
    pub(super) fn digest(&self, institution: InstitutionId, previous: [u8; 32]) -> [u8; 32] {
        let (institution, sequence, time) = (institution.to_string(), self.sequence.to_be_bytes(), self.created_at.seconds().to_be_bytes());
        let fields: [&[u8]; 8] =
            [DOMAIN, &previous, institution.as_bytes(), &sequence, self.action.as_bytes(), self.subject.as_bytes(), self.actor.as_bytes(), &time];
        chain::digest(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::START;

    /// The digest was computed by another program from the description above.
    #[test]
    fn digests_never_change() {
        let institution = "ins_01arz3ndektsv4rrffq69g5fav".parse().unwrap();
        let created_at = Timestamp::from_seconds(1_773_756_131).unwrap();
        let entry = Entry { sequence: 1, action: "key.created", subject: "key_1", actor: "operator", created_at };
        let first = entry.digest(institution, START);
        assert_eq!(hex::encode(first), "15a7803a158ecf2b35550827a4002d6065d4b2d01aac5fe2ef0234576259c3d9");
        let moved = Entry { subject: "key_", actor: "1operator", ..entry };
        assert_ne!(moved.digest(institution, START), first, "a byte moved from one field to the next");
    }
}
