//! When a delivery is tried again.

use rand::RngExt;

/// Seconds from one attempt to the next; after the last the delivery has failed.
pub(super) const DELAYS: [u32; 4] = [30, 5 * 60, 30 * 60, 2 * 3_600];
/// Up to a tenth is added by chance, so that deliveries that failed together do not return together. Never less than the
/// documented delay.
const JITTER_DIVISOR: u32 = 10;
/// A receiver may ask for a later attempt, a day later at most.
const MAX_RETRY_AFTER: u32 = 24 * 3_600;

/// Seconds until the next attempt after `made` of them, or `None` when there is none left. `retry_after` is what the receiver asked
/// for; it can postpone an attempt, not hasten it.
pub(super) fn delay_after(made: u32, retry_after: Option<u32>, random: &mut dyn rand::CryptoRng) -> Option<u32> {
    let index = usize::try_from(made.checked_sub(1)?).ok()?;
    let delay = *DELAYS.get(index)?;
    let jitter = random.random_range(0..=delay / JITTER_DIVISOR);
    Some((delay + jitter).max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER)))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn five_attempts_never_early_and_not_all_alike() {
        let mut random = rand::rngs::StdRng::seed_from_u64(1);
        for (made, documented) in (1..).zip(DELAYS) {
            let delays: Vec<u32> = (0..200).filter_map(|_| delay_after(made, None, &mut random)).collect();
            assert!(delays.iter().all(|delay| (documented..=documented + documented / 10).contains(delay)));
            assert!(delays.iter().min() < delays.iter().max());
        }
        assert_eq!(delay_after(5, None, &mut random), None);
        assert_eq!(delay_after(5, Some(60), &mut random), None, "asking for a later attempt makes no sixth one");
    }

    #[test]
    fn a_receiver_can_postpone_but_not_hasten_and_not_for_ever() {
        let mut random = rand::rngs::StdRng::seed_from_u64(1);
        assert_eq!(delay_after(1, Some(3_600), &mut random), Some(3_600));
        assert!(delay_after(2, Some(1), &mut random) >= Some(300));
        assert_eq!(delay_after(1, Some(u32::MAX), &mut random), Some(MAX_RETRY_AFTER));
    }
}
