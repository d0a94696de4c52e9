//! What the demo tells: a story for people as it happens, or one JSON document at the end.

use std::io::{self, Write};
use std::time::Instant;

use passid_api::verify::VerifyResponse;
use qrcode::QrCode;
use qrcode::render::unicode;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// One step and how long it took.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    name: String,
    ms: u64,
}

/// The proof's figures.
#[derive(Debug, Default, Serialize)]
pub(super) struct ProofFigures {
    #[serde(rename = "type")]
    pub(super) proof_type: String,
    pub(super) constraints: usize,
    pub(super) public_signals: usize,
    pub(super) prove_ms: f64,
    pub(super) verify_ms: f64,
}

/// What became of the webhook.
#[derive(Debug, Default, Serialize)]
pub(super) struct WebhookFigures {
    pub(super) delivered: bool,
    pub(super) signature_valid: bool,
}

/// A refusal and the word an institution gets for it.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    pub(super) case: &'static str,
    pub(super) reason_code: String,
}

/// The whole of a run.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    steps: Vec<Step>,
    pub(super) claims: Map<String, Value>,
    pub(super) proof: ProofFigures,
    pub(super) webhook: WebhookFigures,
    pub(super) refusals: Vec<Refusal>,
    ok: bool,
}

/// Collects the run, and tells it unless one JSON document was asked for.
pub(super) struct Report {
    quiet: bool,
    started: Instant,
    pub(super) summary: Summary,
}

impl Report {
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet, started: Instant::now(), summary: Summary::default() }
    }

    /// Whether only JSON is printed.
    pub(super) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Runs a step, times it, and prints its number, name and time with what `work` says about it.
    pub(super) async fn step<T, E: std::fmt::Display>(&mut self, name: &str, work: impl Future<Output = Result<(T, String), E>>) -> Result<T, Failure> {
        let begun = Instant::now();
        let (value, said) = work.await.map_err(|error| Failure::Demo { step: name.to_owned(), reason: error.to_string() })?;
        let elapsed = begun.elapsed();
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.summary.steps.push(Step { name: name.to_owned(), ms });
        self.line(&format!("\n{:>2}  {name}  ({})", self.summary.steps.len(), human(elapsed)))?;
        for line in said.lines() {
            self.line(&format!("    {line}"))?;
        }
        Ok(value)
    }

    /// A line of the story.
    pub(super) fn line(&self, text: &str) -> Result<(), Failure> {
        if !self.quiet {
            writeln!(io::stdout(), "{text}")?;
        }
        Ok(())
    }

    /// Several lines, set in.
    pub(super) fn block(&self, text: &str) -> Result<(), Failure> {
        text.lines().try_for_each(|line| self.line(&format!("      {line}")))
    }

    /// A refusal as the institution sees it.
    pub(super) fn refusal(&mut self, case: &'static str, response: &VerifyResponse) {
        let reason_code = response.reason_code.map_or_else(|| "none".to_owned(), |reason| reason.to_string());
        self.summary.refusals.push(Refusal { case, reason_code });
    }

    /// Ends the run: prints the JSON document, or how long it all took.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.summary.ok = true;
        if self.quiet {
            let text = serde_json::to_string_pretty(&self.summary).map_err(io::Error::other)?;
            writeln!(io::stdout(), "{text}")?;
            return Ok(());
        }
        self.line(&format!("\n    All of it took {}.", human(self.started.elapsed())))
    }
}

/// A duration as people say it.
pub(super) fn human(duration: std::time::Duration) -> String {
    if duration.as_secs() >= 1 { format!("{:.1} s", duration.as_secs_f64()) } else { format!("{} ms", duration.as_millis()) }
}

/// The QR code of a text, drawn with half blocks: dark on light, with its quiet zone, so that a phone can read it from a terminal.
pub(super) fn qr(text: &str) -> Result<String, qrcode::types::QrError> {
    let code = QrCode::new(text)?;
    Ok(code.render::<unicode::Dense1x2>().dark_color(unicode::Dense1x2::Light).light_color(unicode::Dense1x2::Dark).quiet_zone(true).build())
}

/// JSON as an institution would print it.
pub(super) fn pretty<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
