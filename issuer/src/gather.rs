//! Doing together what is asked for one by one: whoever finds nobody at work has it begun, and what is asked meanwhile is the next batch.
//! So the busier the process, the larger its batches, and nobody waits for a batch to fill.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// What waits to be done together.
pub struct Line<Item, Answer>(Mutex<State<Item, Answer>>);

struct State<Item, Answer> {
    waiting: VecDeque<Waiting<Item, Answer>>,
    /// Whoever works takes what waits when done.
    at_work: usize,
    most_at_work: usize,
}

/// Who waits, and for what.
pub struct Waiting<Item, Answer> {
    /// What is to be done.
    pub item: Item,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Answer>,
}

impl<Item, Answer> Line<Item, Answer> {
    /// A line in which nobody waits, for at most so many who work at once.
    pub fn new(most_at_work: usize) -> Self {
        Self(Mutex::new(State { waiting: VecDeque::new(), at_work: 0, most_at_work }))
    }

    fn state(&self) -> MutexGuard<'_, State<Item, Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the item wait. Unless enough are at work, `begin` must have somebody begin: to ask for [`Line::next`] until there is none.
    pub fn join(&self, item: Item, begin: impl FnOnce()) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state();
        state.waiting.push_back(Waiting { item, answer });
        if state.at_work < state.most_at_work {
            state.at_work += 1;
            drop(state);
            begin();
        }
        answered
    }

    /// At most so many of those that wait, without those who have gone away; after none, whoever joins next begins anew.
    pub fn next(&self, most: usize) -> Option<Vec<Waiting<Item, Answer>>> {
        let mut state = self.state();
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(next) = state.waiting.pop_front()
        {
            if !next.answer.is_closed() {
                batch.push(next);
            }
        }
        if batch.is_empty() {
            state.at_work -= 1;
            return None;
        }
        Some(batch)
    }

    /// Ends the work of one who has taken a batch and asks for no other; has somebody begin when there are others who wait.
    pub fn leave(&self, begin: impl FnOnce()) {
        let mut state = self.state();
        if state.waiting.is_empty() {
            state.at_work -= 1;
        } else {
            drop(state);
            begin();
        }
    }

    /// How many wait.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// Says how many are at work.
    #[cfg(test)]
    pub fn set_at_work(&self, at_work: usize) {
        self.state().at_work = at_work;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_begins_the_others_wait_and_who_went_away_is_passed_over() {
        let line: Line<u8, ()> = Line::new(1);
        let mut begun = 0;
        let mut answers: Vec<_> = (0..6).map(|item| line.join(item, || begun += 1)).collect();
        assert_eq!(begun, 1);
        drop(answers.remove(1));
        let items = |batch: Option<Vec<Waiting<u8, ()>>>| batch.map(|batch| batch.iter().map(|waiting| waiting.item).collect::<Vec<_>>());
        assert_eq!(items(line.next(3)), Some(vec![0, 2, 3]));
        assert_eq!(items(line.next(3)), Some(vec![4, 5]));
        assert_eq!(items(line.next(3)), None);
        let mut again = false;
        let _answer = line.join(7, || again = true);
        assert!(again, "whoever comes after the end begins anew");
    }

    #[test]
    fn who_leaves_sees_to_it_that_those_who_wait_are_served() {
        let line: Line<u8, ()> = Line::new(1);
        let mut begun = 0;
        let _answers: Vec<_> = (0..5).map(|item| line.join(item, || begun += 1)).collect();
        assert_eq!(line.next(3).map(|batch| batch.len()), Some(3));
        line.leave(|| begun += 1);
        assert_eq!((begun, line.next(3).map(|batch| batch.len())), (2, Some(2)));
        line.leave(|| unreachable!("nobody waits"));
        let _answer = line.join(5, || begun += 1);
        assert_eq!(begun, 3);
    }

    #[test]
    fn as_many_begin_as_may_work() {
        let line: Line<u8, ()> = Line::new(2);
        let mut begun = 0;
        let _answers: Vec<_> = (0..5).map(|item| line.join(item, || begun += 1)).collect();
        assert_eq!(begun, 2);
        assert_eq!((line.next(8).map(|batch| batch.len()), line.next(8).map(|batch| batch.len())), (Some(5), None));
        let _answer = line.join(5, || begun += 1);
        assert_eq!(begun, 3, "one is at work still, the other has ended");
    }
}
