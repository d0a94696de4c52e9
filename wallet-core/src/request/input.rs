//! What a person scans, taps or types to answer an institution: one strict reader for all three.

use std::fmt;
use std::str::FromStr;

use passid_api::codes::SessionCode;
use passid_api::ids::{InstitutionId, SessionId};

use super::RequestError;

/// Longer texts are refused unread.
const MAX_BYTES: usize = 2_048;
/// The one scheme, host and form of a request link.
const LINK_START: &str = "passid://verify-request?";

/// A link (tapped, or read from a QR image) or a code (typed).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RequestInput {
    /// A deep link.
    Link {
        /// Which request.
        session: SessionId,
        /// Who asks, according to the link; the issuer's answer must agree.
        institution: InstitutionId,
    },
    /// An eight-character code.
    Code(SessionCode),
}

impl FromStr for RequestInput {
    type Err = RequestError;

    /// Reads a link or a code. Of a link: exactly this scheme and host, each parameter once, no unknown one, no escapes, no fragment.
    fn from_str(text: &str) -> Result<Self, RequestError> {
        if text.len() > MAX_BYTES {
            return Err(RequestError::Malformed);
        }
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        match text.strip_prefix(LINK_START) {
            Some(query) => link(query),
            None => text.parse().map(Self::Code).map_err(|_| RequestError::Malformed),
        }
    }
}

fn link(query: &str) -> Result<RequestInput, RequestError> {
    let (mut session, mut institution) = (None, None);
    for pair in query.split('&') {
        // The identifiers' own readers take one spelling only: no escape, no other case.
        match pair.split_once('=') {
            Some(("r", value)) if session.is_none() => session = Some(value.parse().map_err(|_| RequestError::Malformed)?),
            Some(("i", value)) if institution.is_none() => institution = Some(value.parse().map_err(|_| RequestError::Malformed)?),
            _ => return Err(RequestError::Malformed),
        }
    }
    match (session, institution) {
        (Some(session), Some(institution)) => Ok(RequestInput::Link { session, institution }),
        _ => Err(RequestError::Malformed),
    }
}

/// A code opens a request: it does not print.
impl fmt::Debug for RequestInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { session, institution } => write!(formatter, "Link({session}, {institution})"),
            Self::Code(_) => formatter.write_str("Code(redacted)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SESSION: &str = "req_01hzk3vw0kg9m2x4p6r8t0v2w5";
    const INSTITUTION: &str = "ins_01hzk3vw0kg9m2x4p6r8t0v2w4";

    #[test]
    fn the_documented_link_and_code_are_read() {
        let expected = RequestInput::Link { session: SESSION.parse().unwrap(), institution: INSTITUTION.parse().unwrap() };
        let link = passid_api::session::deep_link(SESSION.parse().unwrap(), INSTITUTION.parse().unwrap());
        assert_eq!(link.parse(), Ok(expected));
        assert_eq!(format!("passid://verify-request?i={INSTITUTION}&r={SESSION}\n").parse(), Ok(expected));
        assert_eq!(" ab3x 7yqm ".parse(), Ok(RequestInput::Code("AB3X-7YQM".parse().unwrap())));
    }

    #[test]
    fn everything_else_is_refused() {
        let (r, i) = (format!("r={SESSION}"), format!("i={INSTITUTION}"));
        let good = format!("passid://verify-request?{r}&{i}");
        let refused = [
            String::new(),
            "passid://verify-request".to_owned(),
            "passid://verify-request?".to_owned(),
            format!("passid://verify-request?{r}"),
            format!("passid://verify-request?{i}"),
            format!("passid://verify-request?{r}&{i}&{r}"),
            format!("passid://verify-request?{r}&{i}&x=1"),
            format!("passid://verify-request?{r}&{i}&"),
            format!("passid://verify-request?&{r}&{i}"),
            format!("passid://verify-request?{r}&{i}#x"),
            format!("passid://verify-request/?{r}&{i}"),
            format!("passid://verify-request:1?{r}&{i}"),
            format!("passid://user@verify-request?{r}&{i}"),
            format!("PASSID://verify-request?{r}&{i}"),
            format!("passid://verify-request.evil.example?{r}&{i}"),
            format!("passid:verify-request?{r}&{i}"),
            format!("https://verify-request?{r}&{i}"),
            good.replace("req_", "req%5f"),
            good.replace("r=", "R="),
            good.to_uppercase(),
            format!("passid://verify-request?r={INSTITUTION}&i={SESSION}"),
            format!("{good}{}", " ".repeat(MAX_BYTES)),
            format!("passid://verify-request?{r}&{i}\u{202e}"),
        ];
        for text in refused {
            assert_eq!(text.parse::<RequestInput>(), Err(RequestError::Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text in "\\PC{0,300}") {
            let _ = text.parse::<RequestInput>();
            let _ = format!("passid://verify-request?{text}").parse::<RequestInput>();
        }

        #[test]
        fn one_changed_character_never_gives_the_same_link(place in 0_usize..90, character in proptest::char::range(' ', '~')) {
            let link = format!("passid://verify-request?r={SESSION}&i={INSTITUTION}");
            let mut changed = link.clone().into_bytes();
            let place = place % changed.len();
            changed[place] = u8::try_from(u32::from(character)).unwrap();
            let changed = String::from_utf8(changed).unwrap();
            prop_assume!(changed != link);
            prop_assert_ne!(changed.parse::<RequestInput>().ok(), link.parse::<RequestInput>().ok());
        }
    }
}
