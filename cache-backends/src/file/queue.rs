//! Who waits for the lock of a drawer, and whether any of them has left.
//!
//! What has been left behind is still done, so nothing that comes after it may overtake it: a removal least of all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The last bit says that somebody has left; the others count those who wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue(Arc<AtomicUsize>);

const LEFT: usize = 1;
const ONE: usize = 2;

/// The turn of a change in the queue, until it is made or given up.
#[derive(Debug)]
pub(super) struct Turn(Queue);

/// Somebody who waits for a change.
#[derive(Debug)]
pub(super) struct Presence {
    queue: Queue,
    is_over: bool,
}

impl Queue {
    pub(super) fn join(&self) -> (Turn, Presence) {
        self.0.fetch_add(ONE, Ordering::AcqRel);
        (Turn(self.clone()), Presence { queue: self.clone(), is_over: false })
    }

    /// Returns whether a change may be under way that nobody waits for any more.
    pub(super) fn is_left(&self) -> bool {
        self.0.load(Ordering::Acquire) & LEFT == LEFT
    }
}

impl Presence {
    pub(super) fn end(mut self) {
        self.is_over = true;
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if !self.is_over {
            self.queue.0.fetch_or(LEFT, Ordering::AcqRel);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = |state: usize| Some(state.saturating_sub(ONE)).map(|state| if state == LEFT { 0 } else { state });
        let _ = self.0.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_left_is_remembered_until_all_is_done() {
        let queue = Queue::default();
        let ((first, stayed), (second, left)) = (queue.join(), queue.join());
        assert!(!queue.is_left());
        drop(left);
        assert!(queue.is_left());
        drop(second);
        assert!(queue.is_left(), "which of them it was is not known");
        drop(first);
        stayed.end();
        assert!(!queue.is_left());
    }

    #[test]
    fn who_leaves_when_all_is_done_costs_one_more_round_at_most() {
        let queue = Queue::default();
        let (turn, presence) = queue.join();
        drop(turn);
        drop(presence);
        assert!(queue.is_left());
        let (turn, presence) = queue.join();
        drop(turn);
        presence.end();
        assert!(!queue.is_left());
    }
}
