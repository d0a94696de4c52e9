//! What the person sees: plain text, or one JSON document.

use std::io::{self, Write};

use passid_wallet_core::consent::{ClaimLine, ConsentReview, PredicateLine};
use passid_wallet_core::share::ShareProposal;
use passid_wallet_core::words::Language;
use serde::Serialize;

use crate::arguments::Arguments;
use crate::failure::Failure;

/// Where a command's answer goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) json: bool,
    pub(crate) language: Language,
}

impl Screen {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        Self { json: arguments.json, language: Language::of_locale(&arguments.language) }
    }

    /// Prints an answer: `text` for people, `value` for machines.
    pub(crate) fn answer<T: Serialize>(self, value: &T, text: &str) -> Result<(), Failure> {
        let mut output = io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut output, value).map_err(io::Error::from)?;
            writeln!(output)?;
        } else {
            writeln!(output, "{}", text.trim_end())?;
        }
        Ok(())
    }

    /// Prints something on the way, for people only.
    pub(crate) fn note(self, text: &str) -> Result<(), Failure> {
        if !self.json {
            writeln!(io::stdout().lock(), "{text}")?;
        }
        Ok(())
    }

    /// Prints a failure.
    pub(crate) fn failure(self, failure: &Failure) {
        // Where even that cannot be written, the exit code still says it.
        if self.json {
            let document = serde_json::json!({"ok": false, "code": failure.code(), "message": failure.to_string(), "advice": failure.advice()});
            let _ = writeln!(io::stdout().lock(), "{document:#}");
        } else {
            let mut output = io::stderr().lock();
            let _ = writeln!(output, "passid-wallet: {failure} ({})", failure.code());
            if let Some(advice) = failure.advice() {
                let _ = writeln!(output, "{advice}");
            }
        }
    }
}

/// The consent screen.
pub(crate) fn review(review: &ConsentReview, language: Language) -> String {
    let verifier = &review.verifier;
    let mut text = vec![format!("{} asks you to share:", verifier.display_name.as_deref().unwrap_or(&verifier.name))];
    if verifier.display_name.is_some() {
        text.push(format!("  (registered as {})", verifier.name));
    }
    text.extend(lines(&review.claims, &review.predicates, language));
    text.push(String::new());
    text.push(format!("It can be used once. Time left: {}.", language.countdown(review.seconds_left)));
    text.extend(review.warnings.iter().map(|warning| format!("! {}", language.sentence(&warning.text()))));
    text.extend(review.obstacle.map(|obstacle| format!("x {}", language.sentence(&obstacle.text()))));
    text.join("\n")
}

/// What a share would disclose.
pub(crate) fn proposal(proposal: &ShareProposal, language: Language) -> String {
    let whom = proposal.audience.map_or_else(|| "whoever you give the code to".to_owned(), |id| format!("{id} alone"));
    let mut text = vec![format!("You offer to {whom}, once, for {} seconds:", proposal.lifetime_seconds)];
    text.extend(lines(&proposal.claims, &proposal.predicates, language));
    text.join("\n")
}

fn lines(claims: &[ClaimLine], predicates: &[PredicateLine], language: Language) -> Vec<String> {
    let mut text = Vec::new();
    for claim in claims {
        text.push(format!("  - {}", language.sentence(&claim.text)));
        text.extend(claim.values.iter().map(|(name, value)| format!("      {name}: {value}")));
    }
    if !predicates.is_empty() {
        text.push("And to prove, without disclosing the number:".to_owned());
    }
    for predicate in predicates {
        let met = match predicate.met {
            Some(true) => "",
            Some(false) => "  (you do not meet this)",
            None => "  (not known yet)",
        };
        text.push(format!("  - {}{met}", language.sentence(&predicate.text)));
    }
    text
}
