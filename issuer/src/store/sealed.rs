//! Every column that holds something sealed, so that all of it can be sealed again under another key.

use super::{Connection, StoreError};
use crate::params;
use crate::sealing::Purpose;

/// A column of sealed values.
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// What it is sealed for.
    pub purpose: Purpose,
    /// What follows the row's key in the text a value is bound to.
    pub suffix: &'static str,
    page: &'static str,
    replace: &'static str,
}

macro_rules! sealed_columns {
    ($($table:literal, $key:literal, $column:literal, $suffix:literal, $purpose:ident;)+) => {
        &[$(SealedColumn {
            table: $table,
            column: $column,
            purpose: Purpose::$purpose,
            suffix: $suffix,
            page: concat!("SELECT ", $key, " AS row_key, ", $column, " AS sealed FROM ", $table, " WHERE ", $key, " > $1 AND ", $column,
                          " IS NOT NULL ORDER BY ", $key, " LIMIT $2"),
            replace: concat!("UPDATE ", $table, " SET ", $column, " = $3 WHERE ", $key, " = $1 AND ", $column, " = $2"),
        }),+]
    };
}

/// Table, key column, sealed column, suffix, purpose. A value is bound to the key's text and the suffix.
pub static SEALED_COLUMNS: &[SealedColumn] = sealed_columns! {
    "issuer_keys", "kid", "sealed_key", "", IssuerKey;
    "bank_links", "id", "sealed_pending", "", BankConnection;
    "bank_links", "id", "sealed_tokens", "", BankConnection;
    "bank_links", "id", "sealed_withdrawal", "/withdrawal", BankConnection;
    "bank_links", "id", "sealed_name", "", DeclaredName;
    "screened_holders", "user_id", "sealed_person", "", ScreenedPerson;
    "screened_holders", "user_id", "sealed_hits", "/hits", ScreenedPerson;
    "sanctions_clearances", "id", "sealed_reason", "", ScreenedPerson;
    "shares", "id", "sealed_content", "", Presentation;
    "webhook_endpoints", "id", "sealed_secret", "", WebhookSecret;
    "webhook_endpoints", "id", "sealed_previous_secret", "", WebhookSecret;
};

/// A sealed value and its row.
pub struct SealedValue {
    /// The row's key.
    pub key: String,
    /// The value.
    pub sealed: Vec<u8>,
}

/// At most `limit` values of a column, in the order of their keys, from after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn page(connection: &mut Connection, column: &'static SealedColumn, after: &str, limit: u32) -> Result<Vec<SealedValue>, StoreError> {
    let rows = connection.fetch_all(column.page, params![after, limit]).await?;
    rows.iter().map(|row| Ok(SealedValue { key: row.get("row_key")?, sealed: row.get("sealed")? })).collect()
}

/// Replaces a value, unless it changed meanwhile; then whoever changed it sealed it anew.
///
/// # Errors
/// [`StoreError`].
pub async fn replace(connection: &mut Connection, column: &'static SealedColumn, old: SealedValue, new: Vec<u8>) -> Result<bool, StoreError> {
    Ok(connection.execute(column.replace, params![old.key, old.sealed, new]).await? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::sqlite;

    /// Gone within a day: they are not sealed again, but end.
    const SHORT_LIVED: [(&str, &str); 2] = [("idempotency", "sealed_body"), ("staged_pages", "sealed_page")];

    #[tokio::test]
    async fn no_sealed_column_is_forgotten() {
        let database = sqlite();
        let store = database.open().await;
        let mut reader = store.reader().await.unwrap();
        let sql = "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                   WHERE m.type = 'table' AND c.name LIKE 'sealed%'";
        for row in reader.fetch_all(sql, params![]).await.unwrap() {
            let (table, column): (String, String) = (row.get("table_name").unwrap(), row.get("column_name").unwrap());
            let known = SEALED_COLUMNS.iter().map(|known| (known.table, known.column)).chain(SHORT_LIVED);
            assert!(known.into_iter().any(|known| known == (table.as_str(), column.as_str())), "{table}.{column} must be sealed again when the key changes");
        }
    }
}
