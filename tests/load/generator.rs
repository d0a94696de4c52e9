//! Two kinds of load: as much as goes through, and a constant arrival rate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::Client;

/// Connections of either load.
const CONNECTIONS: usize = 64;

/// Requests, each to be sent once, and what an answer must contain to be the right one.
pub(crate) struct Requests {
    pub(crate) all: Vec<Vec<u8>>,
    pub(crate) expects: &'static [u8],
}

/// What came of a load.
pub(crate) struct Measured {
    /// Answered a second.
    pub(crate) rate: f64,
    /// Latencies in order.
    latencies: Vec<Duration>,
    /// Answers that were not the right ones.
    pub(crate) wrong: usize,
}

impl Measured {
    /// The latency that this part of the requests did not exceed, milliseconds.
    pub(crate) fn percentile(&self, part: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index into a list")]
        let place = ((self.latencies.len() as f64 * part).ceil() as usize).clamp(1, self.latencies.len().max(1)) - 1;
        self.latencies.get(place).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Sends the requests one after the other on each connection: the rate is what goes through.
pub(crate) async fn saturate(address: SocketAddr, requests: Arc<Requests>) -> std::io::Result<Measured> {
    run(address, requests, None).await
}

/// Sends a request every `1 / rate` seconds, whether or not earlier ones were answered. A latency counts from the moment the request
/// was due, so a server that stalls is charged for everything it kept waiting (no coordinated omission).
pub(crate) async fn arrive(address: SocketAddr, requests: Arc<Requests>, rate: f64) -> std::io::Result<Measured> {
    run(address, requests, Some(Duration::from_secs_f64(1.0 / rate))).await
}

async fn run(address: SocketAddr, requests: Arc<Requests>, every: Option<Duration>) -> std::io::Result<Measured> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = Vec::new();
    // Enough connections that an arrival finds a free one, as long as the server keeps up at all.
    for _ in 0..if every.is_some() { 4 * CONNECTIONS } else { CONNECTIONS } {
        clients.push(Client::connect(address).await?);
    }
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for mut client in clients {
        let (next, requests) = (Arc::clone(&next), Arc::clone(&requests));
        workers.spawn(async move {
            let (mut latencies, mut wrong) = (Vec::new(), 0);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.all.get(number) else { return Ok::<_, std::io::Error>((latencies, wrong)) };
                let begun = match every {
                    None => Instant::now(),
                    Some(every) => due(start + every.mul_f64(number as f64)).await,
                };
                let (status, body) = client.send(request).await?;
                latencies.push(begun.elapsed());
                wrong += usize::from(
                    status >= 300 || !body.windows(requests.expects.len().max(1)).any(|window| window == requests.expects || requests.expects.is_empty()),
                );
            }
        });
    }
    let (mut latencies, mut wrong) = (Vec::new(), 0);
    while let Some(done) = workers.join_next().await {
        let (some, bad) = done.map_err(std::io::Error::other)??;
        latencies.extend(some);
        wrong += bad;
    }
    let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Ok(Measured { rate, latencies, wrong })
}

/// Waits until a request is due, and returns since when it counts: that moment when the connection was late, the moment of
/// waking when it was early, because the timer's own millisecond is not the server's.
async fn due(moment: Instant) -> Instant {
    if moment <= Instant::now() {
        return moment;
    }
    tokio::time::sleep_until(moment).await;
    Instant::now()
}
