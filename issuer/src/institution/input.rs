//! What people type when they onboard or sign in, read into types that cannot be wrong and do not print.

use std::fmt;

use zeroize::Zeroizing;

use passid_api::problem::{FieldError, Problem, ProblemCode};

use crate::http::ApiError;

/// A workspace's name: 2 to 80 characters, no control characters, no blanks at its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceName(String);

/// An e-mail address in the form addresses are compared in: lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// A password of 12 to 128 characters.
pub struct Password(Zeroizing<String>);

/// Why a text was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Choose another name.
    #[error("a name has 2 to 80 characters, none of them a control character")]
    Name,
    /// Check the address.
    #[error("not an e-mail address such as name@example.com")]
    Email,
    /// Choose a longer or shorter one.
    #[error("a password has 12 to 128 characters")]
    PasswordLength,
    /// Choose one that is not the address or the name, and not one character over and over.
    #[error("the password is too easy to guess: it repeats one character, or is your address or the workspace's name")]
    PasswordGuessable,
}

impl InputError {
    const fn code(self) -> &'static str {
        match self {
            Self::Name | Self::Email => "invalid",
            Self::PasswordLength => "length",
            Self::PasswordGuessable => "guessable",
        }
    }
}

/// Reads fields one after another and reports all that are wrong, each with its JSON pointer.
#[derive(Default)]
pub(super) struct Fields(Vec<FieldError>);

impl Fields {
    pub(super) fn read<T>(&mut self, pointer: &str, value: Result<T, InputError>) -> Option<T> {
        value.map_err(|error| self.0.push(FieldError { pointer: pointer.to_owned(), code: error.code().to_owned(), message: error.to_string() })).ok()
    }

    /// The problem that names them all.
    pub(super) fn into_error(self) -> ApiError {
        let mut problem = Problem::new(ProblemCode::MalformedRequest, "Correct the fields listed in errors.");
        problem.errors = self.0;
        problem.into()
    }
}

impl WorkspaceName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InputError::Name`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let text = text.trim();
        let fits = (2..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(InputError::Name) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl EmailAddress {
    /// Reads an address as HTML's e-mail field does: one @, something on both sides, a dot in the domain. Whether it exists only a
    /// message to it can tell.
    ///
    /// # Errors
    /// [`InputError::Email`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(InputError::Email)?;
        let is_local = |text: &str| {
            let allowed = |character: char| character.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(character);
            (1..=64).contains(&text.len()) && text.chars().all(allowed)
        };
        let is_label = |label: &str| {
            let edges = !label.starts_with('-') && !label.ends_with('-');
            (1..=63).contains(&label.len()) && edges && label.chars().all(|character| character.is_alphanumeric() || character == '-')
        };
        let is_domain = domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label);
        if is_local(local) && is_domain { Ok(Self(text)) } else { Err(InputError::Email) }
    }

    /// The address, to look it up or store it; not for logs.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(redacted)")
    }
}

impl Password {
    /// Reads a password that is being chosen. Length counts, not kinds of characters (NIST SP 800-63B, section 3.1.1).
    ///
    /// # Errors
    /// [`InputError::PasswordLength`], [`InputError::PasswordGuessable`].
    pub fn choose(text: String, about: &[&str]) -> Result<Self, InputError> {
        let password = Self::given(text)?;
        let lowered = Zeroizing::new(password.0.to_lowercase());
        let repeats = lowered.chars().next().is_some_and(|first| lowered.chars().all(|character| character == first));
        let is_about = about.iter().any(|known| lowered.as_str() == known.to_lowercase());
        if repeats || is_about { Err(InputError::PasswordGuessable) } else { Ok(password) }
    }

    /// Reads a password that is being checked.
    ///
    /// # Errors
    /// [`InputError::PasswordLength`]: it cannot have been chosen.
    pub fn given(text: String) -> Result<Self, InputError> {
        let text = Zeroizing::new(text);
        if (12..=128).contains(&text.chars().count()) { Ok(Self(text)) } else { Err(InputError::PasswordLength) }
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_however_they_are_written() {
        assert_eq!(EmailAddress::parse(" Ada@Example.COM "), EmailAddress::parse("ada@example.com"));
        for text in ["ada+passid@mail.example.co.uk", "o'neill@example.ie", "ada@müller.de"] {
            assert!(EmailAddress::parse(text).is_ok(), "{text}");
        }
        for text in ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@-x.com", "ada@ex..com", "a@b@c.com ,", "ada@exa\nmple.com"] {
            assert_eq!(EmailAddress::parse(text), Err(InputError::Email), "{text:?}");
        }
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(WorkspaceName::parse("  Meridian Bank ").unwrap().as_str(), "Meridian Bank");
        for text in ["", " ", "x", &"x".repeat(81), "Meridian\u{0}Bank", "a\nb"] {
            assert_eq!(WorkspaceName::parse(text), Err(InputError::Name), "{text:?}");
        }
    }

    #[test]
    fn guessable_passwords_are_refused_and_none_prints() {
        let choose = |text: &str| Password::choose(text.to_owned(), &["ada@example.com", "Meridian Bank"]).map(|_| ());
        assert_eq!(choose("correct horse battery staple"), Ok(()));
        assert_eq!(choose("short"), Err(InputError::PasswordLength));
        assert_eq!(choose(&"x".repeat(129)), Err(InputError::PasswordLength));
        assert_eq!(choose("aaaaaaaaaaaaAAAA"), Err(InputError::PasswordGuessable));
        assert_eq!(choose("ADA@example.com"), Err(InputError::PasswordGuessable));
        let password = Password::given("correct horse battery staple".to_owned()).unwrap();
        let email = EmailAddress::parse("ada@example.com").unwrap();
        let printed = format!("{password:?} {email:?}");
        assert!(!printed.contains("horse") && !printed.contains("ada"));
    }
}
