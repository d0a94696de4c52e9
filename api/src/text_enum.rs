//! Closed sets of words on the wire: one macro, so that every such enum parses, prints and serialises alike.

/// A word that does not belong to the set it was read for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {} {kind}; use one of: {allowed}", article(kind))]
pub struct UnknownWord {
    /// What was being read, for example `permission`.
    pub kind: &'static str,
    /// What was found, cut to 40 characters.
    pub value: String,
    /// The words that would have been accepted.
    pub allowed: String,
}

/// `an` before a vowel: no kind begins with a vowel that is spoken as a consonant.
fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

impl UnknownWord {
    /// Describes `value` as not being one of `allowed`.
    pub fn new(kind: &'static str, value: &str, allowed: &[&str]) -> Self {
        Self { kind, value: value.chars().take(40).collect(), allowed: allowed.join(", ") }
    }
}

/// The JSON Schema of such an enum: part of [`text_enum!`](crate::text_enum), which takes it from the comments.
#[cfg(feature = "json-schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum_schema {
    ($name:ident [$($doc:literal),*] $($word:literal [$($vdoc:literal),*])+) => {
        impl $crate::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::schema::words(&[$($doc),*], &[$(($word, &[$($vdoc),*])),+])
            }
        }
    };
}

/// No JSON Schema is built.
#[cfg(not(feature = "json-schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum_schema {
    ($($anything:tt)*) => {};
}

/// Declares an enum whose variants are words on the wire.
///
/// Gives `ALL`, `as_str`, `Display`, `FromStr`, `Serialize`, `Deserialize` and, where they are built, the JSON Schema.
#[macro_export]
macro_rules! text_enum {
    ($(#[doc = $doc:literal])* $vis:vis enum $name:ident as $kind:literal { $($(#[doc = $vdoc:literal])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[doc = $vdoc])* $variant),+ }

        $crate::text_enum_schema! { $name [$($doc),*] $($word [$($vdoc),*])+ }

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
