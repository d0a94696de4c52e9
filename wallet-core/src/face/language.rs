//! Sentences, days, amounts and countdowns in the person's language.

use passid_api::time::Timestamp;

use super::failure::WalletFailure;
use super::records::TextRecord;
use crate::words::{Language, Text};

/// A language the wallet speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum WalletLanguage {
    /// English.
    English,
    /// French.
    French,
}

impl From<WalletLanguage> for Language {
    fn from(language: WalletLanguage) -> Self {
        match language {
            WalletLanguage::English => Self::English,
            WalletLanguage::French => Self::French,
        }
    }
}

/// The language of a locale such as `fr-CA`; English where the wallet does not speak it.
#[uniffi::export]
#[expect(clippy::needless_pass_by_value, reason = "foreign calls hand over what they pass")]
pub fn language_of_locale(locale: String) -> WalletLanguage {
    match Language::of_locale(&locale) {
        Language::English => WalletLanguage::English,
        Language::French => WalletLanguage::French,
    }
}

/// A sentence in a language.
#[uniffi::export]
pub fn say(text: TextRecord, language: WalletLanguage) -> String {
    let text = Text { key: text.key, parameters: text.parameters.into_iter().collect(), english: text.english };
    Language::from(language).sentence(&text)
}

/// The day of `seconds` since 1970, in a place `offset_seconds` from UTC.
///
/// # Errors
/// [`WalletFailure::Input`] for a time no calendar of the wallet holds.
#[uniffi::export]
pub fn format_date(seconds: i64, offset_seconds: i32, language: WalletLanguage) -> Result<String, WalletFailure> {
    let at = Timestamp::from_seconds(seconds).map_err(|_| WalletFailure::input("time"))?;
    Ok(Language::from(language).date(at, offset_seconds))
}

/// The time left, or what says that it is over.
#[uniffi::export]
pub fn format_countdown(seconds: i64, language: WalletLanguage) -> String {
    Language::from(language).countdown(seconds)
}

/// An amount in minor units of a currency such as `EUR`.
///
/// # Errors
/// [`WalletFailure::Input`] when the currency is not three letters.
#[uniffi::export]
#[expect(clippy::needless_pass_by_value, reason = "foreign calls hand over what they pass")]
pub fn format_money(minor: u64, currency: String, language: WalletLanguage) -> Result<String, WalletFailure> {
    let currency = currency.parse().map_err(|_| WalletFailure::input("currency"))?;
    Ok(Language::from(language).money(minor, Some(currency)))
}
