//! How values that are not plain numbers become integers below 2^48, and back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that does not fit its claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not fit its claim")]
pub struct OutOfRange(pub &'static str);

/// A monthly income between two bounds, whole units of the credential currency; `lower ≤ upper < 2^24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomeBand {
    lower: u32,
    upper: u32,
}

impl IncomeBand {
    /// A band from `lower` to `upper`.
    ///
    /// # Errors
    /// [`OutOfRange`] when the bounds are reversed or 2^24 and more.
    pub fn new(lower: u32, upper: u32) -> Result<Self, OutOfRange> {
        if lower <= upper && upper < 1 << 24 { Ok(Self { lower, upper }) } else { Err(OutOfRange("income band")) }
    }

    /// Lower bound, whole units.
    pub const fn lower(self) -> u32 {
        self.lower
    }

    /// Upper bound, whole units.
    pub const fn upper(self) -> u32 {
        self.upper
    }

    /// `lower · 2^24 + upper`.
    pub const fn encode(self) -> u64 {
        ((self.lower as u64) << 24) | self.upper as u64
    }

    /// Reads [`IncomeBand::encode`]'s form.
    ///
    /// # Errors
    /// [`OutOfRange`] for any other integer.
    pub fn decode(value: u64) -> Result<Self, OutOfRange> {
        let lower = u32::try_from(value >> 24).map_err(|_| OutOfRange("income band"))?;
        Self::new(lower, (value & 0xff_ffff) as u32)
    }

    /// For people: `£3,000–4,000/mo`.
    pub fn display(self, currency: Currency) -> String {
        format!("{}{}–{}/mo", currency.symbol(), thousands(self.lower), thousands(self.upper))
    }
}

/// Digits in groups of three.
fn thousands(value: u32) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Letters of five bits, first letter highest; A is 1, so that an empty slot is no letter.
fn pack_letters(letters: &[u8]) -> u64 {
    letters.iter().fold(0, |packed, letter| (packed << 5) | u64::from(letter - b'A' + 1))
}

fn unpack_letters<const COUNT: usize>(mut packed: u64) -> Option<[u8; COUNT]> {
    let mut letters = [0_u8; COUNT];
    for letter in letters.iter_mut().rev() {
        let code = (packed & 31) as u8;
        if !(1..=26).contains(&code) {
            return None;
        }
        *letter = b'A' + code - 1;
        packed >>= 5;
    }
    (packed == 0).then_some(letters)
}

macro_rules! letter_code {
    ($($(#[$meta:meta])* $name:ident[$length:literal] = $what:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $length]);

        impl $name {
            /// The code's letters.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = OutOfRange;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match <[u8; $length]>::try_from(text.as_bytes()) {
                    Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
                    _ => Err(OutOfRange($what)),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
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

letter_code! {
    /// ISO 3166-1 alpha-2, or `EU`.
    Country[2] = "a two-letter country code";
    /// ISO 4217.
    Currency[3] = "a three-letter currency code";
}

impl Currency {
    /// The sign people write before an amount, or the code and a space.
    pub fn symbol(self) -> String {
        match self.as_str() {
            "GBP" => "£".to_owned(),
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "NGN" => "₦".to_owned(),
            "GHS" => "GH₵".to_owned(),
            "KES" => "KSh ".to_owned(),
            code => format!("{code} "),
        }
    }
}

/// Where the holder's money is and where it is to count, with the currency of the amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corridor {
    /// Country of the linked accounts.
    pub origin: Country,
    /// Country of the institutions the holder turns to.
    pub destination: Country,
    /// Currency of every amount in the credential.
    pub currency: Currency,
}

impl Corridor {
    /// Seven letters of five bits: origin, destination, currency.
    pub fn encode(self) -> u64 {
        (pack_letters(&self.origin.0) << 25) | (pack_letters(&self.destination.0) << 15) | pack_letters(&self.currency.0)
    }

    /// Reads [`Corridor::encode`]'s form.
    ///
    /// # Errors
    /// [`OutOfRange`] when it is not seven letters.
    pub fn decode(value: u64) -> Result<Self, OutOfRange> {
        let letters = unpack_letters::<7>(value).ok_or(OutOfRange("corridor"))?;
        Ok(Self {
            origin: Country([letters[0], letters[1]]),
            destination: Country([letters[2], letters[3]]),
            currency: Currency([letters[4], letters[5], letters[6]]),
        })
    }
}

crate::text_enum! {
    /// The score's band: A from 780, B from 700, C from 620, D below.
    pub enum Tier as "tier" {
        /// 780 and more.
        A = "A",
        /// 700 to 779.
        B = "B",
        /// 620 to 699.
        C = "C",
        /// Below 620.
        D = "D",
    }
}

impl Tier {
    /// The tier of a score.
    pub const fn of_score(score: u16) -> Self {
        match score {
            780.. => Self::A,
            700..=779 => Self::B,
            620..=699 => Self::C,
            _ => Self::D,
        }
    }
}

/// What stands around the score: its range, tier, confidence and the modelled probability of stability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StabilityDetail {
    /// Lower end of the interval, 300 to 900.
    pub low: u16,
    /// Upper end of the interval, 300 to 900.
    pub high: u16,
    /// The score's band.
    pub tier: Tier,
    /// Percent, 0 to 100.
    pub confidence: u8,
    /// Ten-thousandths, 0 to 10,000.
    pub stable_probability: u16,
}

impl StabilityDetail {
    /// `low + high·2^10 + tier·2^20 + confidence·2^22 + probability·2^29`.
    ///
    /// # Errors
    /// [`OutOfRange`] when a field exceeds its range.
    pub fn encode(self) -> Result<u64, OutOfRange> {
        let in_range = |score: u16| (300..=900).contains(&score);
        if !in_range(self.low) || !in_range(self.high) || self.low > self.high || self.confidence > 100 || self.stable_probability > 10_000 {
            return Err(OutOfRange("stability detail"));
        }
        Ok(u64::from(self.low)
            | (u64::from(self.high) << 10)
            | ((self.tier as u64) << 20)
            | (u64::from(self.confidence) << 22)
            | (u64::from(self.stable_probability) << 29))
    }

    /// Reads [`StabilityDetail::encode`]'s form.
    ///
    /// # Errors
    /// [`OutOfRange`] when a field exceeds its range.
    pub fn decode(value: u64) -> Result<Self, OutOfRange> {
        let field = |shift: u32, bits: u32| u16::try_from((value >> shift) & ((1 << bits) - 1)).unwrap_or(u16::MAX);
        let tier = *Tier::ALL.get(usize::from(field(20, 2))).ok_or(OutOfRange("stability detail"))?;
        let confidence = u8::try_from(field(22, 7)).unwrap_or(u8::MAX);
        let detail = Self { low: field(0, 10), high: field(10, 10), tier, confidence, stable_probability: field(29, 14) };
        if value >> 43 != 0 || detail.encode()? != value { Err(OutOfRange("stability detail")) } else { Ok(detail) }
    }
}

/// How much data the claims rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceWindow {
    /// Days between the first and the last transaction considered.
    pub days: u16,
    /// Accounts considered.
    pub accounts: u8,
}

impl SourceWindow {
    /// `days + accounts·2^16`.
    pub const fn encode(self) -> u64 {
        self.days as u64 | ((self.accounts as u64) << 16)
    }

    /// Reads [`SourceWindow::encode`]'s form.
    ///
    /// # Errors
    /// [`OutOfRange`] when it has more than 24 bits.
    pub fn decode(value: u64) -> Result<Self, OutOfRange> {
        let accounts = u8::try_from(value >> 16).map_err(|_| OutOfRange("data window"))?;
        Ok(Self { days: (value & 0xffff) as u16, accounts })
    }
}

crate::text_enum! {
    /// The level of fraud signals.
    pub enum FraudRisk as "fraud risk" {
        /// No signal worth a second look.
        Low = "low",
        /// Worth a review.
        Medium = "medium",
        /// Strong signals.
        High = "high",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_band_prints_as_documented() {
        let band = IncomeBand::new(3_000, 4_000).unwrap();
        assert_eq!(band.display("USD".parse().unwrap()), "$3,000–4,000/mo");
        assert_eq!(IncomeBand::new(0, 999).unwrap().display("CZK".parse().unwrap()), "CZK 0–999/mo");
        assert!(IncomeBand::new(2, 1).is_err() && IncomeBand::new(0, 1 << 24).is_err());
    }

    #[test]
    fn corridor_bits_are_frozen() {
        let corridor = Corridor { origin: "KE".parse().unwrap(), destination: "GB".parse().unwrap(), currency: "GBP".parse().unwrap() };
        assert_eq!(corridor.encode(), 0b01011_00101_00111_00010_00111_00010_10000);
        assert_eq!(Corridor::decode(corridor.encode()), Ok(corridor));
        assert!(Corridor::decode(0).is_err() && Corridor::decode(u64::MAX).is_err());
    }

    #[test]
    fn tiers_begin_where_documented() {
        assert_eq!([812, 780, 779, 743, 700, 699, 671, 620, 619].map(Tier::of_score).map(Tier::as_str), ["A", "A", "B", "B", "B", "C", "C", "C", "D"]);
    }

    proptest! {
        #[test]
        fn whatever_decodes_encodes_back(value in 0_u64..1 << 50) {
            if let Ok(detail) = StabilityDetail::decode(value) { prop_assert_eq!(detail.encode(), Ok(value)); }
            if let Ok(band) = IncomeBand::decode(value) { prop_assert_eq!(band.encode(), value); }
            if let Ok(window) = SourceWindow::decode(value) { prop_assert_eq!(window.encode(), value); }
            if let Ok(corridor) = Corridor::decode(value) { prop_assert_eq!(corridor.encode(), value); }
        }

        #[test]
        fn details_round_trip(low in 300_u16..=900, span in 0_u16..=600, tier in 0_usize..4, confidence in 0_u8..=100, probability in 0_u16..=10_000) {
            let detail = StabilityDetail { low, high: (low + span).min(900), tier: Tier::ALL[tier], confidence, stable_probability: probability };
            let encoded = detail.encode().unwrap();
            prop_assert!(encoded < crate::claims::CLAIM_LIMIT);
            prop_assert_eq!(StabilityDetail::decode(encoded), Ok(detail));
        }
    }
}
