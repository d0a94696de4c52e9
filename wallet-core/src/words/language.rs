//! Languages: the sentence a key stands for, and how a language writes dates, money and the time left.
//!
//! English is the default that the core makes itself. A further language is one table of sentences by key and one [`Language`] variant; what
//! a table lacks is shown in English rather than left out. A test holds each table to all keys there are.

use passid_api::claims::Slot;
use passid_api::claims::encoding::Currency;
use passid_api::predicate::{Operator, Predicate};
use passid_api::time::Timestamp;

use super::{Text, claims, french};

passid_api::text_enum! {
    /// A language the wallet speaks, by its ISO 639 code.
    pub enum Language as "language" {
        /// English.
        English = "en",
        /// French.
        French = "fr",
    }
}

/// A no-break space, as French sets between digits and before units (Imprimerie nationale; CLDR uses the narrow one, U+202F).
const NARROW_SPACE: char = '\u{202f}';
const ENGLISH_MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const FRENCH_MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

impl Language {
    /// The language of a locale such as `fr-CA` or `fr_FR.UTF-8`; English where the wallet does not speak it.
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        code.parse().unwrap_or(Self::English)
    }

    /// The sentence in this language.
    pub fn sentence(self, text: &Text) -> String {
        if self == Self::English {
            return text.english.clone();
        }
        let Some(template) = french::sentence(&text.key) else { return text.english.clone() };
        let mut sentence = template.to_owned();
        let predicate = predicate_of(text);
        for (name, value) in &text.parameters {
            let gap = format!("{{{name}}}");
            let said = match (name.as_str(), &predicate) {
                ("what", Some((predicate, _))) => french::subject(predicate.claim).to_owned(),
                ("bound", Some((predicate, currency))) => claims::bound(predicate, *currency, self),
                _ => value.clone(),
            };
            sentence = sentence.replace(&gap, &said);
        }
        sentence
    }

    /// A day, as this language writes it: `17 March 2026`, `17 mars 2026`, `1er avril 2026`. `offset_seconds` is the place's offset from UTC.
    pub fn date(self, at: Timestamp, offset_seconds: i32) -> String {
        let (year, month, day) = civil(at.seconds() + i64::from(offset_seconds));
        match self {
            Self::English => format!("{day} {} {year}", ENGLISH_MONTHS[month]),
            Self::French if day == 1 => format!("1er {} {year}", FRENCH_MONTHS[month]),
            Self::French => format!("{day} {} {year}", FRENCH_MONTHS[month]),
        }
    }

    /// The time left: `9 min 5 s`, or what says that it is over.
    pub fn countdown(self, seconds: i64) -> String {
        match (self, seconds) {
            (Self::English, ..=0) => "over".to_owned(),
            (Self::French, ..=0) => "terminé".to_owned(),
            (_, seconds @ 1..60) => format!("{seconds} s"),
            (_, seconds @ 60..3_600) => format!("{} min {} s", seconds / 60, seconds % 60),
            (_, seconds) => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        }
    }

    /// An amount in minor units: `£2,500.00`, `2 500,00 £`.
    pub fn money(self, minor: u64, currency: Option<Currency>) -> String {
        let whole_only = currency.is_some_and(|currency| claims::WITHOUT_MINOR_UNITS.contains(&currency.as_str()));
        let (whole, rest) = if whole_only { (minor, None) } else { (minor / 100, Some(minor % 100)) };
        let symbol = currency.map(Currency::symbol).unwrap_or_default();
        match self {
            Self::English => {
                let grouped = grouped(whole, ',');
                rest.map_or_else(|| format!("{symbol}{grouped}"), |rest| format!("{symbol}{grouped}.{rest:02}"))
            }
            Self::French => {
                let grouped = grouped(whole, NARROW_SPACE);
                let amount = rest.map_or_else(|| grouped.clone(), |rest| format!("{grouped},{rest:02}"));
                if symbol.is_empty() { amount } else { format!("{amount}\u{a0}{}", symbol.trim()) }
            }
        }
    }

    /// The sign before decimals.
    pub(super) const fn decimal_sign(self) -> char {
        match self {
            Self::English => '.',
            Self::French => ',',
        }
    }
}

/// The condition a sentence speaks of, from its parameters.
fn predicate_of(text: &Text) -> Option<(Predicate, Option<Currency>)> {
    let parameter = |name: &str| text.parameters.get(name);
    let claim: Slot = parameter("claim")?.parse().ok()?;
    let bound: u64 = parameter("number")?.parse().ok()?;
    let operator: Operator = parameter("operator")?.parse().ok()?;
    Some((Predicate { claim, operator, bound }, parameter("currency").and_then(|currency| currency.parse().ok())))
}

/// Digits in groups of three.
fn grouped(number: u64, sign: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(sign);
        }
        grouped.push(digit);
    }
    grouped
}

/// Year, month from zero, and day of a second since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn civil(seconds: i64) -> (i64, usize, i64) {
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = (shifted + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    (year, usize::try_from(month).unwrap_or_default(), day)
}

#[cfg(test)]
mod tests {
    use passid_api::permission::Permission;

    use super::*;
    use crate::consent::{Obstacle, Warning};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_written_as_the_language_does() {
        assert_eq!(Language::English.date(at("2026-03-17T14:02:11Z"), 0), "17 March 2026");
        assert_eq!(Language::French.date(at("2026-03-17T14:02:11Z"), 0), "17 mars 2026");
        assert_eq!(Language::French.date(at("2026-07-31T23:30:00Z"), 7_200), "1er août 2026");
        assert_eq!(Language::English.date(at("2024-02-29T00:00:00Z"), 0), "29 February 2024");
        assert_eq!(Language::English.date(at("2026-01-01T00:00:00Z"), -3_600), "31 December 2025");
        assert_eq!(Language::English.date(at("1970-01-01T00:00:00Z"), 0), "1 January 1970");
    }

    #[test]
    fn time_and_money() {
        assert_eq!(
            [600, 59, 3_599, 7_260, 0, -5].map(|seconds| Language::English.countdown(seconds)),
            ["10 min 0 s", "59 s", "59 min 59 s", "2 h 1 min", "over", "over"]
        );
        assert_eq!(Language::French.countdown(-1), "terminé");
        assert_eq!(Language::French.money(123_456_705, "EUR".parse().ok()), "1\u{202f}234\u{202f}567,05\u{a0}€");
        assert_eq!(Language::French.money(2_500, "XOF".parse().ok()), "2\u{202f}500\u{a0}XOF");
        assert_eq!(Language::English.money(250_000, "GBP".parse().ok()), "£2,500.00");
    }

    #[test]
    fn locales_name_languages() {
        for (locale, language) in [("fr-CA", Language::French), ("fr_FR.UTF-8", Language::French), ("FR", Language::French), ("en-GB", Language::English)] {
            assert_eq!(Language::of_locale(locale), language);
        }
        assert_eq!(Language::of_locale("tlh"), Language::English);
        assert_eq!(Language::of_locale(""), Language::English);
    }

    #[test]
    fn conditions_are_said_in_french_with_french_numbers() {
        let said = |claim, operator, bound| Language::French.sentence(&claims::predicate(&Predicate { claim, operator, bound }, "EUR".parse().ok()));
        assert_eq!(said(Slot::IncomeMonthly, Operator::AtLeast, 250_000), "Votre revenu mensuel est d’au moins 2\u{202f}500,00\u{a0}€");
        assert_eq!(said(Slot::PaymentReliability, Operator::AtLeast, 972_500), "La part de vos factures régulières payées à temps est d’au moins 97,25\u{a0}%");
        assert_eq!(said(Slot::FraudRisk, Operator::AtMost, 1), "Le niveau de signes de fraude est d’au plus moyen");
        assert_eq!(said(Slot::SanctionsScreeningClear, Operator::Equal, 1), "Vous ne figurez sur aucune liste de sanctions examinée\u{a0}: oui");
    }

    /// Every sentence of the wallet exists in every language.
    #[test]
    fn no_sentence_is_missing() {
        let mut texts: Vec<Text> = vec![claims::always_disclosed()];
        texts.extend(Permission::ALL.iter().map(|permission| claims::permission(*permission)));
        texts.extend(Warning::ALL.iter().map(|warning| warning.text()));
        texts.extend(Obstacle::ALL.iter().map(|obstacle| obstacle.text()));
        for operator in [Operator::AtLeast, Operator::AtMost, Operator::Equal, Operator::NotEqual] {
            for claim in [Slot::IdentityVerified, Slot::IncomeMonthly, Slot::AccountAgeMonths] {
                texts.extend([0, 1, 7].map(|bound| claims::predicate(&Predicate { claim, operator, bound }, None)));
            }
        }
        for text in texts {
            let french = french::sentence(&text.key);
            assert!(french.is_some_and(|french| !french.is_empty()), "{} is not said in French", text.key);
            let said = Language::French.sentence(&text);
            assert!(!said.contains(['{', '}']) && said != text.english, "{said}");
            assert_eq!(Language::English.sentence(&text), text.english);
        }
    }
}
