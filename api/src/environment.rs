//! Sandbox and live: two worlds that share code and nothing else.

crate::text_enum! {
    /// Which world a key, a credential or a session belongs to. Nothing crosses from one to the other.
    pub enum Environment as "environment" {
        /// Invented people and banks; free to break.
        Sandbox = "sandbox",
        /// Real people; gated until the operator approves a workspace.
        Live = "live",
    }
}
