//! Places where a test may end the process, to see what a crash there leaves behind. In a build that ships they are nothing.

/// The process may end here: before or after something durable or something sent.
#[cfg(not(test))]
pub(crate) const fn point() {}

/// Ends the process when this is the point the test asked for.
#[cfg(test)]
pub(crate) fn point() {
    use std::sync::atomic::Ordering;
    if armed::AT.load(Ordering::SeqCst) != armed::NEVER && armed::PASSED.fetch_add(1, Ordering::SeqCst) == armed::AT.load(Ordering::SeqCst) {
        std::process::abort();
    }
}

/// Arms the points in a child process.
#[cfg(test)]
pub(crate) mod armed {
    use std::sync::atomic::{AtomicU64, Ordering};

    pub(super) const NEVER: u64 = u64::MAX;
    pub(super) static AT: AtomicU64 = AtomicU64::new(NEVER);
    pub(super) static PASSED: AtomicU64 = AtomicU64::new(0);

    /// From now on, ends the process at the `number`-th point, counted from zero.
    pub(crate) fn arm(number: u64) {
        PASSED.store(0, Ordering::SeqCst);
        AT.store(number, Ordering::SeqCst);
    }
}
