//! What the person sees: plain text, or one JSON document.

use std::io::{self, Write};

use passid_wallet_core::consent::{ClaimLine, ConsentReview, PredicateLine};
use passid_wallet_core::share::ShareProposal;
use serde::Serialize;

use crate::failure::Failure;

/// Where a command's answer goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) json: bool,
}

impl Screen {
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
pub(crate) fn review(review: &ConsentReview) -> String {
    let verifier = &review.verifier;
    let mut text = format!("{} asks you to share:\n", verifier.display_name.as_deref().unwrap_or(&verifier.name));
    if verifier.display_name.is_some() {
        text.push_str(&format!("  (registered as {})\n", verifier.name));
    }
    lines(&mut text, &review.claims, &review.predicates);
    let minutes = review.seconds_left / 60;
    text.push_str(&format!("\nIt can be used once. Time left: {minutes}:{:02}.\n", review.seconds_left % 60));
    for warning in &review.warnings {
        text.push_str(&format!("! {}\n", warning.text()));
    }
    if let Some(obstacle) = review.obstacle {
        text.push_str(&format!("x {}\n", obstacle.text()));
    }
    text
}

/// What a share would disclose.
pub(crate) fn proposal(proposal: &ShareProposal) -> String {
    let whom = proposal.audience.map_or_else(|| "whoever you give the code to".to_owned(), |id| format!("{id} alone"));
    let mut text = format!("You offer to {whom}, once, for {} seconds:\n", proposal.lifetime_seconds);
    lines(&mut text, &proposal.claims, &proposal.predicates);
    text
}

fn lines(text: &mut String, claims: &[ClaimLine], predicates: &[PredicateLine]) {
    for claim in claims {
        text.push_str(&format!("  - {}\n", claim.text));
        for (name, value) in &claim.values {
            text.push_str(&format!("      {name}: {value}\n"));
        }
    }
    if !predicates.is_empty() {
        text.push_str("And to prove, without disclosing the number:\n");
        for predicate in predicates {
            let met = match predicate.met {
                Some(true) => "",
                Some(false) => "  (you do not meet this)",
                None => "  (not known yet)",
            };
            text.push_str(&format!("  - {}{met}\n", predicate.text));
        }
    }
}
