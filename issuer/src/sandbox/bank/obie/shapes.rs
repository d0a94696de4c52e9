//! The bank's books in the shapes of UK Open Banking, in the words of the version asked for.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::version::{ApiVersion, Code};
use crate::bank::money::format_minor;
use crate::sandbox::bank::consent::{Consent, Permission};
use crate::sandbox::bank::ledger::{BookedAccount, BookedCustomer, Entry};
use passid_api::time::Timestamp;

/// `OBReadConsentResponse1`.
pub(super) fn consent(version: ApiVersion, id: &str, consent: &Consent, now: Timestamp, self_link: &str) -> Value {
    let mut data = json!({
        "ConsentId": id,
        "Status": version.consent_status(consent.status(now), consent.last_status()),
        "CreationDateTime": consent.created_at,
        "StatusUpdateDateTime": consent.updated_at,
        "Permissions": consent.permissions,
    });
    let times = [
        ("ExpirationDateTime", consent.expires_at),
        ("TransactionFromDateTime", consent.transactions_from),
        ("TransactionToDateTime", consent.transactions_to),
    ];
    for (name, time) in times {
        if let Some(time) = time {
            data[name] = json!(time);
        }
    }
    json!({"Data": data, "Risk": {}, "Links": {"Self": self_link}, "Meta": {"TotalPages": 1}})
}

/// `OBAccount6`; numbers and names only with the detail permission.
pub(super) fn account(version: ApiVersion, account: &BookedAccount, holder: &str, consent: &Consent) -> Value {
    let mut value = json!({
        "AccountId": account.id,
        "Status": "Enabled",
        "Currency": account.currency,
        "Nickname": account.nickname,
        "OpeningDate": midnight(account.opened_on),
    });
    for (name, what) in version.account_type(account.kind) {
        value[name] = json!(what);
    }
    if consent.allows(Permission::ReadAccountsDetail) {
        value["Account"] = json!([{"SchemeName": account.scheme, "Identification": account.identification, "Name": holder}]);
    }
    value
}

/// `OBReadBalance1` entries: booked and available, the same here.
pub(super) fn balances(version: ApiVersion, account: &BookedAccount, now: Timestamp) -> Value {
    let balance = |kind: Code| {
        json!({
            "AccountId": account.id,
            "Amount": amount(account.closing_minor(), account),
            "CreditDebitIndicator": indicator(account.closing_minor()),
            "Type": version.said(kind),
            "DateTime": now,
        })
    };
    json!([balance(Code::ClosingBooked), balance(Code::ClosingAvailable)])
}

/// `OBParty2`.
pub(super) fn party(version: ApiVersion, customer: &BookedCustomer) -> Value {
    json!({
        "PartyId": customer.id,
        "PartyType": "Sole",
        "Name": customer.name,
        "FullLegalName": customer.name,
        "Address": [{"AddressType": version.said(Code::Home), "TownName": customer.town, "Country": customer.country}],
    })
}

/// `OBTransaction6`; descriptions, partners and balances only with the detail permission.
pub(super) fn transaction(version: ApiVersion, entry: &Entry, id: &str, account: &BookedAccount, consent: &Consent, pending: bool) -> Value {
    let label = &entry.label;
    let mut value = Map::new();
    let mut put = |name: &str, field: Value| value.insert(name.to_owned(), field);
    put("AccountId", json!(account.id));
    put("TransactionId", json!(id));
    put("Status", json!(version.said(if pending { Code::Pending } else { Code::Booked })));
    put("TransactionMutability", json!(if pending { "Mutable" } else { "Immutable" }));
    put("CreditDebitIndicator", json!(indicator(entry.minor)));
    put("BookingDateTime", json!(midnight(entry.booked_on)));
    put("ValueDateTime", json!(midnight(entry.booked_on)));
    put("Amount", amount(entry.minor, account));
    put("BankTransactionCode", version.bank_transaction_code(label.code));
    if let Some(purpose) = label.category_purpose.filter(|_| version.has_purposes()) {
        put("CategoryPurposeCode", json!(purpose));
    }
    if let Some(purpose) = label.purpose.filter(|_| version.has_purposes()) {
        put("PaymentPurposeCode", json!(purpose));
    }
    if consent.allows(Permission::ReadTransactionsDetail) {
        put("TransactionInformation", json!(label.description));
        let kind = version.said(Code::InterimBooked);
        let balance = json!({"CreditDebitIndicator": indicator(entry.balance_minor), "Type": kind, "Amount": amount(entry.balance_minor, account)});
        put("Balance", balance);
        if let Some(category) = label.merchant_category {
            put("MerchantDetails", json!({"MerchantName": label.counterparty, "MerchantCategoryCode": category}));
        } else if label.counterparty.is_some() || label.counterparty_account.is_some() {
            put(if entry.minor < 0 { "CreditorAccount" } else { "DebtorAccount" }, partner(entry, account));
        }
    }
    Value::Object(value)
}

fn partner(entry: &Entry, account: &BookedAccount) -> Value {
    let mut partner = Map::new();
    if let Some(number) = &entry.label.counterparty_account {
        partner.insert("SchemeName".to_owned(), json!(account.scheme));
        partner.insert("Identification".to_owned(), json!(number));
    }
    if let Some(name) = &entry.label.counterparty {
        partner.insert("Name".to_owned(), json!(name));
    }
    Value::Object(partner)
}

fn amount(minor: i64, account: &BookedAccount) -> Value {
    json!({"Amount": format_minor(minor.unsigned_abs(), account.currency), "Currency": account.currency})
}

const fn indicator(minor: i64) -> &'static str {
    if minor < 0 { "Debit" } else { "Credit" }
}

fn midnight(day: Date) -> String {
    format!("{day}T00:00:00+00:00")
}
