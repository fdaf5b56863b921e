//! What several do at once, in an order by chance that is the same in each run.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Numbers that look drawn by chance, and are the same in each run.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

pub type Task<'a> = Pin<Box<dyn Future<Output = u64> + 'a>>;

/// Runs tasks, each some steps at a time, in an order by chance.
pub fn interleave(chance: &mut Chance, mut tasks: Vec<Task<'_>>) {
    let mut context = Context::from_waker(Waker::noop());
    while !tasks.is_empty() {
        let (at, steps) = (chance.below(tasks.len()), 1 << chance.below(5));
        if (0..steps).any(|_| tasks[at].as_mut().poll(&mut context).is_ready()) {
            drop(tasks.swap_remove(at));
        }
    }
}

/// Lets the others go on once.
pub async fn stop() {
    let mut has_stopped = false;
    poll_fn(|_| if std::mem::replace(&mut has_stopped, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}
