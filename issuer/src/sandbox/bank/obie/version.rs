//! The versions of the read-write API the bank speaks, and the words that differ between them.
//!
//! 4.0.0 replaced the words of 3.1.11 by ISO 20022 codes, added purpose codes to transactions and gave consents a state for being over;
//! both have the same resources in the same shapes.

use serde_json::{Value, json};

use crate::bank::data::AccountKind;
use crate::bank::obie::codes;
use crate::sandbox::bank::consent::ConsentStatus;

/// A version, served below its own path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiVersion {
    /// 3.1.11.
    V3,
    /// 4.0.0.
    V4,
}

impl ApiVersion {
    /// Every version served.
    pub const ALL: [Self; 2] = [Self::V3, Self::V4];

    /// Where its resources are below the bank's address.
    pub const fn base(self) -> &'static str {
        match self {
            Self::V3 => "/open-banking/v3.1/aisp",
            Self::V4 => "/open-banking/v4.0/aisp",
        }
    }

    /// `Data.Status` of a consent. 3.1 has no word for one that time has ended: it keeps the last, and readers look at the end's date.
    pub(super) const fn consent_status(self, now: ConsentStatus, last: ConsentStatus) -> &'static str {
        let status = match (self, now) {
            (Self::V3, ConsentStatus::Expd) => last,
            _ => now,
        };
        match (self, status) {
            (Self::V4, ConsentStatus::Awau) => "AWAU",
            (Self::V4, ConsentStatus::Rjct) => "RJCT",
            (Self::V4, ConsentStatus::Auth) => "AUTH",
            (Self::V4, ConsentStatus::Canc) => "CANC",
            (Self::V4, ConsentStatus::Expd) => "EXPD",
            (Self::V3, ConsentStatus::Awau) => "AwaitingAuthorisation",
            (Self::V3, ConsentStatus::Rjct) => "Rejected",
            (Self::V3, ConsentStatus::Auth | ConsentStatus::Expd) => "Authorised",
            (Self::V3, ConsentStatus::Canc) => "Revoked",
        }
    }

    /// Whose account it is and what for: the fields and what they say.
    pub(super) const fn account_type(self, kind: AccountKind) -> [(&'static str, &'static str); 2] {
        let savings = matches!(kind, AccountKind::Savings);
        match self {
            Self::V3 => [("AccountType", "Personal"), ("AccountSubType", if savings { "Savings" } else { "CurrentAccount" })],
            Self::V4 => [("AccountCategory", "Personal"), ("AccountTypeCode", if savings { "SVGS" } else { "CACC" })],
        }
    }

    /// A code of 4.0.0 as this version says it.
    pub(super) const fn said(self, code: Code) -> &'static str {
        match (self, code) {
            (Self::V3, Code::ClosingBooked) => "ClosingBooked",
            (Self::V4, Code::ClosingBooked) => "CLBD",
            (Self::V3, Code::ClosingAvailable) => "ClosingAvailable",
            (Self::V4, Code::ClosingAvailable) => "CLAV",
            (Self::V3, Code::InterimBooked) => "InterimBooked",
            (Self::V4, Code::InterimBooked) => "ITBD",
            (Self::V3, Code::Booked) => "Booked",
            (Self::V4, Code::Booked) => "BOOK",
            (Self::V3, Code::Pending) => "Pending",
            (Self::V4, Code::Pending) => "PDNG",
            (Self::V3, Code::Home) => "Residential",
            (Self::V4, Code::Home) => "HOME",
        }
    }

    /// A bank transaction code: ISO 20022's own, or the name it has there.
    pub(super) fn bank_transaction_code(self, (family, sub_family): (&'static str, &'static str)) -> Value {
        let said = |code| if self == Self::V4 { code } else { codes::name(code) };
        json!({"Code": said(family), "SubCode": said(sub_family)})
    }

    /// Whether transactions carry purpose codes.
    pub(super) const fn has_purposes(self) -> bool {
        matches!(self, Self::V4)
    }
}

/// What both versions can say, each in its own way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Code {
    ClosingBooked,
    ClosingAvailable,
    InterimBooked,
    Booked,
    Pending,
    Home,
}
