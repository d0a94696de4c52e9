//! The arithmetic of a quota: the generic cell rate algorithm (ITU-T I.371, annex A) on one number, the moment at which the quota
//! would be whole again. No window has an edge at which twice the quota would pass.

use super::Quota;

/// What taking from a bucket comes to. Times are microseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It fits; the quota is whole again at this moment.
    Yes { whole_at: u64 },
    /// It does not fit before this moment.
    NotBefore(u64),
}

/// Takes `count` requests at `now` from a quota that is whole again at `whole_at`.
pub(super) fn take(quota: Quota, whole_at: u64, now: u64, count: u32) -> Taken {
    let after = whole_at.max(now) + quota.interval() * u64::from(count);
    let latest = now + quota.window();
    if after <= latest { Taken::Yes { whole_at: after } } else { Taken::NotBefore(now + (after - latest)) }
}

/// How many more requests fit at `now`.
pub(super) fn remaining(quota: Quota, whole_at: u64, now: u64) -> u32 {
    let room = quota.window().saturating_sub(whole_at.saturating_sub(now));
    u32::try_from(room / quota.interval()).unwrap_or(u32::MAX)
}

/// Microseconds as whole seconds, rounded up: what a header can say.
pub(super) fn seconds(micros: u64) -> u32 {
    u32::try_from(micros.div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_quota_passes_at_once_and_then_comes_back_evenly() {
        let quota = Quota::new(3, 30).unwrap();
        let (mut whole_at, start) = (0, 1_000_000_000);
        for left in [2, 1, 0] {
            let Taken::Yes { whole_at: after } = take(quota, whole_at, start, 1) else { panic!("it fits") };
            whole_at = after;
            assert_eq!(remaining(quota, whole_at, start), left);
        }
        assert_eq!(take(quota, whole_at, start, 1), Taken::NotBefore(start + 10_000_000));
        assert!(matches!(take(quota, whole_at, start + 10_000_000, 1), Taken::Yes { .. }));
    }

    proptest! {
        /// In no stretch of a window do more than twice the quota pass, and over a long time no more than the rate.
        #[test]
        fn nobody_gets_more_than_the_rate_and_one_burst(requests in 1_u32..50, seconds in 1_u32..100, gaps in prop::collection::vec(0_u64..3_000_000, 1..400)) {
            let quota = Quota::new(requests, seconds).unwrap();
            let (mut whole_at, mut now, mut passed) = (0, 1_000_000_000_u64, 0_u64);
            let start = now;
            for gap in gaps {
                now += gap;
                if let Taken::Yes { whole_at: after } = take(quota, whole_at, now, 1) {
                    whole_at = after;
                    passed += 1;
                }
                prop_assert!(passed <= u64::from(requests) + (now - start) / quota.interval());
            }
        }
    }
}
