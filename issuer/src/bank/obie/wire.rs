//! The scheme's JSON, as far as it is read. Unknown fields are ignored: the scheme grows.

use serde::Deserialize;

/// `OBReadConsentResponse1`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConsentAnswer {
    pub(super) data: ConsentData,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConsentData {
    pub(super) consent_id: String,
    pub(super) status: ConsentState,
    pub(super) expiration_date_time: Option<String>,
}

/// Codes of 4.0.0, and the words 3.1 used for the same.
#[derive(Deserialize)]
pub(super) enum ConsentState {
    #[serde(rename = "AWAU", alias = "AwaitingAuthorisation")]
    AwaitingAuthorisation,
    #[serde(rename = "AUTH", alias = "Authorised")]
    Authorised,
    #[serde(rename = "RJCT", alias = "Rejected")]
    Rejected,
    #[serde(rename = "CANC", alias = "Revoked")]
    Cancelled,
    #[serde(rename = "EXPD", alias = "Expired")]
    Expired,
}

/// What every page has around its data.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page<T> {
    pub(super) data: T,
    #[serde(default)]
    pub(super) links: Links,
    #[serde(default)]
    pub(super) meta: Meta,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Links {
    pub(super) next: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Meta {
    pub(super) total_pages: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Accounts {
    #[serde(default)]
    pub(super) account: Vec<Account>,
}

/// `OBAccount6`; 3.1 said `AccountSubType` where 4.0.0 says `AccountTypeCode`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the scheme names them so")]
pub(super) struct Account {
    pub(super) account_id: String,
    pub(super) currency: Option<String>,
    #[serde(alias = "AccountSubType")]
    pub(super) account_type_code: Option<String>,
    pub(super) opening_date: Option<String>,
    #[serde(default)]
    pub(super) account: Vec<Identification>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Identification {
    pub(super) identification: Option<String>,
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parties {
    /// One, or all of a joint account.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(super) party: Vec<Party>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Party>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        Many(Vec<Party>),
        One(Party),
    }
    Ok(match Option::<OneOrMany>::deserialize(deserializer)? {
        Some(OneOrMany::Many(parties)) => parties,
        Some(OneOrMany::One(party)) => vec![party],
        None => Vec::new(),
    })
}

/// `OBParty2`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Party {
    pub(super) name: Option<String>,
    pub(super) full_legal_name: Option<String>,
    #[serde(default)]
    pub(super) address: Vec<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Address {
    pub(super) country: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Balances {
    #[serde(default)]
    pub(super) balance: Vec<Balance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Balance {
    pub(super) account_id: Option<String>,
    #[serde(rename = "Type")]
    pub(super) kind: String,
    pub(super) credit_debit_indicator: Indicator,
    pub(super) amount: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Amount {
    pub(super) amount: String,
    pub(super) currency: String,
}

#[derive(Deserialize, Clone, Copy)]
pub(super) enum Indicator {
    Credit,
    Debit,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Transactions {
    #[serde(default)]
    pub(super) transaction: Vec<Transaction>,
}

/// `OBTransaction6`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the scheme names them so")]
pub(super) struct Transaction {
    /// Whose row it is; needed where a file holds several accounts.
    pub(super) account_id: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) status: String,
    pub(super) credit_debit_indicator: Indicator,
    pub(super) booking_date_time: String,
    pub(super) amount: Amount,
    pub(super) transaction_information: Option<String>,
    pub(super) bank_transaction_code: Option<BankTransactionCode>,
    pub(super) category_purpose_code: Option<String>,
    pub(super) payment_purpose_code: Option<String>,
    pub(super) merchant_details: Option<MerchantDetails>,
    pub(super) creditor_account: Option<Identification>,
    pub(super) debtor_account: Option<Identification>,
    pub(super) balance: Option<RunningBalance>,
}

/// The balance after a transaction.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RunningBalance {
    pub(super) credit_debit_indicator: Indicator,
    pub(super) amount: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BankTransactionCode {
    pub(super) code: String,
    pub(super) sub_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MerchantDetails {
    pub(super) merchant_name: Option<String>,
    pub(super) merchant_category_code: Option<String>,
}
