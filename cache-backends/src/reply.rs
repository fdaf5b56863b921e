//! One answer from a store's own thread.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Who is to tell an answer.
#[derive(Debug)]
pub(crate) struct Promise<T>(Arc<Mutex<State<T>>>);

/// The answer, once it is told; `None` where nobody will tell it any more.
#[derive(Debug)]
pub(crate) struct Reply<T>(Arc<Mutex<State<T>>>);

#[derive(Debug)]
enum State<T> {
    Open(Option<Waker>),
    Told(Option<T>),
}

pub(crate) fn promise<T>() -> (Promise<T>, Reply<T>) {
    let state = Arc::new(Mutex::new(State::Open(None)));
    (Promise(Arc::clone(&state)), Reply(state))
}

impl<T> Promise<T> {
    pub(crate) fn tell(self, answer: T) {
        end(&self.0, Some(answer));
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        end(&self.0, None);
    }
}

impl<T> Future for Reply<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        match &mut *lock(&self.0) {
            State::Told(answer) => Poll::Ready(answer.take()),
            State::Open(waker) => {
                match waker {
                    Some(waker) => waker.clone_from(context.waker()),
                    None => *waker = Some(context.waker().clone()),
                }
                Poll::Pending
            }
        }
    }
}

/// Ends the waiting, unless it has ended already.
fn end<T>(state: &Mutex<State<T>>, answer: Option<T>) {
    let mut state = lock(state);
    let State::Open(waker) = &mut *state else { return };
    let waker = waker.take();
    *state = State::Told(answer);
    drop(state);
    waker.into_iter().for_each(Waker::wake);
}

fn lock<T>(state: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use cache_core::testing::block_on;

    use super::*;

    #[test]
    fn whoever_waits_hears_the_answer_of_another_thread() {
        let (promise, reply) = promise();
        let teller = thread::spawn(|| promise.tell(42));
        assert_eq!(block_on(reply), Some(42));
        teller.join().expect("it told");
    }

    #[test]
    fn a_promise_that_is_dropped_lets_go_of_whoever_waits() {
        let (promise, reply) = promise::<u8>();
        let teller = thread::spawn(|| drop(promise));
        assert_eq!(block_on(reply), None);
        teller.join().expect("it left");
    }

    #[test]
    fn nobody_needs_to_listen() {
        let (promise, reply) = promise();
        drop(reply);
        promise.tell(7);
    }
}
