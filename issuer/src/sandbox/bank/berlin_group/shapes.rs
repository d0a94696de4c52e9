//! The bank's books in the shapes of NextGenPSD2 1.3.

use passid_api::claims::encoding::Country;
use passid_api::time::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::BASE;
use crate::bank::data::AccountKind;
use crate::bank::money::format_minor;
use crate::sandbox::bank::consent::{BerlinGroupTerms, Consent, ConsentStatus, Permission};
use crate::sandbox::bank::ledger::{BookedAccount, BookedCustomer, Entry};

/// The one purpose the books know and the scheme's list of 2018 does not.
const PURPOSE_NOT_LISTED: &str = "GIFT";

/// `consentStatus`.
pub(super) const fn status(status: ConsentStatus, terms: &BerlinGroupTerms) -> &'static str {
    match status {
        ConsentStatus::Awau => "received",
        ConsentStatus::Rjct => "rejected",
        ConsentStatus::Auth => "valid",
        ConsentStatus::Canc if terms.ended_by_client => "terminatedByTpp",
        ConsentStatus::Canc => "revokedByPsu",
        ConsentStatus::Expd => "expired",
    }
}

/// `consentsResponse-201`.
pub(super) fn new_consent(id: &str, base_url: &str) -> Value {
    let own = format!("{BASE}/consents/{id}");
    json!({
        "consentStatus": "received",
        "consentId": id,
        "_links": {
            "scaOAuth": {"href": format!("{base_url}/.well-known/openid-configuration")},
            "self": {"href": own},
            "status": {"href": format!("{own}/status")},
        },
    })
}

/// `consentInformationResponse-200_json`.
pub(super) fn consent(consent: &Consent, terms: &BerlinGroupTerms, now: Timestamp) -> Value {
    let mut access = json!({"accounts": [], "balances": [], "transactions": []});
    if consent.allows(Permission::ReadParty) {
        access["additionalInformation"] = json!({"ownerName": []});
    }
    json!({
        "access": access,
        "recurringIndicator": terms.recurring,
        "validUntil": terms.valid_until.to_string(),
        "frequencyPerDay": terms.frequency_per_day,
        "lastActionDate": consent.updated_at.to_string().get(..10),
        "consentStatus": status(consent.status(now), terms),
    })
}

/// `accountDetails`; the owner's name with the consent to it.
pub(super) fn account(account: &BookedAccount, customer: &BookedCustomer, consent: &Consent, with_balance: bool) -> Value {
    let own = format!("{BASE}/accounts/{}", account.id);
    let mut value = json!({
        "resourceId": account.id,
        "iban": iban(customer.country, &account.identification),
        "currency": account.currency,
        "name": account.nickname,
        "product": account.nickname,
        "cashAccountType": if account.kind == AccountKind::Savings { "SVGS" } else { "CACC" },
        "status": "enabled",
        "usage": "PRIV",
        "_links": {"balances": {"href": format!("{own}/balances")}, "transactions": {"href": format!("{own}/transactions")}},
    });
    if consent.allows(Permission::ReadParty) {
        value["ownerName"] = json!(customer.name);
    }
    if with_balance && consent.allows(Permission::ReadBalances) {
        value["balances"] = balances(account);
    }
    value
}

/// `accountReference`.
pub(super) fn reference(account: &BookedAccount, customer: &BookedCustomer) -> Value {
    json!({"iban": iban(customer.country, &account.identification), "currency": account.currency})
}

/// `balanceList`: booked and available, the same here.
pub(super) fn balances(account: &BookedAccount) -> Value {
    json!([balance(account.closing_minor(), account, "interimAvailable"), balance(account.closing_minor(), account, "closingBooked")])
}

/// `transactions`: one row.
pub(super) fn transaction(entry: &Entry, id: &str, account: &BookedAccount, customer: &BookedCustomer) -> Value {
    let label = &entry.label;
    let mut value = Map::new();
    let mut put = |name: &str, field: Value| value.insert(name.to_owned(), field);
    put("transactionId", json!(id));
    put("bookingDate", json!(entry.booked_on.to_string()));
    put("valueDate", json!(entry.booked_on.to_string()));
    put("transactionAmount", amount(entry.minor, account));
    put("remittanceInformationUnstructured", json!(label.description));
    put("bankTransactionCode", json!(format!("PMNT-{}-{}", label.code.0, label.code.1)));
    put("balanceAfterTransaction", balance(entry.balance_minor, account, "interimBooked"));
    if let Some(purpose) = label.purpose.or(label.category_purpose).filter(|purpose| *purpose != PURPOSE_NOT_LISTED) {
        put("purposeCode", json!(purpose));
    }
    let (name, number) = if entry.minor < 0 { ("creditorName", "creditorAccount") } else { ("debtorName", "debtorAccount") };
    if let Some(counterparty) = &label.counterparty {
        put(name, json!(counterparty));
    }
    if let Some(identification) = &label.counterparty_account {
        put(number, json!({"iban": iban(customer.country, identification)}));
    }
    Value::Object(value)
}

fn balance(minor: i64, account: &BookedAccount, kind: &str) -> Value {
    json!({"balanceAmount": amount(minor, account), "balanceType": kind, "creditLimitIncluded": false})
}

fn amount(minor: i64, account: &BookedAccount) -> Value {
    let sign = if minor < 0 { "-" } else { "" };
    json!({"amount": format!("{sign}{}", format_minor(minor.unsigned_abs(), account.currency)), "currency": account.currency})
}

/// An IBAN with right check digits (ISO 7064, mod 97-10) for a number of the books.
fn iban(country: Country, identification: &str) -> String {
    let digest = Sha256::digest(identification);
    let number: String = digest.iter().take(16).map(|byte| char::from(b'0' + byte % 10)).collect();
    let country = country.to_string();
    let remainder =
        |text: &str| text.chars().filter_map(|letter| letter.to_digit(36)).fold(0_u32, |sum, value| (sum * if value > 9 { 100 } else { 10 } + value) % 97);
    let check = 98 - remainder(&format!("{number}{country}00"));
    format!("{country}{check:02}{number}")
}
