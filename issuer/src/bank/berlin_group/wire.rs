//! The scheme's JSON, as far as it is read. Unknown fields are ignored: banks add their own.

use serde::Deserialize;

/// `consentsResponse-201`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsentAnswer {
    pub(super) consent_id: String,
    #[serde(rename = "_links")]
    pub(super) links: ConsentLinks,
}

#[derive(Deserialize)]
pub(super) struct ConsentLinks {
    /// Where the bank describes its authorization server: given when the consent can be agreed to by OAuth2.
    #[serde(rename = "scaOAuth")]
    pub(super) sca_oauth: Option<Link>,
}

/// `hrefType`.
#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) href: Option<String>,
}

/// `consentInformationResponse-200_json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsentInformation {
    pub(super) valid_until: String,
}

/// `consentStatusResponse-200`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsentStatusAnswer {
    pub(super) consent_status: ConsentState,
}

/// `consentStatus`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ConsentState {
    Received,
    Rejected,
    Valid,
    RevokedByPsu,
    Expired,
    TerminatedByTpp,
    PartiallyAuthorised,
}

/// `accountList`.
#[derive(Deserialize)]
pub(super) struct Accounts {
    pub(super) accounts: Vec<Account>,
}

/// `accountDetails`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) resource_id: Option<String>,
    #[serde(flatten)]
    pub(super) reference: AccountReference,
    pub(super) currency: String,
    pub(super) name: Option<String>,
    pub(super) owner_name: Option<String>,
    pub(super) cash_account_type: Option<String>,
    pub(super) status: Option<String>,
    pub(super) balances: Option<Vec<Balance>>,
}

/// `accountReference`: one of the ways in which an account is named.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountReference {
    iban: Option<String>,
    bban: Option<String>,
    masked_pan: Option<String>,
    msisdn: Option<String>,
    other: Option<OtherIdentification>,
}

#[derive(Deserialize)]
struct OtherIdentification {
    identification: String,
}

impl AccountReference {
    /// The number, whatever kind it is of.
    pub(super) fn number(self) -> Option<String> {
        self.iban.or(self.bban).or(self.masked_pan).or(self.msisdn).or(self.other.map(|other| other.identification))
    }
}

/// `readAccountBalanceResponse-200`.
#[derive(Deserialize)]
pub(super) struct Balances {
    pub(super) balances: Vec<Balance>,
}

/// `balance`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the scheme names them so")]
pub(super) struct Balance {
    pub(super) balance_amount: Amount,
    pub(super) balance_type: String,
    #[serde(default)]
    pub(super) credit_limit_included: bool,
}

/// `amount`: a signed decimal.
#[derive(Deserialize)]
pub(super) struct Amount {
    pub(super) amount: String,
    pub(super) currency: String,
}

/// `transactionsResponse-200_json`.
#[derive(Deserialize)]
pub(super) struct Transactions {
    pub(super) transactions: Option<AccountReport>,
}

/// `accountReport`. What is pending or announced is not read.
#[derive(Deserialize)]
pub(super) struct AccountReport {
    #[serde(default)]
    pub(super) booked: Vec<Transaction>,
    #[serde(rename = "_links", default)]
    pub(super) links: PageLinks,
}

#[derive(Deserialize, Default)]
pub(super) struct PageLinks {
    pub(super) first: Option<Link>,
    pub(super) next: Option<Link>,
    pub(super) last: Option<Link>,
}

/// `transactions`: one row.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the scheme names them so")]
pub(super) struct Transaction {
    pub(super) transaction_id: Option<String>,
    pub(super) entry_reference: Option<String>,
    pub(super) booking_date: Option<String>,
    pub(super) value_date: Option<String>,
    pub(super) transaction_amount: Amount,
    pub(super) creditor_name: Option<String>,
    pub(super) creditor_account: Option<AccountReference>,
    pub(super) debtor_name: Option<String>,
    pub(super) debtor_account: Option<AccountReference>,
    pub(super) remittance_information_unstructured: Option<String>,
    #[serde(default)]
    pub(super) remittance_information_unstructured_array: Vec<String>,
    pub(super) remittance_information_structured: Option<Remittance>,
    pub(super) additional_information: Option<String>,
    pub(super) purpose_code: Option<String>,
    pub(super) bank_transaction_code: Option<String>,
    pub(super) balance_after_transaction: Option<Balance>,
}

/// Text in 1.3.11, an object with a reference elsewhere.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Remittance {
    Text(String),
    Reference { reference: String },
}
