//! An answer that another thread will give.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What is to be answered, once.
#[derive(Debug)]
pub(super) struct Promise<T>(Arc<Mutex<State<T>>>);

/// The answer; `None` where nobody is left to give it.
#[derive(Debug)]
pub(super) struct Reply<T>(Arc<Mutex<State<T>>>);

#[derive(Debug)]
struct State<T> {
    answer: Option<T>,
    over: bool,
    waker: Option<Waker>,
}

pub(super) fn promise<T>() -> (Promise<T>, Reply<T>) {
    let state = Arc::new(Mutex::new(State { answer: None, over: false, waker: None }));
    (Promise(Arc::clone(&state)), Reply(state))
}

fn lock<T>(state: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Promise<T> {
    /// Answers, whether somebody still listens or not.
    pub(super) fn keep(self, answer: T) {
        lock(&self.0).answer = Some(answer);
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.over = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Future for Reply<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = lock(&self.0);
        if state.over {
            return Poll::Ready(state.answer.take());
        }
        if !state.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
            state.waker = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use cache_core::testing::block_on;

    use super::*;

    #[test]
    fn an_answer_comes_from_another_thread_and_so_does_the_end_of_all_hope() {
        let (promise, reply) = promise();
        let thread = std::thread::spawn(move || promise.keep(7));
        assert_eq!(block_on(reply), Some(7));
        thread.join().unwrap();
        let (promise, reply) = self::promise::<u8>();
        let thread = std::thread::spawn(move || drop(promise));
        assert_eq!(block_on(reply), None);
        thread.join().unwrap();
    }

    #[test]
    fn nobody_needs_to_listen() {
        let (promise, reply) = promise();
        drop(reply);
        promise.keep(7);
    }
}
