//! What the scheme's message codes mean (Implementation Guidelines 1.3.11, §14.11).

use reqwest::StatusCode;
use serde::Deserialize;

use crate::bank::client::{Refusal, Refusals};
use crate::bank::error::BankError;

/// The scheme's 429 has one meaning, `ACCESS_EXCEEDED`: the reads of the day are used up. A bank that names no time means the day.
const DAY_SECONDS: u32 = 86_400;

pub(super) const REFUSALS: Refusals = Refusals { read, unsaid_wait_seconds: DAY_SECONDS };

/// `tppMessages`, or the one `code` of `application/problem+json`.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    tpp_messages: Vec<Message>,
    code: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    category: String,
    code: String,
}

/// What a refusal is: by its code where that says more than the status.
fn read(status: StatusCode, body: &[u8]) -> Refusal {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let error = body.tpp_messages.into_iter().find(|message| message.category != "WARNING").map(|message| message.code);
    match error.or(body.code).as_deref() {
        Some("TOKEN_UNKNOWN" | "TOKEN_INVALID" | "TOKEN_EXPIRED") => Refusal::Token,
        // Where the consent stands is asked for: the bank may mean that it was withdrawn.
        Some("CONSENT_INVALID" | "CONSENT_EXPIRED" | "CONSENT_UNKNOWN" | "SERVICE_BLOCKED") => Refusal::Consent,
        Some("PERIOD_INVALID" | "FORMAT_ERROR" | "PARAMETER_NOT_SUPPORTED" | "PARAMETER_NOT_CONSISTENT" | "RESOURCE_UNKNOWN" | "RESOURCE_EXPIRED") => {
            Refusal::Request
        }
        Some("CERTIFICATE_INVALID" | "CERTIFICATE_EXPIRED" | "CERTIFICATE_BLOCKED" | "CERTIFICATE_REVOKED" | "CERTIFICATE_MISSING" | "ROLE_INVALID") => {
            BankError::CertificateRefused.into()
        }
        Some("SIGNATURE_INVALID" | "SIGNATURE_MISSING") => BankError::Configuration("the bank wants signed requests").into(),
        _ => Refusal::by_status(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> Refusal {
        read(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn a_code_says_more_than_the_status() {
        for (status, code, expected) in [
            (401, "TOKEN_EXPIRED", Refusal::Token),
            (401, "CONSENT_INVALID", Refusal::Consent),
            (401, "CONSENT_EXPIRED", Refusal::Consent),
            (400, "CONSENT_UNKNOWN", Refusal::Consent),
            (400, "PERIOD_INVALID", Refusal::Request),
            (403, "RESOURCE_UNKNOWN", Refusal::Request),
            (404, "RESOURCE_UNKNOWN", Refusal::Request),
        ] {
            let listed = format!(r#"{{"tppMessages":[{{"category":"WARNING","code":"X"}},{{"category":"ERROR","code":"{code}","text":"words"}}]}}"#);
            assert_eq!(said(status, &listed), expected, "{code}");
            assert_eq!(said(status, &format!(r#"{{"type":"https://bank.example/e","code":"{code}"}}"#)), expected, "{code}");
        }
        let coded = |code: &str| said(401, &format!(r#"{{"tppMessages":[{{"category":"ERROR","code":"{code}"}}]}}"#));
        for code in ["CERTIFICATE_EXPIRED", "CERTIFICATE_MISSING", "ROLE_INVALID"] {
            assert_eq!(coded(code), Refusal::Failed(BankError::CertificateRefused), "{code}");
        }
        assert!(matches!(coded("SIGNATURE_MISSING"), Refusal::Failed(BankError::Configuration(_))));
    }

    #[test]
    fn without_a_known_code_the_status_counts() {
        for body in ["", "nonsense", "[]", "{}", r#"{"tppMessages":[]}"#, r#"{"tppMessages":[{"code":"OWN_CODE"}]}"#, r#"{"tppMessages":7}"#] {
            assert_eq!([said(401, body), said(403, body), said(404, body)], [Refusal::Token, Refusal::Consent, Refusal::Request], "{body}");
        }
    }
}
