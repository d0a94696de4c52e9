//! The parts of the service that the status page speaks of, and how well each works.

passid_api::text_enum! {
    /// A part of the service, as its users know it.
    pub enum Component as "component" {
        /// Verifying tokens and codes.
        Verify = "verify-api",
        /// Creating and following sessions.
        Sessions = "session-api",
        /// Putting verification packages together.
        Package = "verification-package-builder",
        /// Sending events.
        Webhooks = "webhook-delivery",
        /// Reading banks and signing credentials.
        Issuance = "credential-issuance",
        /// The pages and requests of institutions' users.
        Dashboard = "institution-dashboard",
        /// What the wallet on the phone calls.
        Wallet = "mobile-app-backend",
    }
}

impl Component {
    /// Its name on the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verify => "Verify API",
            Self::Sessions => "Session API",
            Self::Package => "Verification Package Builder",
            Self::Webhooks => "Webhook Delivery",
            Self::Issuance => "Credential Issuance",
            Self::Dashboard => "Institution Dashboard",
            Self::Wallet => "PASSID Mobile App Backend",
        }
    }

    /// What it does, in a line.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Verify => "POST /v1/verify: checks a token or code and answers the claims behind it",
            Self::Sessions => "POST /v1/sessions: requests to applicants, followed until they answer",
            Self::Package => "POST /v1/package: claims, freshness, provenance and proof status in one document",
            Self::Webhooks => "verification.completed, verification.failed and outcome.reported events",
            Self::Issuance => "Reading the bank, deriving claims, signing credentials and the tree's heads",
            Self::Dashboard => "Verification history, keys, webhooks and the sandbox",
            Self::Wallet => "Wallet accounts, credentials, consent and revocation",
        }
    }

    /// The component that a route belongs to. Addresses of the operator's and the status page's own belong to none.
    pub fn of_route(route: &str) -> Option<Self> {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| route.starts_with(prefix));
        match route {
            _ if begins(&["/v1/package"]) => Some(Self::Package),
            _ if begins(&["/v1/verify", "/api/v1/bridge/verify", "/api/bridge/verify", "/v1/verifications"]) => Some(Self::Verify),
            _ if begins(&["/v1/sessions", "/api/bridge/request"]) => Some(Self::Sessions),
            _ if begins(&["/v1/wallet/credentials", "/v1/bank", "/v1/tree", "/.well-known"]) => Some(Self::Issuance),
            _ if begins(&["/v1/wallet", "/api/v1/bridge/share"]) => Some(Self::Wallet),
            _ if begins(&["/v1/institution", "/api/institution", "/dashboard"]) => Some(Self::Dashboard),
            _ => None,
        }
    }
}

/// Whether a route may take its time: it answers when something happens, or after as long as the caller wants to wait.
pub fn waits(method: &str, route: &str) -> bool {
    method == "GET" && (route.starts_with("/v1/sessions/") || route.starts_with("/api/bridge/request/"))
}

passid_api::text_enum! {
    /// How well a component works, in the words of the Statuspage format.
    pub enum Health as "component status" {
        /// All is well.
        Operational = "operational",
        /// It works, but at least one in a hundred requests fails.
        Degraded = "degraded_performance",
        /// A probe failed lately, or one in twenty requests fails.
        Partial = "partial_outage",
        /// No probe passes, or every second request fails.
        Major = "major_outage",
        /// Announced work is under way.
        Maintenance = "under_maintenance",
    }
}

impl Health {
    /// The words on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Operational => "Operational",
            Self::Degraded => "Degraded performance",
            Self::Partial => "Partial outage",
            Self::Major => "Major outage",
            Self::Maintenance => "Under maintenance",
        }
    }

    /// The health that some minutes show, together: never set by hand.
    pub fn of(counts: &Counts) -> Self {
        let many = counts.requests >= MIN_REQUESTS;
        let at_least = |one_in: i64| many && counts.failures * one_in >= counts.requests;
        if counts.probes_passed == 0 || at_least(2) {
            Self::Major
        } else if counts.probes_failed > 0 || at_least(20) {
            Self::Partial
        } else if at_least(100) {
            Self::Degraded
        } else {
            Self::Operational
        }
    }
}

/// Of fewer requests in the time looked at, no share is taken.
pub const MIN_REQUESTS: i64 = 10;

/// What was seen of a component over some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Probes that passed.
    pub probes_passed: i64,
    /// Probes that failed, or took over ten seconds.
    pub probes_failed: i64,
    /// Requests answered.
    pub requests: i64,
    /// Of these, answered with 5xx or after more than ten seconds.
    pub failures: i64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.probes_passed += other.probes_passed;
        self.probes_failed += other.probes_failed;
        self.requests += other.requests;
        self.failures += other.failures;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_follows_from_what_was_seen() {
        let seen = |probes_passed, probes_failed, requests, failures| Health::of(&Counts { probes_passed, probes_failed, requests, failures });
        assert_eq!(seen(0, 0, 0, 0), Health::Major, "nobody looked: nothing says that it works");
        assert_eq!(seen(0, 5, 0, 0), Health::Major);
        assert_eq!(seen(4, 1, 0, 0), Health::Partial);
        assert_eq!(seen(5, 0, 9, 9), Health::Operational, "nine requests are no share");
        assert_eq!(seen(5, 0, 1_000, 9), Health::Operational);
        assert_eq!(seen(5, 0, 1_000, 10), Health::Degraded);
        assert_eq!(seen(5, 0, 1_000, 50), Health::Partial);
        assert_eq!(seen(5, 0, 1_000, 500), Health::Major);
    }

    #[test]
    fn routes_belong_to_their_component() {
        for (route, component) in [
            ("/v1/verify", Some(Component::Verify)),
            ("/api/v1/bridge/verify/{token}", Some(Component::Verify)),
            ("/v1/sessions/{id}", Some(Component::Sessions)),
            ("/v1/wallet/credentials", Some(Component::Issuance)),
            ("/v1/wallet/challenge", Some(Component::Wallet)),
            ("/v1/institution/webhooks", Some(Component::Dashboard)),
            ("/status", None),
            ("/healthz", None),
        ] {
            assert_eq!(Component::of_route(route), component, "{route}");
        }
    }
}
