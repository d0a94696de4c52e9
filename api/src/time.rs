//! Points in time, and the clock as a parameter.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Seconds since 1970-01-01T00:00:00Z, below 2^40 so that it fits the proof's packed fields; RFC 3339 with `Z` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text or number that is not a time between 1970 and the year 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time between 1970 and 9999 in RFC 3339, such as 2026-03-17T14:02:11Z")]
pub struct InvalidTimestamp;

/// 9999-12-31T23:59:59Z, the last second RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

impl Timestamp {
    /// From seconds since the epoch.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] before 1970 or after 9999.
    pub fn from_seconds(seconds: i64) -> Result<Self, InvalidTimestamp> {
        if (0..=LAST_SECOND).contains(&seconds) { Ok(Self(seconds)) } else { Err(InvalidTimestamp) }
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch as the proof counts them.
    pub const fn unsigned_seconds(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// This many seconds later, stopping at the last representable second.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(0, LAST_SECOND))
    }

    /// Seconds from `earlier` to `self`; negative when `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(instant) => write!(formatter, "{instant}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| InvalidTimestamp)?;
        Self::from_seconds(instant.as_second())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Tells the time. Passed to whatever needs it, so that tests choose it.
pub trait Clock: Send + Sync {
    /// The current second.
    fn now(&self) -> Timestamp;
    /// Milliseconds since the epoch, for identifiers that sort by creation.
    fn now_milliseconds(&self) -> u64 {
        self.now().unsigned_seconds().saturating_mul(1_000)
    }
}

/// The machine's clock; built at the edge (command line, phone) and nowhere else.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn since_epoch() -> std::time::Duration {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(Self::since_epoch().as_secs()).unwrap_or(LAST_SECOND).min(LAST_SECOND))
    }

    fn now_milliseconds(&self) -> u64 {
        u64::try_from(Self::since_epoch().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A clock that stands still until told otherwise; for tests and the sandbox.
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

impl ManualClock {
    /// A clock showing `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(start.seconds()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(std::sync::atomic::Ordering::SeqCst).clamp(0, LAST_SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_rfc_3339() {
        let moment: Timestamp = "2026-03-17T14:02:11Z".parse().unwrap();
        assert_eq!(moment.seconds(), 1_773_756_131);
        assert_eq!(moment.to_string(), "2026-03-17T14:02:11Z");
        assert_eq!("2026-03-17T15:02:11+01:00".parse::<Timestamp>().unwrap(), moment);
    }

    #[test]
    fn refuses_what_no_document_can_carry() {
        assert!(Timestamp::from_seconds(-1).is_err());
        assert!(Timestamp::from_seconds(LAST_SECOND + 1).is_err());
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert_eq!(Timestamp(LAST_SECOND).plus_seconds(i64::MAX).seconds(), LAST_SECOND);
    }
}
