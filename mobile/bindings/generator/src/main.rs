//! Generates bindings from the built library, with exactly the generator version the library was built with.

use std::process::ExitCode;

use camino::Utf8PathBuf;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

#[expect(clippy::print_stderr, reason = "a command says what is wrong")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [language, library, directory] = arguments.as_slice() else {
        eprintln!("usage: passid-bindings kotlin|swift|python LIBRARY DIRECTORY");
        return ExitCode::from(2);
    };
    let language = match language.as_str() {
        "kotlin" => TargetLanguage::Kotlin,
        "swift" => TargetLanguage::Swift,
        "python" => TargetLanguage::Python,
        other => {
            eprintln!("no bindings for {other}");
            return ExitCode::from(2);
        }
    };
    let options =
        GenerateOptions { languages: vec![language], source: Utf8PathBuf::from(library), out_dir: Utf8PathBuf::from(directory), ..GenerateOptions::default() };
    match generate(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
