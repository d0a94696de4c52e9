//! Failed requests: RFC 9457 problem documents with a closed set of codes.

use serde::{Deserialize, Serialize};

macro_rules! problem_codes {
    ($($(#[doc = $advice:literal])+ $variant:ident = $word:literal, $status:literal, $title:literal;)+) => {
        crate::text_enum! {
            /// What went wrong, in a word that never changes meaning.
            pub enum ProblemCode as "problem code" { $($(#[doc = $advice])+ $variant = $word),+ }
        }

        impl ProblemCode {
            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// A short sentence that is the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What the caller can do about it.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => concat!($($advice),+).trim_ascii()),+ }
            }
        }
    };
}

problem_codes! {
    /// Correct the fields listed in `errors`.
    MalformedRequest = "malformed_request", 400, "The request is not of the documented form.";
    /// Send a key, or a fresh access token.
    Unauthenticated = "unauthenticated", 401, "The request carries no valid key or access token.";
    /// Use a key of the right kind or environment.
    WrongKeyKind = "wrong_key_kind", 403, "This key may not do that.";
    /// Ask an owner of the workspace to do it, or to give you another role.
    RoleNotAllowed = "role_not_allowed", 403, "Your role in the workspace may not do that.";
    /// Register the page's origin with the workspace, or call from your server with the secret key.
    OriginNotAllowed = "origin_not_allowed", 403, "This origin may not use the workspace's publishable keys.";
    /// Ask the operator to approve the workspace.
    LiveModeNotEnabled = "live_mode_not_enabled", 403, "Live mode is not enabled for this workspace.";
    /// Nothing the caller may see is there.
    NotFound = "not_found", 404, "There is nothing here that you may see.";
    /// Use a method the resource has.
    MethodNotAllowed = "method_not_allowed", 405, "The resource does not take this method.";
    /// It already exists, or is in another state; read it before trying again.
    Conflict = "conflict", 409, "The request contradicts the present state.";
    /// Wait for the first request with this idempotency key to end.
    RequestInProgress = "request_in_progress", 409, "A request with this idempotency key is still running.";
    /// The session is over; create another.
    Gone = "gone", 410, "It is no longer available.";
    /// Send less.
    BodyTooLarge = "body_too_large", 413, "The body is larger than 64 KiB.";
    /// Send JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, "The body must be application/json.";
    /// Use a new idempotency key for another request.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The idempotency key was used for another request.";
    /// Prove again with a fresh head and path.
    StaleHead = "stale_head", 422, "The presentation rests on a tree head that is no longer accepted.";
    /// Do not retry: the proof does not prove what was agreed.
    ProofInvalid = "proof_invalid", 422, "The proof does not verify for this request.";
    /// The presentation was accepted before; do not send it again.
    PresentationReplayed = "presentation_replayed", 409, "This presentation was already used.";
    /// The credential is no longer valid; refresh it.
    CredentialNotValid = "credential_not_valid", 422, "The credential is revoked or expired.";
    /// The holder matches a sanctions list; no credential is issued or relied on.
    SanctionsMatch = "sanctions_match", 403, "The holder matches a sanctions list.";
    /// Finish linking the bank, or link it again.
    BankLinkNotReady = "bank_link_not_ready", 409, "The bank connection is not authorised.";
    /// Try again later; the bank did not answer as it should.
    BankUnavailable = "bank_unavailable", 502, "The bank could not be reached or answered wrongly.";
    /// Slow down; see `Retry-After`.
    RateLimited = "rate_limited", 429, "Too many requests.";
    /// Try again; report the request id if it persists.
    Internal = "internal", 500, "Something went wrong on our side.";
    /// Try again shortly.
    Unavailable = "unavailable", 503, "The service cannot answer right now.";
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field.
    pub pointer: String,
    /// A word for the mistake, such as `invalid` or `missing`.
    pub code: String,
    /// What to do about it.
    pub message: String,
}

/// The body of a failed request, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// Address of the page about the code.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// The code's sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The closed code.
    pub code: ProblemCode,
    /// What happened this time.
    pub detail: String,
    /// Quote it when asking for help.
    #[serde(default)]
    pub request_id: String,
    /// Fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds after which to try again; also in `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem with its code's title and this detail.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            problem_type: format!("/problems/{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            request_id: String::new(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// A malformed request with one wrong field.
    pub fn field(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut problem = Self::new(ProblemCode::MalformedRequest, message.clone());
        problem.errors.push(FieldError { pointer: pointer.into(), code: code.into(), message });
        problem
    }
}
