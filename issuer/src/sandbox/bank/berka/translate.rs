//! The data set's symbols in the codes banks use today.

use super::files::Row;
use crate::sandbox::bank::ledger::Label;

/// What a row was.
pub(super) fn label(row: &Row) -> Label {
    let inflow = row.minor >= 0;
    let cash = matches!(row.operation.as_str(), "VKLAD" | "credit in cash" | "VYBER" | "withdrawal in cash");
    let card = matches!(row.operation.as_str(), "VYBER KARTOU" | "credit card withdrawal");
    let (description, code, purpose, category_purpose) = match row.symbol.as_str() {
        "UROK" | "interest credited" => ("INTEREST", ("ACMT", "INTR"), None, Some("INTE")),
        "SANKC. UROK" | "sanction interest if negative balance" => ("PENALTY INTEREST", ("ACMT", "CHRG"), Some("INPC"), None),
        "SLUZBY" | "payment for statement" => ("STATEMENT FEE", ("ACMT", "CHRG"), None, None),
        "SIPO" | "household" if cash => ("HOUSEHOLD PAYMENT IN CASH", ("CNTR", "CWDL"), Some("RENT"), None),
        "SIPO" | "household" => ("HOUSEHOLD PAYMENT", ("ICDT", "STDO"), Some("RENT"), None),
        "POJISTNE" | "insurrance payment" => ("INSURANCE", ("ICDT", "STDO"), Some("INSU"), None),
        "UVER" => ("LOAN INSTALMENT", ("ICDT", "STDO"), Some("LOAN"), None),
        "DUCHOD" => ("PENSION", ("RCDT", "DMCT"), Some("PENS"), Some("PENS")),
        _ if card => ("CARD WITHDRAWAL", ("CCRD", "CWDL"), None, None),
        _ if cash && inflow => ("CASH DEPOSIT", ("CNTR", "CDPT"), None, None),
        _ if cash => ("CASH WITHDRAWAL", ("CNTR", "CWDL"), None, None),
        _ if inflow => ("INCOMING TRANSFER", ("RCDT", "DMCT"), None, None),
        _ => ("OUTGOING TRANSFER", ("ICDT", "DMCT"), None, None),
    };
    let partner = (!row.partner_account.is_empty()).then(|| format!("{}-{}", row.partner_bank, row.partner_account));
    Label { description: description.to_owned(), counterparty: None, counterparty_account: partner, code, category_purpose, purpose, merchant_category: None }
}
