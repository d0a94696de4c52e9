//! Counts requests against quotas: in memory, or in blocks taken from counts that all processes share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId, UserId};
use passid_api::time::Clock;

use crate::store::{self, Store, StoreError};

use super::bucket::{self, Taken};
use super::{LimitName, Limits, Quota};

/// Counts kept in memory. When more are live, all further ones share one: a flood of addresses costs itself, not the memory.
const MAX_BUCKETS: usize = 100_000;
/// A process takes this part of a quota at once from the shared counts.
const BLOCKS: u32 = 50;
/// Shared counts that are whole again are removed once in so many looks at them.
const SWEEP_EVERY: u64 = 1_000;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An institution key.
    Key(ApiKeyId),
    /// A holder's wallet.
    Wallet(UserId),
    /// A workspace.
    Workspace(InstitutionId),
    /// An address, as [`super::address::network_of`] cuts it.
    Address(IpAddr),
    /// A text that is not kept, by its digest.
    Digest([u8; 32]),
    /// Everybody in one world.
    Everybody(Environment),
    /// Those for whom there was no room.
    Others,
}

/// A request that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Against what.
    pub name: LimitName,
    /// Its quota.
    pub quota: Quota,
    /// Requests that are left.
    pub remaining: u32,
    /// Seconds until the quota is whole again, or until the next request when none is left.
    pub reset: u32,
}

/// A request too many: seconds to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// How things stand.
    pub charge: Charge,
}

#[derive(Default)]
struct Bucket {
    /// When the quota is whole again, microseconds since the epoch; as last heard of when shared.
    whole_at: u64,
    /// Requests this process may pass without asking again.
    leased: u32,
    /// When a lease that was not used ends, microseconds since the epoch.
    lease_ends: u64,
    /// Look-ups under way whose outcome is not known.
    pending: u32,
    /// Held while the shared count is asked, so that a burst asks once.
    asking: Arc<tokio::sync::Mutex<()>>,
}

/// The counts in memory, and when those that are whole again were last thrown away, microseconds since the epoch.
#[derive(Default)]
struct Buckets {
    live: HashMap<(LimitName, Subject), Bucket>,
    swept_at: u64,
}

/// Counts requests.
pub struct Meter {
    limits: Limits,
    buckets: Mutex<Buckets>,
    looks: std::sync::atomic::AtomicU64,
}

/// A look-up of a code under way. Dropped, it was a hit or never ran.
pub struct CodeTry<'m> {
    meter: &'m Meter,
    subjects: [(LimitName, Subject); 2],
}

impl Drop for CodeTry<'_> {
    fn drop(&mut self) {
        let mut buckets = self.meter.lock();
        for subject in &self.subjects {
            if let Some(bucket) = buckets.live.get_mut(subject) {
                bucket.pending = bucket.pending.saturating_sub(1);
            }
        }
    }
}

fn micros(clock: &dyn Clock) -> u64 {
    clock.now_milliseconds().saturating_mul(1_000)
}

/// The name of a shared count. A digest, because an address is nobody's business in the database.
fn shared_name(name: LimitName, subject: &Subject) -> [u8; 32] {
    Sha256::digest(format!("passid/limit/v1 {name} {subject:?}")).into()
}

impl Meter {
    /// A meter with these limits and nothing counted.
    pub fn new(limits: Limits) -> Self {
        Self { limits, buckets: Mutex::default(), looks: std::sync::atomic::AtomicU64::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one request. `None` when it is not limited.
    ///
    /// # Errors
    /// The database's, when counts are shared; [`Refused`] inside when the request is one too many.
    pub async fn charge(&self, store: &Store, clock: &dyn Clock, name: LimitName, subject: Subject) -> Result<Option<Result<Charge, Refused>>, StoreError> {
        let Some(quota) = self.limits.get(name) else { return Ok(None) };
        let now = micros(clock);
        let charged = if store.is_shared() { self.charge_shared(store, quota, name, subject, now).await? } else { self.charge_own(quota, name, subject, now) };
        Ok(Some(charged))
    }

    fn charge_own(&self, quota: Quota, name: LimitName, subject: Subject, now: u64) -> Result<Charge, Refused> {
        let mut buckets = self.lock();
        let bucket = find(&mut buckets, name, subject, now);
        match bucket::take(quota, bucket.whole_at, now, 1) {
            Taken::Yes { whole_at } => {
                bucket.whole_at = whole_at;
                Ok(charge(name, quota, whole_at, now, 0))
            }
            Taken::NotBefore(moment) => Err(refused(name, quota, moment, now)),
        }
    }

    async fn charge_shared(&self, store: &Store, quota: Quota, name: LimitName, subject: Subject, now: u64) -> Result<Result<Charge, Refused>, StoreError> {
        let asking = match self.spend_lease(quota, name, subject, now) {
            Ok(charge) => return Ok(Ok(charge)),
            Err(asking) => asking,
        };
        let _alone = asking.lock().await;
        if let Ok(charge) = self.spend_lease(quota, name, subject, now) {
            return Ok(Ok(charge));
        }
        let shared = shared_name(name, &subject);
        let mut connection = store.counts().await?;
        if self.looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            store::limits::forget_whole(&mut connection, now).await?;
        }
        for count in [(quota.requests() / BLOCKS).max(1), 1] {
            let cost = quota.interval() * u64::from(count);
            if let Some(whole_at) = store::limits::take(&mut connection, shared, now, cost, quota.window()).await? {
                let mut buckets = self.lock();
                let bucket = find(&mut buckets, name, subject, now);
                bucket.whole_at = whole_at;
                bucket.leased = count - 1;
                bucket.lease_ends = now + quota.window();
                return Ok(Ok(charge(name, quota, whole_at, now, bucket.leased)));
            }
        }
        let whole_at = store::limits::whole_at(&mut connection, shared).await?.unwrap_or(now);
        let Taken::NotBefore(moment) = bucket::take(quota, whole_at, now, 1) else { return Ok(Err(refused(name, quota, now + quota.interval(), now))) };
        Ok(Err(refused(name, quota, moment, now)))
    }

    /// Spends one request of the lease, or gives what to hold while another lease is asked for.
    fn spend_lease(&self, quota: Quota, name: LimitName, subject: Subject, now: u64) -> Result<Charge, Arc<tokio::sync::Mutex<()>>> {
        let mut buckets = self.lock();
        let bucket = find(&mut buckets, name, subject, now);
        if bucket.leased == 0 || bucket.lease_ends <= now {
            return Err(Arc::clone(&bucket.asking));
        }
        bucket.leased -= 1;
        Ok(charge(name, quota, bucket.whole_at, now, bucket.leased))
    }

    /// Begins the look-up of a code. It is refused when this caller, or everybody together, missed too often, whether or not the
    /// code is there. Look-ups under way count as misses until they have ended, so that no crowd slips through together.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn try_code(&self, clock: &dyn Clock, caller: Subject, environment: Environment) -> Result<CodeTry<'_>, Refused> {
        let now = micros(clock);
        let subjects = [(LimitName::CodeMisses, caller), (LimitName::CodeMissesOfAll, Subject::Everybody(environment))];
        let mut buckets = self.lock();
        for (name, subject) in subjects {
            let Some(quota) = self.limits.get(name) else { continue };
            let bucket = find(&mut buckets, name, subject, now);
            // A key names who is behind it, and its requests come in crowds: only its misses count.
            let pending = if matches!(subject, Subject::Key(_)) { 0 } else { bucket.pending };
            if let Taken::NotBefore(moment) = bucket::take(quota, bucket.whole_at, now, pending.saturating_add(1)) {
                return Err(refused(name, quota, moment, now));
            }
        }
        for (name, subject) in subjects {
            find(&mut buckets, name, subject, now).pending += 1;
        }
        Ok(CodeTry { meter: self, subjects })
    }

    fn missed(&self, name: LimitName, subject: Subject, now: u64, whole_at: Option<u64>) {
        let Some(quota) = self.limits.get(name) else { return };
        let mut buckets = self.lock();
        let bucket = find(&mut buckets, name, subject, now);
        bucket.whole_at = whole_at.unwrap_or_else(|| (bucket.whole_at.max(now) + quota.interval()).min(now + quota.window()));
    }
}

impl CodeTry<'_> {
    /// The code led nowhere. Where counts are shared this is one statement, and brings news of what others missed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn missed(self, store: &Store, clock: &dyn Clock) -> Result<(), StoreError> {
        let now = micros(clock);
        for (name, subject) in self.subjects {
            let Some(quota) = self.meter.limits.get(name) else { continue };
            let whole_at = if store.is_shared() {
                let shared = shared_name(name, &subject);
                Some(store::limits::force(&mut store.counts().await?, shared, now, quota.interval(), quota.window()).await?)
            } else {
                None
            };
            self.meter.missed(name, subject, now, whole_at);
        }
        Ok(())
    }
}

fn find(buckets: &mut Buckets, name: LimitName, subject: Subject, now: u64) -> &mut Bucket {
    if buckets.live.len() >= MAX_BUCKETS && !buckets.live.contains_key(&(name, subject)) {
        // Looking through all of them takes milliseconds: once a second, or a flood of addresses would cost more than itself.
        if now >= buckets.swept_at + 1_000_000 {
            buckets.swept_at = now;
            buckets.live.retain(|_, bucket| bucket.whole_at > now || bucket.pending > 0 || (bucket.leased > 0 && bucket.lease_ends > now));
        }
        if buckets.live.len() >= MAX_BUCKETS {
            return buckets.live.entry((name, Subject::Others)).or_default();
        }
    }
    buckets.live.entry((name, subject)).or_default()
}

fn charge(name: LimitName, quota: Quota, whole_at: u64, now: u64, leased: u32) -> Charge {
    let remaining = bucket::remaining(quota, whole_at, now).saturating_add(leased).min(quota.requests());
    Charge { name, quota, remaining, reset: bucket::seconds(whole_at.saturating_sub(now)) }
}

fn refused(name: LimitName, quota: Quota, moment: u64, now: u64) -> Refused {
    Refused { charge: Charge { name, quota, remaining: 0, reset: bucket::seconds(moment.saturating_sub(now)).max(1) } }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::store::testing::databases;
    use crate::testing::beginning;

    fn limits(name: LimitName, requests: u32, seconds: u32) -> Limits {
        let mut limits = Limits::off();
        limits.set(name, Quota::new(requests, seconds));
        limits
    }

    fn address(last: u8) -> Subject {
        Subject::Address(IpAddr::from([192, 0, 2, last]))
    }

    /// Two meters on one PostgreSQL are two server processes; on SQLite there is one.
    #[tokio::test(flavor = "multi_thread")]
    async fn all_processes_together_pass_the_quota_and_no_more() {
        for database in databases().await {
            let (store, clock) = (database.open().await, beginning());
            let meters = [Meter::new(limits(LimitName::Key, 100, 100)), Meter::new(limits(LimitName::Key, 100, 100))];
            let processes = if store.is_shared() { 2 } else { 1 };
            let charges = (0..300).map(|number| meters[number % processes].charge(&store, clock.as_ref(), LimitName::Key, address(1)));
            let passed = join_all(charges).await.into_iter().filter(|charged| matches!(charged, Ok(Some(Ok(_))))).count();
            assert_eq!(passed, 100, "{}", database.engine);
            let refused = meters[0].charge(&store, clock.as_ref(), LimitName::Key, address(1)).await.unwrap().unwrap().unwrap_err();
            assert_eq!((refused.charge.remaining, refused.charge.reset), (0, 1));
            clock.advance(10);
            let charges = (0..30).map(|number| meters[number % processes].charge(&store, clock.as_ref(), LimitName::Key, address(1)));
            let passed = join_all(charges).await.into_iter().filter(|charged| matches!(charged, Ok(Some(Ok(_))))).count();
            assert_eq!(passed, 10, "{}: a tenth of the window brings a tenth of the quota", database.engine);
            assert!(meters[0].charge(&store, clock.as_ref(), LimitName::Key, address(2)).await.unwrap().unwrap().is_ok(), "another's quota is whole");
            assert_eq!(meters[0].charge(&store, clock.as_ref(), LimitName::Wallet, address(1)).await.unwrap(), None, "what is off limits nothing");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn misses_of_one_process_are_known_to_the_other_after_its_next_miss() {
        for database in databases().await {
            let (store, clock) = (database.open().await, beginning());
            let meters = [Meter::new(limits(LimitName::CodeMissesOfAll, 10, 10)), Meter::new(limits(LimitName::CodeMissesOfAll, 10, 10))];
            let processes = if store.is_shared() { 2 } else { 1 };
            let mut tried = 0;
            for number in 0..100_u8 {
                let meter = &meters[usize::from(number) % processes];
                if let Ok(attempt) = meter.try_code(clock.as_ref(), address(number), Environment::Live) {
                    attempt.missed(&store, clock.as_ref()).await.unwrap();
                    tried += 1;
                }
            }
            assert!((10..=11).contains(&tried), "{}: {tried}", database.engine);
            assert!(meters[0].try_code(clock.as_ref(), address(200), Environment::Sandbox).is_ok(), "the sandbox's misses are its own");
            clock.advance(5);
            assert!(meters[0].try_code(clock.as_ref(), address(200), Environment::Live).is_ok());
        }
    }

    #[tokio::test]
    async fn a_crowd_of_guesses_does_not_slip_through_before_the_first_has_missed() {
        let (meter, clock) = (Meter::new(limits(LimitName::CodeMisses, 5, 60)), beginning());
        let crowd: Vec<_> = (0..50).filter_map(|_| meter.try_code(clock.as_ref(), address(1), Environment::Live).ok()).collect();
        assert_eq!(crowd.len(), 5);
        drop(crowd);
        assert!(meter.try_code(clock.as_ref(), address(1), Environment::Live).is_ok(), "hits cost nothing");
    }

    #[test]
    fn a_flood_of_addresses_is_bounded() {
        let (meter, now) = (Meter::new(limits(LimitName::Address, 2, 60)), 1_000_000_000);
        let quota = Quota::new(2, 60).unwrap();
        let flood = |number: u32| Subject::Address(IpAddr::from(number.to_be_bytes()));
        let passed = (0..200_000).filter(|number| meter.charge_own(quota, LimitName::Address, flood(*number), now).is_ok()).count();
        assert!(meter.lock().live.len() <= MAX_BUCKETS + 1);
        assert_eq!(passed, MAX_BUCKETS + 2, "those without room share one quota");
        assert!(meter.charge_own(quota, LimitName::Address, flood(300_000), now + 120_000_000).is_ok(), "and room comes back");
    }
}
