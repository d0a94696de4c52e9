//! Identifiers: a prefix that says what they name, and a ULID that sorts by creation.

use std::fmt;
use std::str::FromStr;

use rand::RngExt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Clock;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier; expected {0} followed by 26 characters")]
pub struct InvalidId(pub &'static str);

macro_rules! identifier {
    ($($(#[doc = $doc:literal])* $name:ident = $prefix:literal;)+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(ulid::Ulid);

        impl $name {
            /// What every identifier of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Before every identifier made at `time` or later, after all made before.
            pub fn first_at(time: crate::time::Timestamp) -> Self {
                Self(ulid::Ulid::from_parts(time.unsigned_seconds().saturating_mul(1_000), 0))
            }

            /// A fresh identifier: the clock's milliseconds and 80 random bits.
            pub fn generate(clock: &dyn Clock, random: &mut dyn rand::Rng) -> Self {
                Self(ulid::Ulid::from_parts(clock.now_milliseconds(), random.random::<u128>()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}{}", $prefix, self.0.to_string().to_ascii_lowercase())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let digits = text.strip_prefix($prefix).ok_or(InvalidId($prefix))?;
                // One spelling only: the parser also takes capitals and letters that stand for digits.
                let parsed = ulid::Ulid::from_string(digits).map_err(|_| InvalidId($prefix))?;
                if parsed.to_string().to_ascii_lowercase() == digits { Ok(Self(parsed)) } else { Err(InvalidId($prefix)) }
            }
        }

        #[cfg(feature = "json-schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::schema::pattern(
                    &[$($doc),*],
                    concat!("^", $prefix, "[0-7][0-9a-hjkmnp-tv-z]{25}$"),
                    concat!($prefix, "01hzk3vw0kg9qm2x7r4c8t5y6d"),
                )
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

identifier! {
    /// An institution's workspace.
    InstitutionId = "ins_";
    /// A user of an institution's workspace.
    InstitutionUserId = "mem_";
    /// An invitation into a workspace; not its link's secret.
    InvitationId = "inv_";
    /// A person's wallet account at the issuer.
    UserId = "usr_";
    /// An institution's request to one applicant.
    SessionId = "req_";
    /// A share a person made.
    ShareId = "shr_";
    /// One run of the verifier.
    VerificationId = "vrf_";
    /// A credential the issuer signed.
    CredentialId = "crd_";
    /// A connection to a bank.
    BankLinkId = "lnk_";
    /// A registered webhook address.
    WebhookEndpointId = "whe_";
    /// An event; the same over all its deliveries.
    EventId = "evt_";
    /// An API key; not the key itself.
    ApiKeyId = "key_";
    /// An outcome an institution reported.
    OutcomeId = "out_";
    /// An incident on the status page.
    IncidentId = "inc_";
    /// Something said about an incident.
    IncidentUpdateId = "upd_";
    /// One HTTP request.
    RequestId = "rid_";
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::time::{ManualClock, Timestamp};

    #[test]
    fn round_trips_and_has_one_spelling() {
        let clock = ManualClock::new(Timestamp::from_seconds(1_773_756_131).unwrap());
        let mut random = rand::rngs::StdRng::seed_from_u64(7);
        let id = VerificationId::generate(&clock, &mut random);
        assert_eq!(id.to_string().parse::<VerificationId>().unwrap(), id);
        assert!(id.to_string().to_ascii_uppercase().parse::<VerificationId>().is_err());
        assert!(id.to_string().parse::<SessionId>().is_err());
        assert!("vrf_".parse::<VerificationId>().is_err());
    }
}
