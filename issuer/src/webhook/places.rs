//! Who may have how many attempts under way: every endpoint its share, and all of them their turn.

use std::collections::{HashMap, HashSet};

use tokio::task::Id;

use passid_api::ids::WebhookEndpointId;

/// Attempts at once.
const PLACES: usize = 512;
/// Attempts at once to one endpoint.
const PLACES_PER_ENDPOINT: usize = 64;
/// Attempts at once to an endpoint whose last attempt failed; a dead one keeps each of them busy for ten seconds.
const PLACES_WHEN_FAILING: usize = 4;

/// The attempts under way, and which endpoints fail.
#[derive(Default)]
pub(super) struct Places {
    taken: HashMap<Id, WebhookEndpointId>,
    failing: HashSet<WebhookEndpointId>,
}

impl Places {
    /// An attempt begins.
    pub(super) fn take(&mut self, attempt: Id, endpoint: WebhookEndpointId) {
        self.taken.insert(attempt, endpoint);
    }

    /// An attempt has ended. Whether the endpoint fails is known unless the attempt broke off.
    pub(super) fn give_back(&mut self, attempt: Id, failing: Option<bool>) {
        match (self.taken.remove(&attempt), failing) {
            (Some(endpoint), Some(true)) => drop(self.failing.insert(endpoint)),
            (Some(endpoint), Some(false)) => drop(self.failing.remove(&endpoint)),
            _ => {}
        }
    }

    /// How many attempts each of these endpoints may begin now, those left out that may begin none.
    pub(super) fn share_out(&self, endpoints: Vec<WebhookEndpointId>) -> Vec<(WebhookEndpointId, usize)> {
        let mut taken = HashMap::<WebhookEndpointId, usize>::new();
        for endpoint in self.taken.values() {
            *taken.entry(*endpoint).or_default() += 1;
        }
        let mut free = PLACES.saturating_sub(self.taken.len());
        let mut shares = Vec::new();
        for endpoint in endpoints {
            let share = if self.failing.contains(&endpoint) { PLACES_WHEN_FAILING } else { PLACES_PER_ENDPOINT };
            let room = share.saturating_sub(taken.get(&endpoint).copied().unwrap_or_default());
            // Half a share at once: a lease costs a transaction, however little is leased.
            if room * 2 >= share && free > 0 {
                let room = room.min(free);
                free -= room;
                shares.push((endpoint, room));
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use tokio::task::JoinSet;

    use super::*;
    use crate::testing::beginning;

    fn endpoints(count: u64) -> Vec<WebhookEndpointId> {
        (0..count).map(|seed| WebhookEndpointId::generate(beginning().as_ref(), &mut rand::rngs::StdRng::seed_from_u64(seed))).collect()
    }

    #[tokio::test]
    async fn an_endpoint_that_fails_keeps_few_places_until_it_works_again() {
        let (mut places, mut attempts) = (Places::default(), JoinSet::new());
        let some = endpoints(2);
        let (dead, sound) = (some[0], some[1]);
        let mut begin = |places: &mut Places, endpoint| {
            let id = attempts.spawn(std::future::pending::<()>()).id();
            places.take(id, endpoint);
            id
        };
        let ids: Vec<_> = (0..10).map(|_| begin(&mut places, dead)).collect();
        assert_eq!(places.share_out(some.clone()), [(dead, PLACES_PER_ENDPOINT - 10), (sound, PLACES_PER_ENDPOINT)]);
        let more: Vec<_> = (0..23).map(|_| begin(&mut places, dead)).collect();
        assert_eq!(places.share_out(some.clone()), [(sound, PLACES_PER_ENDPOINT)], "not for less than half a share");
        for id in more {
            places.give_back(id, None);
        }
        places.give_back(ids[0], Some(true));
        assert_eq!(places.share_out(some.clone()), [(sound, PLACES_PER_ENDPOINT)], "nine are under way, four allowed");
        for id in &ids[1..] {
            places.give_back(*id, None);
        }
        assert_eq!(places.share_out(vec![dead]), [(dead, PLACES_WHEN_FAILING)]);
        let id = begin(&mut places, dead);
        places.give_back(id, Some(false));
        assert_eq!(places.share_out(vec![dead]), [(dead, PLACES_PER_ENDPOINT)]);
    }

    #[test]
    fn all_together_have_no_more_than_there_are() {
        let shares = Places::default().share_out(endpoints(20));
        assert_eq!(shares.iter().map(|(_, places)| places).sum::<usize>(), PLACES);
    }
}
