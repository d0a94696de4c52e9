//! Parameters and rows in the few types both engines share: text, 64-bit integers, bytes.

use rusqlite::types::FromSql;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, Row as _};

use super::StoreError;
use super::sqlite::LocalRow;
use passid_api::time::Timestamp;

/// A query parameter. `None` is a typed NULL, which PostgreSQL wants.
#[derive(Debug, Clone)]
pub enum Value {
    /// `TEXT`.
    Text(Option<String>),
    /// `BIGINT`.
    Integer(Option<i64>),
    /// `BYTEA`.
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($source:ty => $variant:ident($value:ident) $convert:expr;)+) => {$(
        impl From<$source> for Value {
            fn from($value: $source) -> Self {
                Self::$variant(Some($convert))
            }
        }

        impl From<Option<$source>> for Value {
            fn from(value: Option<$source>) -> Self {
                Self::$variant(value.map(|$value| $convert))
            }
        }
    )+};
}

value_from! {
    String => Text(value) value;
    &str => Text(value) value.to_owned();
    i64 => Integer(value) value;
    u32 => Integer(value) i64::from(value);
    u16 => Integer(value) i64::from(value);
    bool => Integer(value) i64::from(value);
    Timestamp => Integer(value) value.seconds();
    Vec<u8> => Bytes(value) value;
    &[u8] => Bytes(value) value.to_vec();
    [u8; 32] => Bytes(value) value.to_vec();
}

macro_rules! value_from_text {
    ($($source:ty),+ $(,)?) => {$(
        impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::Text(Some(value.to_string()))
            }
        }

        impl From<Option<$source>> for Value {
            fn from(value: Option<$source>) -> Self {
                Self::Text(value.map(|value| value.to_string()))
            }
        }
    )+};
}

value_from_text!(
    passid_api::environment::Environment,
    passid_api::ids::InstitutionId,
    passid_api::ids::InstitutionUserId,
    passid_api::ids::UserId,
    passid_api::ids::SessionId,
    passid_api::ids::ShareId,
    passid_api::ids::VerificationId,
    passid_api::ids::CredentialId,
    passid_api::ids::BankLinkId,
    passid_api::ids::WebhookEndpointId,
    passid_api::ids::EventId,
    passid_api::ids::ApiKeyId,
    passid_api::api_key::KeyKind,
    passid_api::jws::KeyPurpose,
    passid_api::webhook::EventKind,
    passid_api::webhook::DeliveryStatus,
    passid_api::webhook::DeliveryFailure,
    passid_api::webhook::DisabledReason,
    passid_api::session::SessionState,
    passid_api::wallet::BankLinkStatus,
    passid_api::ids::OutcomeId,
    passid_api::outcome::OutcomeKind,
    passid_api::outcome::CoverageLevel,
    passid_api::verify::DenyReason,
    passid_api::ids::IncidentId,
    passid_api::ids::IncidentUpdateId,
    passid_api::ids::RequestId,
    passid_api::ids::InvitationId,
    passid_api::institution::Role,
    passid_api::problem::ProblemCode,
    crate::status::component::Component,
    crate::status::incident::Impact,
    crate::status::incident::Stage,
);

/// A row of either engine.
pub enum Row {
    /// From SQLite.
    Sqlite(LocalRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// The column's value: `String`, `i64`, `Vec<u8>` or an `Option` of them.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Embedded`] when the column is missing or of another type.
    pub fn get<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: FromSql + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A text column read as a type that is written as text.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the text is not of that type.
    pub fn parse<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.get::<String>(column)?.parse().map_err(|_| StoreError::Corrupt(column))
    }

    /// A text column that may be empty (NULL), read as a type that is written as text.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the text is not of that type.
    pub fn parse_optional<T: std::str::FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.get::<Option<String>>(column)?.map(|text| text.parse()).transpose().map_err(|_| StoreError::Corrupt(column))
    }

    /// An integer column read as a time.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is out of range.
    pub fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_seconds(self.get(column)?).map_err(|_| StoreError::Corrupt(column))
    }

    /// An integer column that may be NULL, read as a time.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is out of range.
    pub fn time_optional(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.get::<Option<i64>>(column)?.map(Timestamp::from_seconds).transpose().map_err(|_| StoreError::Corrupt(column))
    }

    /// A column of 32 bytes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when there are more or fewer.
    pub fn digest(&self, column: &'static str) -> Result<[u8; 32], StoreError> {
        self.get::<Vec<u8>>(column)?.try_into().map_err(|_| StoreError::Corrupt(column))
    }

    /// An integer column that is 0 or 1.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the column is missing.
    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.get::<i64>(column)? != 0)
    }

    /// A text column that holds JSON.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it does not read.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(&self.get::<String>(column)?).map_err(|_| StoreError::Corrupt(column))
    }
}
