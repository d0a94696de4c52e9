//! The web origins from which a workspace's publishable keys may be used: read strictly, replaced as a whole.

use std::collections::BTreeSet;

use url::{Host, Url};

use passid_api::environment::Environment;
use passid_api::ids::InstitutionId;
use passid_api::institution::Origins;
use passid_api::problem::{FieldError, Problem, ProblemCode};
use passid_api::time::Timestamp;

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::store::Connection;
use crate::store::institutions::{self as table, OriginRow};

/// Origins of one environment.
const MAX_ORIGINS: usize = 20;

/// Why a text is not an origin that can be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum OriginError {
    #[error("not an origin such as https://apply.example.com: scheme, host and perhaps port, nothing else, no wildcard")]
    Malformed,
    #[error("use https; http is for loopback in the sandbox")]
    NotHttps,
}

/// The origin as a browser sends it (RFC 6454, section 6.2): scheme, host in lower case, the port unless it is the usual one.
fn parse(text: &str, environment: Environment) -> Result<String, OriginError> {
    let url: Url = text.parse().map_err(|_| OriginError::Malformed)?;
    let origin = url.origin();
    // Whatever an address has beyond its origin (a path, a user, a query) would be misread as a narrower permission.
    let nothing_else = text.trim_end_matches('/').eq_ignore_ascii_case(&origin.ascii_serialization());
    if !origin.is_tuple() || !nothing_else || text.contains('*') || text.len() > 255 {
        return Err(OriginError::Malformed);
    }
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(origin.ascii_serialization()),
        "http" if is_loopback && environment == Environment::Sandbox => Ok(origin.ascii_serialization()),
        "http" => Err(OriginError::NotHttps),
        _ => Err(OriginError::Malformed),
    }
}

/// Reads the lists, or names every entry that is wrong.
pub(crate) fn read(request: &Origins) -> Result<Vec<OriginRow>, ApiError> {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for (environment, texts) in [(Environment::Sandbox, &request.sandbox), (Environment::Live, &request.live)] {
        if texts.len() > MAX_ORIGINS {
            return Err(ApiError::field(&format!("/{environment}"), "too_many", format!("Register at most {MAX_ORIGINS} origins.")));
        }
        let mut seen = BTreeSet::new();
        for (index, text) in texts.iter().enumerate() {
            match parse(text, environment) {
                Ok(origin) if seen.insert(origin.clone()) => rows.push(OriginRow { environment, origin }),
                Ok(_) => {}
                Err(error) => {
                    errors.push(FieldError { pointer: format!("/{environment}/{index}"), code: "invalid".to_owned(), message: error.to_string() });
                }
            }
        }
    }
    if errors.is_empty() {
        return Ok(rows);
    }
    let mut problem = Problem::new(ProblemCode::MalformedRequest, "Correct the origins listed in errors.");
    problem.errors = errors;
    Err(problem.into())
}

/// The workspace's origins.
pub(crate) async fn show(connection: &mut Connection, institution: InstitutionId) -> Result<Origins, ApiError> {
    let (sandbox, live) = table::list_origins(connection, institution).await?.into_iter().partition::<Vec<_>, _>(|row| row.environment == Environment::Sandbox);
    let texts = |rows: Vec<OriginRow>| rows.into_iter().map(|row| row.origin).collect();
    Ok(Origins { sandbox: texts(sandbox), live: texts(live) })
}

/// Replaces the workspace's origins.
pub(crate) async fn replace(
    connection: &mut Connection,
    institution: InstitutionId,
    rows: Vec<OriginRow>,
    actor: &str,
    now: Timestamp,
) -> Result<Origins, ApiError> {
    // First, because it locks the workspace's chain: of two replacements at once the second follows the first.
    audit::append(connection, institution, Action::OriginsChanged, &institution.to_string(), actor, now).await?;
    table::replace_origins(connection, institution, rows).await?;
    show(connection, institution).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        let live = |text| parse(text, Environment::Live);
        assert_eq!(live("https://Apply.Example.com/").as_deref(), Ok("https://apply.example.com"));
        assert_eq!(live("https://apply.example.com:8443").as_deref(), Ok("https://apply.example.com:8443"));
        assert_eq!(parse("http://localhost:3000", Environment::Sandbox).as_deref(), Ok("http://localhost:3000"));
        for text in ["http://localhost:3000", "http://apply.example.com"] {
            assert_eq!(live(text), Err(OriginError::NotHttps), "{text}");
        }
        assert_eq!(parse("http://example.com", Environment::Sandbox), Err(OriginError::NotHttps));
        for text in [
            "",
            "*",
            "null",
            "https://*",
            "https://*.example.com",
            "https://example.com/apply",
            "https://example.com?x",
            "https://user@example.com",
            "https://example.com, https://evil.example",
            "example.com",
            "file:///etc",
            "data:text/html,x",
        ] {
            assert_eq!(live(text), Err(OriginError::Malformed), "{text}");
        }
    }
}
