//! `passid openapi`: the API's document, as it is committed and served.

use passid_issuer::http::openapi;

use crate::failure::Failure;

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) fn run() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(openapi::document()).map_err(|error| Failure::Operator(error.to_string()))?;
    println!("{text}");
    Ok(())
}
