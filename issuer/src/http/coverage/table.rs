//! Every operation, with a body that works, what it means for strangers, and whether it leaves an entry in the audit log.

use crate::http::openapi;

/// What somebody gets who names another's thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// 404, as if it were not there.
    Hidden,
    /// The operation names nothing.
    Unnamed,
    /// Whoever knows the identifier may; the reason.
    Open(&'static str),
}

/// Whether a workspace's audit log knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audit {
    /// It changes nothing.
    Reads,
    /// It appends an entry.
    Writes,
    /// It changes something that is no workspace's; the reason. This list may only get shorter.
    Elsewhere(&'static str),
}

use Audit::{Elsewhere, Reads, Writes};
use Foreign::{Hidden, Open, Unnamed};

/// A row: operation, body, strangers, audit log. `{…}` in a body is filled in by the stage.
pub(super) struct Row {
    pub(super) operation: &'static str,
    pub(super) body: &'static str,
    pub(super) foreign: Foreign,
    pub(super) audit: Audit,
}

const fn row(operation: &'static str, body: &'static str, foreign: Foreign, audit: Audit) -> Row {
    Row { operation, body, foreign, audit }
}

const HOLDER: &str = "a holder's own: it happens in no workspace";
const BEFORE: &str = "there is no workspace yet, or it is one already recorded sign-in going on";

pub(super) const TABLE: &[Row] = &[
    row("POST /v1/verify", r#"{"token":"PASSID-SANDBOX-TIER1AAA"}"#, Unnamed, Writes),
    row("POST /api/v1/bridge/verify", r#"{"token":"PASSID-SANDBOX-TIER1AAA"}"#, Unnamed, Writes),
    row("GET /api/v1/bridge/verify/{token}", "", Hidden, Reads),
    row("GET /v1/verifications", "", Unnamed, Reads),
    row("GET /v1/verifications/{id}", "", Hidden, Reads),
    row("GET /v1/verifications/{id}/evidence", "", Hidden, Reads),
    row("POST /api/bridge/verify", r#"{"token":"PASSID-SANDBOX-TIER1AAA"}"#, Unnamed, Writes),
    row("POST /v1/package", r#"{"token":"{verification}"}"#, Hidden, Elsewhere("it only reads, and takes its question in a body")),
    row("POST /v1/outcome", r#"{"token":"KE8V-3TXY-Z72L","outcome":"repaid"}"#, Hidden, Writes),
    row("POST /api/bridge/outcome", r#"{"token":"GH2P-ABCD-56KL","outcome":"repaid"}"#, Hidden, Writes),
    row("GET /v1/outcome/cohort", "", Unnamed, Reads),
    row("GET /v1/institution/verifications", "", Unnamed, Reads),
    row("GET /v1/policy", "", Unnamed, Reads),
    row("GET /v1/sessions/{id}/events", "", Hidden, Reads),
    row("POST /api/bridge/request", "{}", Unnamed, Writes),
    row("GET /api/bridge/request/{id}", "", Hidden, Reads),
    row("GET /api/bridge/request/{id}/public", "", Open("the holder's wallet reads it before it knows anyone"), Reads),
    row("GET /api/bridge/request/by-code/{code}/public", "", Open("as by identifier"), Reads),
    row("POST /api/bridge/request/{id}/fulfill", "{presentation}", Open("any holder may answer the request they were shown"), Writes),
    row("POST /v1/sessions", "{}", Unnamed, Writes),
    row("GET /v1/sessions/{id}", "", Hidden, Reads),
    row("GET /v1/sessions/{id}/qr", "", Hidden, Reads),
    row("GET /v1/sessions/{id}/public", "", Open("the holder's wallet reads it before it knows anyone"), Reads),
    row("GET /v1/sessions/by-code/{code}/public", "", Open("as by identifier"), Reads),
    row("POST /v1/sessions/{id}/fulfill", "{presentation}", Open("any holder may answer the request they were shown"), Writes),
    row("POST /v1/sessions/{id}/decline", "{}", Open("any holder may answer the request they were shown"), Writes),
    row(
        "POST /api/institution/onboard",
        r#"{"name":"Third Bank","email":"third@bank.example","password":"correct horse battery"}"#,
        Unnamed,
        Elsewhere(BEFORE),
    ),
    row("POST /api/institution/login", r#"{"email":"ada@meridian.example","password":"correct horse battery"}"#, Unnamed, Writes),
    row("POST /api/institution/token/refresh", r#"{"refresh_token":"{refresh_token}"}"#, Unnamed, Elsewhere(BEFORE)),
    row("POST /api/institution/logout", r#"{"refresh_token":"{refresh_token}"}"#, Unnamed, Writes),
    row("GET /v1/institution", "", Unnamed, Reads),
    row("GET /v1/institution/audit/checkpoint", "", Unnamed, Reads),
    row("GET /v1/institution/origins", "", Unnamed, Reads),
    row("PUT /v1/institution/origins", r#"{"sandbox":["https://apply.example.com"],"live":[]}"#, Unnamed, Writes),
    row("GET /v1/institution/keys", "", Unnamed, Reads),
    row("POST /v1/institution/keys", r#"{"environment":"sandbox","kind":"sk"}"#, Unnamed, Writes),
    row("POST /v1/institution/keys/{id}/rotate", "{}", Hidden, Writes),
    row("POST /v1/institution/keys/{id}/revoke", "{}", Hidden, Writes),
    row("GET /v1/institution/webhooks", "", Unnamed, Reads),
    row("POST /v1/institution/webhooks", r#"{"url":"https://hooks.example.com/passid","environment":"sandbox"}"#, Unnamed, Writes),
    row("GET /v1/institution/webhooks/{id}", "", Hidden, Reads),
    row("PATCH /v1/institution/webhooks/{id}", r#"{"url":"https://hooks.example.com/other"}"#, Hidden, Writes),
    row("DELETE /v1/institution/webhooks/{id}", "", Hidden, Writes),
    row("POST /v1/institution/webhooks/{id}/test", "{}", Hidden, Writes),
    row("POST /v1/institution/webhooks/{id}/rotate-secret", "{}", Hidden, Writes),
    row("POST /v1/institution/webhooks/{id}/replay", r#"{"since":"2026-03-17T00:00:00Z"}"#, Hidden, Writes),
    row("GET /v1/institution/webhooks/{id}/deliveries", "", Hidden, Reads),
    row("GET /v1/institution/webhooks/{id}/deliveries/{event}", "", Hidden, Reads),
    row("POST /v1/institution/webhooks/{id}/deliveries/{event}/resend", "{}", Hidden, Writes),
    row("POST /api/v1/bridge/share/create", "{}", Unnamed, Elsewhere(HOLDER)),
    row("POST /api/v1/bridge/share/revoke", r#"{"share_id":"{share}"}"#, Hidden, Elsewhere(HOLDER)),
    row("GET /api/v1/bridge/share/user/{user_id}", "", Hidden, Reads),
    row("POST /v1/wallet/challenge", "{}", Unnamed, Elsewhere(HOLDER)),
    row("POST /v1/wallet/register", "{}", Unnamed, Elsewhere(HOLDER)),
    row("POST /v1/wallet/token", "{}", Unnamed, Elsewhere(HOLDER)),
    row("PUT /v1/wallet/recovery-key", "{}", Unnamed, Elsewhere(HOLDER)),
    row("DELETE /v1/wallet/recovery-key", "", Unnamed, Elsewhere(HOLDER)),
    row("POST /v1/wallet/rebind", "{}", Unnamed, Elsewhere(HOLDER)),
    row("GET /v1/wallet/bank-links", "", Unnamed, Reads),
    row("POST /v1/wallet/bank-links", "{}", Unnamed, Elsewhere(HOLDER)),
    row("GET /v1/wallet/bank-links/{id}", "", Hidden, Reads),
    row("DELETE /v1/wallet/bank-links/{id}", "", Hidden, Elsewhere(HOLDER)),
    row("POST /v1/wallet/bank-links/{id}/reconfirm", "{}", Hidden, Elsewhere(HOLDER)),
    row("GET /v1/bank/callback", "", Unnamed, Reads),
    row("GET /v1/wallet/credentials", "", Unnamed, Reads),
    row("POST /v1/wallet/credentials", r#"{"link_id":"{link}","destination":"GB"}"#, Hidden, Elsewhere(HOLDER)),
    row("GET /v1/wallet/credentials/{id}/path", "", Hidden, Reads),
    row("GET /v1/wallet/account", "", Unnamed, Reads),
    row("DELETE /v1/wallet/account", "", Unnamed, Elsewhere(HOLDER)),
    row("GET /.well-known/jwks.json", "", Unnamed, Reads),
    row("GET /.well-known/passid-issuer", "", Unnamed, Reads),
    row("GET /v1/circuit", "", Unnamed, Reads),
    row("GET /v1/tree/head", "", Unnamed, Reads),
    row("GET /api/v1", "", Unnamed, Reads),
    row("GET /openapi.json", "", Unnamed, Reads),
    row("GET /problems", "", Unnamed, Reads),
    row("GET /problems/{code}", "", Open("a page for everybody"), Reads),
    row("GET /healthz", "", Unnamed, Reads),
    row("GET /readyz", "", Unnamed, Reads),
    row("GET /api/v2/status.json", "", Unnamed, Reads),
    row("GET /api/v2/summary.json", "", Unnamed, Reads),
    row("GET /api/v2/components.json", "", Unnamed, Reads),
    row("GET /api/v2/incidents.json", "", Unnamed, Reads),
    row("GET /api/v2/scheduled-maintenances.json", "", Unnamed, Reads),
];

/// The row of an operation.
pub(super) fn of(method: &str, path: &str) -> &'static Row {
    let operation = format!("{method} {path}");
    TABLE.iter().find(|row| row.operation == operation).unwrap_or_else(|| panic!("add {operation} to the table: who may see it, and is it on record?"))
}

#[test]
fn every_operation_is_in_the_table_and_nothing_else() {
    let served: Vec<String> = openapi::operations().iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    let missing: Vec<_> = served.iter().filter(|operation| !TABLE.iter().any(|row| row.operation == **operation)).collect();
    assert!(missing.is_empty(), "say in the table who may see these, and whether they are on record: {missing:#?}");
    let gone: Vec<_> = TABLE.iter().map(|row| row.operation).filter(|operation| !served.iter().any(|other| other == operation)).collect();
    assert!(gone.is_empty(), "no longer served: {gone:#?}");
    for row in TABLE {
        assert_eq!(row.audit == Reads, row.operation.starts_with("GET "), "{}: what is not a GET changes something", row.operation);
    }
}
