//! Waiting, as a parameter: production sleeps, a test only moves its clock.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Waits between attempts.
pub trait Pause: Send + Sync {
    /// Done after `duration`.
    fn pause<'a>(&'a self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// Really waits; built at the edge.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimerPause;

impl Pause for TimerPause {
    fn pause<'a>(&'a self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
