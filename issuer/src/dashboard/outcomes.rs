//! Reporting what became of applicants: one in a form, or many as CSV with what is wrong said row by row.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::Deserialize;

use passid_api::outcome::{OutcomeKind, OutcomeRecorded, ReportOutcome};

use crate::http::ApiError;
use crate::outcome::report::{self, Report};
use crate::service::Service;

use super::form::{Fields, Form};
use super::page::{Frame, Page, PageError, done, show};
use super::pages::Pages;
use super::visit::Visit;

/// Rows read from one table.
const MAX_ROWS: usize = 500;
/// The columns, under the API's names; the first two are needed.
const COLUMNS: [&str; 6] = ["token", "outcome", "productType", "amountUsd", "observationDays", "notes"];

pub(super) fn routes() -> Pages {
    Pages::new()
        .get("/dashboard/{environment}/outcomes", page)
        .post("/dashboard/{environment}/outcomes", one)
        .post("/dashboard/{environment}/outcomes/table", table)
}

#[derive(Template)]
#[template(path = "dashboard/outcomes.html")]
struct OutcomesPage {
    frame: Frame,
    token: String,
    kinds: &'static [OutcomeKind],
}

/// What came of a row.
struct RowResult {
    /// Its number in the table, the header not counted.
    number: usize,
    token: String,
    /// What was recorded, or what is wrong.
    came_of_it: Result<OutcomeKind, String>,
}

#[derive(Template)]
#[template(path = "dashboard/outcomes_read.html")]
struct TableRead {
    frame: Frame,
    recorded: usize,
    wrong: usize,
    rows: Vec<RowResult>,
}

#[derive(Deserialize)]
struct Which {
    /// A token or a verification to begin with.
    #[serde(default)]
    token: String,
}

async fn page(State(service): State<Service>, visit: Visit, Query(which): Query<Which>) -> Page {
    show(&OutcomesPage { frame: Frame::new(&service, &visit, "outcomes"), token: which.token, kinds: OutcomeKind::ALL })
}

/// A field that may be empty, read as a number.
fn number<T: std::str::FromStr>(text: &str, name: &str) -> Result<Option<T>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ApiError::field(&format!("/{name}"), "invalid", format!("{name} is not a number: write it as 180 or 5000.50.")))
}

/// The request that these texts make; `text` gives the field of a name, empty when it is missing.
fn request<'t>(text: impl Fn(&str) -> &'t str) -> Result<ReportOutcome, ApiError> {
    let own = |name: &str| Some(text(name).to_owned()).filter(|text| !text.is_empty());
    Ok(ReportOutcome {
        token: text("token").to_owned(),
        outcome: text("outcome").parse().map_err(|error: passid_api::text_enum::UnknownWord| ApiError::field("/outcome", "invalid", error.to_string()))?,
        product_type: own("productType"),
        amount_usd: number(text("amountUsd"), "amountUsd")?,
        observation_days: number(text("observationDays"), "observationDays")?,
        notes: own("notes"),
    })
}

/// Records one. An outcome is recorded once for each token, so a form sent twice is refused the second time.
async fn record(service: &Service, visit: &Visit, request: ReportOutcome) -> Result<OutcomeRecorded, ApiError> {
    let report = Report::read(request)?;
    let (inside, institution, environment, actor) = (service.clone(), visit.institution.id, visit.environment, visit.actor());
    service.store.write(move |connection| Box::pin(async move { report::record(&inside, connection, institution, environment, report, &actor).await })).await
}

async fn one(State(service): State<Service>, Form { visit, fields }: Form) -> Page {
    record(&service, &visit, request(|name| fields.text(name))?).await?;
    service.deliveries_due.notify_one();
    Ok(done(&format!("/dashboard/{}/outcomes", visit.environment), "recorded").into_response())
}

/// An outcome read from a row, or the row's token and what is wrong with it.
type ReadRow = Result<ReportOutcome, (String, ApiError)>;

/// What stands between the columns: spreadsheets write a semicolon where the comma is the decimal sign, and a tab when they copy.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t'].into_iter().find(|delimiter| head.as_bytes().contains(delimiter)).unwrap_or(b',')
}

/// The rows of the table, each as its columns; what cannot be read as a table at all is an error of the whole.
fn rows(text: &str) -> Result<Vec<ReadRow>, ApiError> {
    let wrong = |message: String| ApiError::field("/table", "invalid", message);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(format!("This is not CSV: {error}.")))?.clone();
    if let Some(unknown) = header.iter().find(|name| !COLUMNS.contains(name)) {
        return Err(wrong(format!("There is no column {unknown:?}; the first line names the columns, of: {}.", COLUMNS.join(", "))));
    }
    if let Some(missing) = COLUMNS[..2].iter().find(|name| !header.iter().any(|column| column == **name)) {
        return Err(wrong(format!("The column {missing:?} is missing; the first line names the columns.")));
    }
    let records: Vec<_> = reader.records().take(MAX_ROWS + 1).collect();
    if records.is_empty() || records.len() > MAX_ROWS {
        return Err(wrong(format!("Send 1 to {MAX_ROWS} rows at a time.")));
    }
    let read = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|error| (String::new(), wrong(format!("The row is not CSV: {error}."))))?;
        let token = header.iter().position(|column| column == "token").and_then(|index| record.get(index)).unwrap_or_default().to_owned();
        if record.len() != header.len() {
            return Err((token, wrong(format!("The row has {} fields, and the header {}.", record.len(), header.len()))));
        }
        let field = |name: &str| header.iter().position(|column| column == name).and_then(|index| record.get(index)).unwrap_or_default();
        request(field).map_err(|error| (token, error))
    };
    Ok(records.into_iter().map(read).collect())
}

/// What is wrong, in one line.
fn said(ApiError(problem): ApiError) -> String {
    if problem.errors.is_empty() { problem.detail } else { problem.errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ") }
}

async fn table(State(service): State<Service>, Form { visit, fields }: Form) -> Result<axum::response::Response, PageError> {
    let mut results = Vec::new();
    for (number, row) in (1..).zip(rows(given(&fields)?)?) {
        let (token, came_of_it) = match row {
            Err((token, error)) => (token, Err(said(error))),
            Ok(request) => {
                let token = request.token.clone();
                (token, record(&service, &visit, request).await.map(|recorded| recorded.outcome).map_err(said))
            }
        };
        results.push(RowResult { number, token, came_of_it });
    }
    service.deliveries_due.notify_one();
    let recorded = results.iter().filter(|row| row.came_of_it.is_ok()).count();
    let wrong = results.len() - recorded;
    show(&TableRead { frame: Frame::new(&service, &visit, "outcomes"), recorded, wrong, rows: results })
}

/// The file, where one was chosen, else what was pasted. Some programs begin a file with a mark of its encoding.
fn given(fields: &Fields) -> Result<&str, ApiError> {
    let (file, pasted) = (fields.text("file").trim_start_matches('\u{feff}').trim_start(), fields.text("table"));
    match (file.is_empty(), pasted.is_empty()) {
        (false, true) => Ok(file),
        (true, false) => Ok(pasted),
        (true, true) => Err(ApiError::field("/table", "missing", "Choose a file that is not empty, or paste the table.")),
        (false, false) => Err(ApiError::field("/table", "invalid", "Choose a file or paste the table, not both: which one counts?")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_says_what_is_wrong_with_it_and_the_others_count() {
        let read = rows("outcome, token ,amountUsd\nrepaid,A,5000.50\nlost,B,\nrepaid,C\nrepaid,D,much\n").unwrap();
        assert!(read[0].as_ref().is_ok_and(|row| row.token == "A" && row.amount_usd == Some(5000.5) && row.observation_days.is_none()));
        for (row, token, says) in [(1, "B", "lost"), (2, "C", "2 fields"), (3, "D", "amountUsd")] {
            let Err((found, error)) = &read[row] else { panic!("row {row} was taken") };
            assert_eq!(found, token);
            let said = said(ApiError(error.0.clone()));
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn a_spreadsheets_own_separators_are_read() {
        for text in ["token;outcome;notes\nA;repaid;x, y\n", "token\toutcome\tnotes\nA\trepaid\tx, y\n", "token,outcome,notes\r\nA,repaid,\"x, y\"\r\n"] {
            let read = rows(text).unwrap();
            assert!(read[0].as_ref().is_ok_and(|row| row.notes.as_deref() == Some("x, y")), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused_whole() {
        for (text, says) in [("", "missing"), ("token,outcome", "rows"), ("token\nA", "outcome"), ("token,outcome,income\n", "income")] {
            let said = said(rows(text).err().unwrap());
            assert!(said.contains(says), "{text:?}: {said}");
        }
        let long = format!("token,outcome\n{}", "A,repaid\n".repeat(MAX_ROWS + 1));
        assert!(rows(&long).is_err() && rows(&long[..long.len() - 9]).is_ok());
    }
}
