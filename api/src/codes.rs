//! Codes people read aloud and type: 32 symbols without look-alikes (no 0, O, 1, I).

use std::fmt;
use std::str::FromStr;

use rand::RngExt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The 32 symbols; each carries five bits.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A text that is not a code of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid code; expected the form {0}")]
pub struct InvalidCode(pub &'static str);

/// Upper-cases, drops the separators people type or a document editor inserts, and checks every symbol.
fn normalise<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let mut symbols = [0_u8; LENGTH];
    let mut count = 0;
    for character in text.chars().take(4 * LENGTH + 16) {
        // Space, no-break space, hyphen and its typographic relatives.
        if character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '_') {
            continue;
        }
        let symbol = u8::try_from(character.to_ascii_uppercase()).ok().filter(|byte| ALPHABET.contains(byte))?;
        *symbols.get_mut(count)? = symbol;
        count += 1;
    }
    (count == LENGTH && text.chars().count() <= 4 * LENGTH + 16).then_some(symbols)
}

fn generate<const LENGTH: usize>(random: &mut dyn rand::CryptoRng) -> [u8; LENGTH] {
    std::array::from_fn(|_| ALPHABET[usize::from(random.random::<u8>() & 31)])
}

fn grouped(symbols: &[u8]) -> String {
    let groups: Vec<String> = symbols.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join("-")
}

macro_rules! code {
    ($($(#[doc = $doc:literal])* $name:ident($length:literal, $prefix:literal, $form:literal);)+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// The shape shown to people.
            pub const FORM: &'static str = $form;

            /// A fresh random code, five bits a symbol.
            pub fn generate(random: &mut dyn rand::CryptoRng) -> Self {
                Self(generate(random))
            }

            /// The symbols without prefix or dashes: what look-ups are keyed on.
            pub fn symbols(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}{}", $prefix, grouped(&self.0))
            }
        }

        /// Codes open something: they are shown on purpose (`Display`), never by accident.
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let trimmed = text.trim();
                let body = if $prefix.is_empty() {
                    trimmed
                } else {
                    let word = $prefix.trim_end_matches('-');
                    match trimmed.get(..word.len()) {
                        Some(head) if head.eq_ignore_ascii_case(word) => &trimmed[word.len()..],
                        _ => return Err(InvalidCode($form)),
                    }
                };
                normalise(body).map(Self).ok_or(InvalidCode($form))
            }
        }

        #[cfg(feature = "json-schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            /// As it is printed; what is read may be written more freely.
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let groups = vec!["[2-9A-HJ-NP-Z]{4}"; $length / 4].join("-");
                crate::schema::pattern(&[$($doc),*], &format!("^{}{groups}$", $prefix), $form)
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

code! {
    /// Eight symbols, 40 bits, that name a pending session for as long as it lives.
    SessionCode(8, "", "AB3X-7YQM");
    /// Twelve symbols, 60 bits, that redeem a share; spoken or typed.
    ShareCode(12, "", "KE8V-3TXY-Z72L");
    /// Sixteen symbols, 80 bits, that redeem a share; copied.
    ShareToken(16, "PASSID-", "PASSID-AB3X-7YQM-K9PQ-3MNX");
}

/// What an institution may submit to the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedeemableToken {
    /// The spoken form.
    Code(ShareCode),
    /// The copied form.
    Token(ShareToken),
}

impl FromStr for RedeemableToken {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Token).or_else(|_| text.parse().map(Self::Code)).map_err(|_| InvalidCode("KE8V-3TXY-Z72L or PASSID-AB3X-7YQM-K9PQ-3MNX"))
    }
}

impl fmt::Display for RedeemableToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.fmt(formatter),
            Self::Token(token) => token.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn the_documented_examples_are_codes() {
        for text in ["KE8V-3TXY-Z72L", "NG4M-XQRS-T88W", "GH2P-ABCD-56KL"] {
            assert_eq!(text.parse::<ShareCode>().unwrap().to_string(), text);
        }
        assert_eq!("AB3X7YQM".parse::<SessionCode>().unwrap().to_string(), "AB3X-7YQM");
        assert!(matches!("PASSID-AB3X-7YQM-K9PQ-3MNX".parse(), Ok(RedeemableToken::Token(_))));
    }

    #[test]
    fn spaces_case_and_dashes_do_not_matter() {
        let expected: ShareToken = "PASSID-AB3X-7YQM-K9PQ-3MNX".parse().unwrap();
        for text in ["passid ab3x7yqmk9pq3mnx", " Passid\u{2013}AB3X\u{2014}7YQM K9PQ_3MNX ", "PASSIDAB3X7YQMK9PQ3MNX"] {
            assert_eq!(text.parse::<ShareToken>().unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn refuses_look_alikes_and_wrong_lengths() {
        for text in ["", "AB3X-7YQ", "AB3X-7YQM2", "AB0X-7YQM", "ABIX-7YQM", "AB3X-7YQ\u{c9}", &"-".repeat(10_000)] {
            assert!(text.parse::<SessionCode>().is_err(), "{text}");
        }
        assert!("PASSI\u{d0}-AB3X-7YQM-K9PQ-3MNX".parse::<ShareToken>().is_err());
    }

    #[test]
    fn generated_codes_read_back_and_do_not_print_by_accident() {
        let mut random = rand::rngs::StdRng::seed_from_u64(1);
        let code = ShareCode::generate(&mut random);
        assert_eq!(code.to_string().parse::<ShareCode>().unwrap(), code);
        assert!(!format!("{code:?}").contains(&code.to_string()[..4]));
    }
}
