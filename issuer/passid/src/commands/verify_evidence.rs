//! `passid verify-evidence`: what an institution's file proves, checked without the server.

use std::path::{Path, PathBuf};

use clap::Args;
use passid_api::jws::KeySet;
use passid_issuer::verify::evidence;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What GET /v1/verifications/{id}/evidence answered.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The issuer's keys as it publishes them under /.well-known/jwks.json; the keys in the bundle when left out.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// How old the signed head may have been when the claims were presented, such as 5m.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_seconds)]
    max_head_age: i64,
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::Operator(format!("{}: {error}", path.display())))
}

/// Reads a JWKS file.
pub(super) fn key_set(path: &Path) -> Result<KeySet, Failure> {
    serde_json::from_slice(&read(path)?).map_err(|error| Failure::Operator(format!("{}: not a set of issuer keys: {error}", path.display())))
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let refused = |error: evidence::EvidenceError| Failure::Operator(format!("{}: {error}", options.file.display()));
    let bundle = evidence::read(&read(&options.file)?).map_err(refused)?;
    let keys = options.jwks.as_deref().map(key_set).transpose()?;
    let proved = evidence::check(&bundle, keys.as_ref(), options.max_head_age).map_err(refused)?;
    println!("{}: everything in it holds.\n", options.file.display());
    for sentence in proved.sentences() {
        println!("  {sentence}");
    }
    println!("\nClaims:");
    for (name, value) in &proved.claims {
        println!("  {name}: {value}");
    }
    println!("\nNot proved: the number {} is the server's own.", bundle.verification_id);
    if keys.is_none() {
        println!("Checked under the keys in the file itself: give the issuer's own with --jwks to know that it is the issuer who signed.");
    }
    Ok(())
}

/// A time such as `90`, `90s`, `5m`, `2h` or `7d`, in seconds.
///
/// # Errors
/// A sentence that says what to write.
fn parse_seconds(text: &str) -> Result<i64, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((place, unit)) if unit.is_ascii_alphabetic() => (&text[..place], unit),
        _ => (text, 's'),
    };
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => 0,
    };
    let seconds = digits.parse::<u32>().ok().filter(|_| factor > 0).and_then(|count| i64::from(count).checked_mul(factor));
    seconds.ok_or_else(|| "write a time such as 90s, 5m, 2h or 7d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse_seconds;

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(["90", "90s", "5m", "2h", "7d"].map(parse_seconds), [Ok(90), Ok(90), Ok(300), Ok(7_200), Ok(604_800)]);
        for text in ["", "s", "-5", "5y", "5 m", "99999999999d", "5µ"] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }
}
