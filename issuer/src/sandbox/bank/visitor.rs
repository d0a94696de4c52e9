//! What a person does in the browser, for programs: open the bank's page, choose, agree or refuse, follow the redirect.

use url::Url;

/// The visit failed; the bank's page or answer was not as expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bank's page could not be used: {0}")]
pub struct VisitError(pub &'static str);

/// Agrees as `customer` to share all accounts; returns the address the bank sends the browser back to, not yet followed.
///
/// `http` must not follow redirects.
///
/// # Errors
/// [`VisitError`] when the page cannot be loaded, has no form, or the bank does not redirect.
pub async fn approve(http: &reqwest::Client, authorization_url: &str, customer: &str) -> Result<Url, VisitError> {
    visit(http, authorization_url, customer, "approve").await
}

/// Refuses; returns the address the bank sends the browser back to, not yet followed.
///
/// # Errors
/// [`VisitError`] as for [`approve`].
pub async fn refuse(http: &reqwest::Client, authorization_url: &str, customer: &str) -> Result<Url, VisitError> {
    visit(http, authorization_url, customer, "refuse").await
}

async fn visit(http: &reqwest::Client, authorization_url: &str, customer: &str, decision: &str) -> Result<Url, VisitError> {
    let page = http.get(authorization_url).send().await.map_err(|_| VisitError("not reachable"))?;
    if !page.status().is_success() {
        return Err(VisitError("no page"));
    }
    let html = page.text().await.map_err(|_| VisitError("page not readable"))?;
    let request = hidden_field(&html, "request").ok_or(VisitError("no form"))?;
    let action = Url::parse(authorization_url).and_then(|url| url.join("authorize/decision")).map_err(|_| VisitError("no address"))?;
    let form = [("request", request), ("customer", customer), ("decision", decision)];
    let answer = http.post(action).form(&form).send().await.map_err(|_| VisitError("not reachable"))?;
    let location = answer.headers().get(reqwest::header::LOCATION).and_then(|value| value.to_str().ok());
    location.and_then(|text| Url::parse(text).ok()).ok_or(VisitError("no redirect"))
}

/// The value of `<input type="hidden" name="…" value="…">`.
fn hidden_field<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}
