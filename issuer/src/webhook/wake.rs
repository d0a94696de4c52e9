//! Waking delivery workers: this process's at once, those of other processes through the database.
//!
//! A wake-up is a hint and may be lost: every worker also looks by itself each second. So it is sent after the commit and at most
//! twenty times a second, not in each transaction, where PostgreSQL would make all that notify commit one after the other.

use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::service::Service;

/// Wake-ups for other processes are gathered for so long.
const GATHER: Duration = Duration::from_millis(50);
/// After the connection for wake-ups broke, it is made again so much later.
const RECONNECT: Duration = Duration::from_secs(5);

/// Tells workers that something is due.
#[derive(Debug, Default)]
pub struct Wake {
    here: Notify,
    elsewhere: Notify,
}

impl Wake {
    /// Something is due: call it after the commit that queued it.
    pub fn notify_one(&self) {
        self.here.notify_one();
        self.elsewhere.notify_one();
    }

    /// Waits until something is due.
    pub(super) async fn notified(&self) {
        self.here.notified().await;
    }
}

/// Passes wake-ups on between this process and the others on its database until `stop`. Returns at once where there are no others.
pub(super) async fn exchange(service: Service, stop: CancellationToken) {
    let mut name = [0; 8];
    service.with_random(|random| random.fill_bytes(&mut name));
    let name = hex::encode(name);
    while !stop.is_cancelled() {
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = exchange_until_broken(&service, &name) => ended,
        };
        match ended {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "wake-ups of other processes do not arrive at present; deliveries are looked for each second"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(RECONNECT) => {}
        }
    }
}

async fn exchange_until_broken(service: &Service, name: &str) -> Result<(), crate::store::StoreError> {
    let Some(mut listener) = service.store.wake_ups().await? else { return Ok(()) };
    let telling = async {
        loop {
            service.deliveries_due.elsewhere.notified().await;
            if let Err(error) = service.store.wake_others(name).await {
                break error;
            }
            tokio::time::sleep(GATHER).await;
        }
    };
    let hearing = async {
        loop {
            match listener.next().await {
                Ok(from) if from == name => {}
                Ok(_) => service.deliveries_due.here.notify_one(),
                Err(error) => break error,
            }
        }
    };
    tokio::select! {
        error = telling => Err(error),
        error = hearing => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use crate::store::testing::{postgres, sqlite};
    use crate::testing::TestIssuer;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_one_process_queues_wakes_another() {
        let Some(database) = postgres().await else { return };
        let (first, second) = (TestIssuer::start(&database).await.service, TestIssuer::start(&database).await.service);
        let stop = CancellationToken::new();
        for service in [&first, &second] {
            tokio::spawn(exchange(service.clone(), stop.clone()));
        }
        // The other may not listen yet: said until heard.
        let woken = second.deliveries_due.notified();
        tokio::pin!(woken);
        loop {
            first.deliveries_due.notify_one();
            tokio::select! {
                () = &mut woken => break,
                () = tokio::task::yield_now() => {}
            }
        }
        stop.cancel();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_embedded_database_has_no_others_to_wake() {
        let issuer = TestIssuer::start(&sqlite()).await;
        let service = issuer.service.clone();
        exchange(service.clone(), CancellationToken::new()).await;
        service.deliveries_due.notify_one();
        service.deliveries_due.notified().await;
    }
}
