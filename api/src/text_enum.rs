//! Closed sets of words on the wire: one macro, so that every such enum parses, prints and serialises alike.

/// A word that does not belong to the set it was read for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a {kind}; use one of: {allowed}")]
pub struct UnknownWord {
    /// What was being read, for example `permission`.
    pub kind: &'static str,
    /// What was found, cut to 40 characters.
    pub value: String,
    /// The words that would have been accepted.
    pub allowed: String,
}

impl UnknownWord {
    /// Describes `value` as not being one of `allowed`.
    pub fn new(kind: &'static str, value: &str, allowed: &[&str]) -> Self {
        Self { kind, value: value.chars().take(40).collect(), allowed: allowed.join(", ") }
    }
}

/// Declares an enum whose variants are words on the wire.
///
/// Gives `ALL`, `as_str`, `Display`, `FromStr`, `Serialize` and `Deserialize`.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident as $kind:literal { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text_enum::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::text_enum::UnknownWord::new($kind, other, &[$($word),+])),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
