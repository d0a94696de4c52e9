//! The program as a stranger meets it: the demo, its figures, its failures, and being killed.

use std::net::TcpListener;
use std::process::Output;
use std::time::Duration;

use passid_tests::program::{command, run};
use serde_json::Value;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn demo(directory: &std::path::Path, more: &[&str]) -> Output {
    let mut arguments = vec!["demo", "--data", directory.to_str().unwrap(), "--listen", "127.0.0.1:0", "--once"];
    arguments.extend(more);
    run(&arguments)
}

fn figures(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stdout)))
}

#[test]
fn every_persona_shares_and_every_refusal_has_its_word() {
    for persona in ["amara", "tobenna", "efua"] {
        let directory = tempfile::tempdir().unwrap();
        let told = figures(&demo(directory.path(), &["--json", "--persona", persona]));
        assert_eq!(told["ok"], true);
        assert!(told["claims"]["income_verified"].is_boolean());
        assert!(told["claims"]["data_window_days"].as_u64().unwrap() >= 180, "{persona}");
        assert_eq!((&told["webhook"]["delivered"], &told["webhook"]["signature_valid"]), (&Value::from(true), &Value::from(true)));
        assert_eq!(told["proof"]["type"], "groth16/bn254");
        assert!(told["proof"]["constraints"].as_u64().unwrap() < 8_192 && told["proof"]["public_signals"].as_u64().unwrap() <= 16);
        assert!(told["proof"]["prove_ms"].as_f64().unwrap() > 0.0 && told["proof"]["verify_ms"].as_f64().unwrap() > 0.0);
        let refusals: Vec<(&str, &str)> =
            told["refusals"].as_array().unwrap().iter().map(|refusal| (refusal["case"].as_str().unwrap(), refusal["reason_code"].as_str().unwrap())).collect();
        let expected = [
            ("share_used_twice", "invalid_token"),
            ("session_declined", "declined"),
            ("share_revoked", "credential_revoked"),
            ("proof_tampered", "invalid_signature"),
        ];
        assert_eq!(refusals, expected, "{persona}");
        for step in told["steps"].as_array().unwrap() {
            assert!(step["name"].as_str().is_some_and(|name| !name.is_empty()) && step["ms"].is_u64());
        }
    }
}

#[test]
fn the_story_shows_the_consent_the_qr_code_and_the_answers() {
    let directory = tempfile::tempdir().unwrap();
    let output = demo(directory.path(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let story = text(&output.stdout);
    for part in [
        "First National Bank asks to verify you",
        "One-time use · Expires in ",
        "passid://verify-request?r=req_",
        "▀",
        "\"credential_valid\": true",
        "TOKEN_ALREADY_USED",
    ] {
        assert!(story.contains(part), "the story lacks {part:?}:\n{story}");
    }
}

#[test]
fn a_taken_port_an_unusable_directory_and_a_second_instance_are_explained() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["demo", "--once", "--data", directory.path().to_str().unwrap(), "--listen", &address]);
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");

    let file = directory.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let said = text(&run(&["demo", "--once", "--data", file.to_str().unwrap()]).stderr);
    assert!(said.contains("a file") && said.contains("--data"), "{said}");

    let held = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(directory.path().join("lock")).unwrap();
    held.lock().unwrap();
    let output = demo(directory.path(), &[]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("another passid process"), "{}", text(&output.stderr));
    drop(held);
    assert!(demo(directory.path(), &["--json"]).status.success(), "nothing was broken");
}

/// Kills the demo after ever longer times, so that it dies in different steps, and runs it again on what it left.
#[test]
fn killed_anywhere_it_runs_again_on_the_same_data() {
    let directory = tempfile::tempdir().unwrap();
    let mut killed = 0;
    for life in [20_u64, 60, 120, 200, 300, 420, 560, 720, 900, 1_200] {
        let data = directory.path().to_str().unwrap();
        let mut child = command(&["demo", "--data", data, "--listen", "127.0.0.1:0", "--once", "--json"]).spawn().unwrap();
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        // Waits at most `life` for a message that never comes: how long a process may live is what this test varies.
        let _ = receiver.recv_timeout(Duration::from_millis(life));
        drop(sender);
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
    }
    assert!(killed >= 5, "the demo was killed only {killed} times");
    let told = figures(&demo(directory.path(), &["--json"]));
    assert_eq!(told["ok"], true);
}

#[test]
fn serve_answers_until_asked_to_stop_and_approves_workspaces() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(&["workspace", "approve", "ins_01hzk3vw0kg9m2x4p6r8t0v2w4", "--data", directory.path().to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("no workspace"), "{}", text(&output.stderr));
    let output = run(&["serve", "--database", "mysql://somewhere"]);
    assert!(text(&output.stderr).contains("sqlite:PATH"), "{}", text(&output.stderr));
}
