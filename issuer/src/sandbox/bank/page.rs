//! The bank's consent page: plain HTML that works without scripts.

use std::fmt::Write;

use super::consent::{Consent, Permission};
use super::ledger::BookedCustomer;

/// Nothing is loaded from anywhere; the form may lead on to the application that asked.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const STYLE: &str = "body{font-family:system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;line-height:1.5}\
fieldset{margin:0 0 1.5rem;border:1px solid #767676;border-radius:.5rem;padding:1rem}label{display:block;padding:.25rem 0}\
button{font:inherit;padding:.6rem 1.2rem;margin:.75rem .75rem 0 0}.note{color:#595959}";

/// Who asks for what, and a form for each customer.
pub(super) fn consent(request: &str, consent: &Consent, customers: &[BookedCustomer]) -> String {
    let mut body = String::from(
        "<h1>Sandbox Bank</h1><p class=\"note\">Invented customers for trying things out. No password is needed: choose who you are.</p>\
         <h2>PASSID asks to read</h2><ul>",
    );
    for permission in &consent.permissions {
        let _ = write!(body, "<li>{}</li>", words(*permission));
    }
    body.push_str("</ul>");
    if let Some(end) = consent.expires_at {
        let _ = write!(body, "<p>until {end}. You can withdraw this at any time.</p>");
    }
    for customer in customers {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"authorize/decision\"><fieldset><legend>{name}</legend>\
             <input type=\"hidden\" name=\"request\" value=\"{request}\"><input type=\"hidden\" name=\"customer\" value=\"{id}\">",
            name = escaped(&customer.name),
            request = escaped(request),
            id = escaped(&customer.id),
        );
        for account in &customer.accounts {
            let _ = write!(
                body,
                "<label><input type=\"checkbox\" name=\"account\" value=\"{id}\" checked> {nickname} ({currency}) {number}</label>",
                id = escaped(&account.id),
                nickname = escaped(&account.nickname),
                currency = account.currency,
                number = escaped(&account.identification),
            );
        }
        body.push_str(
            "<button name=\"decision\" value=\"approve\">Agree and share</button>\
             <button name=\"decision\" value=\"refuse\">Refuse</button></fieldset></form>",
        );
    }
    document("Share account information", &body)
}

/// A page that says why nothing happens.
pub(super) fn refusal(reason: &str) -> String {
    document("Sandbox Bank", &format!("<h1>Sandbox Bank</h1><p>{}</p>", escaped(reason)))
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
}

const fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::ReadAccountsBasic => "which accounts you have",
        Permission::ReadAccountsDetail => "their names and numbers",
        Permission::ReadBalances => "their balances",
        Permission::ReadParty => "who holds them",
        Permission::ReadPartyPSU => "your name and country",
        Permission::ReadTransactionsBasic => "your transactions",
        Permission::ReadTransactionsCredits => "money you received",
        Permission::ReadTransactionsDebits => "money you spent",
        Permission::ReadTransactionsDetail => "what each transaction was for",
    }
}

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_customers_are_called_is_text_not_markup() {
        assert_eq!(escaped("<b a='1' c=\"2\">&</b>"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;&lt;/b&gt;");
    }
}
