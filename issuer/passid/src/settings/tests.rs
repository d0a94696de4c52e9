//! Which layer wins, and what is said when something is wrong.

use std::fs;

use clap::Args;

use super::*;

fn layers(flags: &[&str], environment: &'static [(&'static str, &'static str)]) -> Layers {
    let command = CheckedLayers::augment_args(Command::new("serve"));
    let matches = command.try_get_matches_from(std::iter::once(&"serve").chain(flags)).unwrap();
    Layers::read(&[STORE, SERVE], &matches, |name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_defaults() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passid.toml");
    fs::write(&path, "listen = \"127.0.0.1:1\"\ndata = \"from-file\"\ndrain_seconds = 7\nallow_loopback_webhooks = true\n[retention]\nevents_days = 5\n")
        .unwrap();
    let mut layers =
        layers(&["--config", path.to_str().unwrap(), "--data", "from-flag"], &[("PASSID_LISTEN", "127.0.0.1:2"), ("PASSID_DATA", "from-environment")]);
    let options = ServeOptions::from_layers(&mut layers).unwrap();
    assert_eq!((options.store.data.to_str(), options.listen.port()), (Some("from-flag"), 2));
    assert_eq!((options.drain.as_secs(), options.retention.events, options.retention.shares), (7, 5, 90));
    assert!(options.allow_loopback_webhooks && !options.allow_development_circuit);
}

#[test]
fn flags_are_named_as_their_keys() {
    for setting in STORE.iter().chain(SERVE).filter(|setting| !setting.is_list()) {
        assert_eq!(setting.flag, setting.name.replace('_', "-"));
    }
}

#[test]
fn defaults_alone_are_enough() {
    let options = ServeOptions::from_layers(&mut layers(&[], &[])).unwrap();
    assert_eq!((options.uptime_target, options.retention, options.log_format), (9_990, Retention::default(), LogFormat::Text));
    assert!(options.operator_token.is_none());
}

#[test]
fn every_mistake_is_told_with_its_place_and_no_password() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passid.toml");
    fs::write(&path, "listne = \"127.0.0.1:1\"\ndatabase = \"mysql://user:hunter2@host/x\"\nuptime_target = 98\n").unwrap();
    let mut layers = layers(&["--config", path.to_str().unwrap(), "--listen", "nowhere"], &[("PASSID_RETENTION_SHARES_DAYS", "0")]);
    assert!(ServeOptions::from_layers(&mut layers).is_none());
    let told: Vec<_> = layers.mistakes.iter().map(ToString::to_string).collect();
    let all = told.join("\n");
    for part in ["listne", "database (from ", "listen (from flag)", "uptime_target (from ", "retention_shares_days (from environment)"] {
        assert!(all.contains(part), "{part} is missing in:\n{all}");
    }
    assert!(!all.contains("hunter2"), "{all}");
}

#[test]
fn a_file_that_is_not_there_or_not_toml_is_a_mistake() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passid.toml");
    assert_eq!(layers(&["--config", path.to_str().unwrap()], &[]).mistakes.len(), 1);
    fs::write(&path, "listen = ").unwrap();
    assert_eq!(layers(&["--config", path.to_str().unwrap()], &[]).mistakes.len(), 1);
}

#[test]
fn percentages_are_exact() {
    for (text, points) in [("99", 9_900), ("99.9", 9_990), ("99.95", 9_995), ("100", 10_000)] {
        assert_eq!(read_percent(text), Ok(points), "{text}");
    }
    for text in ["", "98.99", "99.999", "101", "-99", "99,9", "ninety"] {
        assert!(read_percent(text).is_err(), "{text}");
    }
}

#[test]
fn the_documentation_says_what_the_program_takes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md");
    assert_eq!(fs::read_to_string(path).unwrap(), reference(), "run: passid config reference > docs/CONFIGURATION.md");
}
