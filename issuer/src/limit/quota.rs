//! The quotas an operator can set.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

passid_api::text_enum! {
    /// What is limited.
    pub enum LimitName as "limit" {
        /// Requests with one institution key.
        Key = "key",
        /// Requests of one wallet.
        Wallet = "wallet",
        /// Requests of one workspace's users.
        Workspace = "workspace",
        /// Requests without a key or access token, from one address.
        Address = "address",
        /// Passwords sent from one address: signing in and onboarding.
        Password = "password",
        /// Sign-ins tried for one e-mail address.
        SignIn = "sign_in",
        /// Codes that led nowhere, from one address or with one key.
        CodeMisses = "code_misses",
        /// Codes that led nowhere, from everybody together.
        CodeMissesOfAll = "code_misses_of_all",
    }
}

/// So many requests in so many seconds. All of them may come at once; then they come back evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    requests: NonZeroU32,
    seconds: NonZeroU32,
}

impl Quota {
    /// A quota; `None` when either is zero.
    pub fn new(requests: u32, seconds: u32) -> Option<Self> {
        Some(Self { requests: NonZeroU32::new(requests)?, seconds: NonZeroU32::new(seconds)? })
    }

    /// How many requests.
    pub const fn requests(self) -> u32 {
        self.requests.get()
    }

    /// In how many seconds.
    pub const fn seconds(self) -> u32 {
        self.seconds.get()
    }

    /// Microseconds after which one request comes back; at least one.
    pub(super) fn interval(self) -> u64 {
        (u64::from(self.seconds()) * 1_000_000 / u64::from(self.requests())).max(1)
    }

    /// Microseconds in which a spent quota is whole again.
    pub(super) fn window(self) -> u64 {
        self.interval() * u64::from(self.requests())
    }
}

/// The quotas in force; one that is off limits nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits([Option<Quota>; LimitName::ALL.len()]);

impl Limits {
    /// No limits at all: for tests of other things, and behind a gateway that limits.
    pub const fn off() -> Self {
        Self([None; LimitName::ALL.len()])
    }

    /// The quota under this name, if any.
    pub const fn get(&self, name: LimitName) -> Option<Quota> {
        self.0[name as usize]
    }

    /// Changes one quota.
    pub const fn set(&mut self, name: LimitName, quota: Option<Quota>) {
        self.0[name as usize] = quota;
    }
}

impl Default for Limits {
    /// What stands in `docs/limits.md`.
    fn default() -> Self {
        let mut limits = Self::off();
        for (name, requests, seconds) in [
            (LimitName::Key, 6_000, 60),
            (LimitName::Wallet, 300, 60),
            (LimitName::Workspace, 600, 60),
            (LimitName::Address, 600, 60),
            (LimitName::Password, 60, 300),
            (LimitName::SignIn, 20, 900),
            (LimitName::CodeMisses, 60, 60),
            // 40-bit codes, 100,000 of them live, 20 tries a second: a hit is expected after six days, and codes live ten minutes.
            (LimitName::CodeMissesOfAll, 100, 5),
        ] {
            limits.set(name, Quota::new(requests, seconds));
        }
        limits
    }
}

/// One quota as an operator writes it: `key=6000/60`, requests and seconds, or `key=off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSetting {
    /// Which limit.
    pub name: LimitName,
    /// What it becomes.
    pub quota: Option<Quota>,
}

/// A text that sets no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write NAME=REQUESTS/SECONDS or NAME=off, NAME being key, wallet, workspace, address, password, sign_in, code_misses or code_misses_of_all")]
pub struct InvalidLimit;

impl FromStr for LimitSetting {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').ok_or(InvalidLimit)?;
        let name = name.trim().parse().map_err(|_| InvalidLimit)?;
        if value.trim() == "off" {
            return Ok(Self { name, quota: None });
        }
        let (requests, seconds) = value.split_once('/').ok_or(InvalidLimit)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| InvalidLimit);
        let quota = Quota::new(number(requests)?, number(seconds)?).ok_or(InvalidLimit)?;
        Ok(Self { name, quota: Some(quota) })
    }
}

impl fmt::Display for LimitSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quota {
            Some(quota) => write!(formatter, "{}={}/{}", self.name, quota.requests(), quota.seconds()),
            None => write!(formatter, "{}=off", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_are_written() {
        for text in ["key=6000/60", "sign_in=off", "code_misses_of_all=100/5"] {
            assert_eq!(text.parse::<LimitSetting>().unwrap().to_string(), text);
        }
        for text in ["", "key", "key=", "key=10", "key=0/60", "key=10/0", "keys=10/60", "key=-1/60", "key=99999999999/60"] {
            assert!(text.parse::<LimitSetting>().is_err(), "{text}");
        }
    }
}
