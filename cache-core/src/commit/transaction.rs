//! Transactions that say when they commit.

use std::future::Future;
use std::sync::Arc;

use super::block::Block;
use super::rest::{Again, Handed, Rest};
use super::{Within, within};
use crate::executor::{Executor, Task};
use crate::lock::{Mutex, lock};

/// Does the same as [`after_commit`] for a transaction whose only way to take effect is through [`committing_unless`]. What
/// else becomes of it is a roll-back. A savepoint takes effect with what it is in.
#[doc(hidden)]
pub async fn borrowed_transaction<T, E>(is_savepoint: bool, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    within(Block::of_transaction(is_savepoint), work).await
}

/// Does the same for a transaction whose work returns its commit: a caller who leaves while the database is at that leaves it
/// to the executor, and listeners are told when it is done. Where that has nowhere to run it, it is left as well.
#[doc(hidden)]
pub async fn transaction<T, E, C, F>(
    executor: Arc<dyn Executor>,
    work: impl Future<Output = Result<(T, C), E>>,
    is_refusal: impl FnOnce(&F) -> bool + Send + 'static,
) -> Result<T, E>
where
    E: From<F>,
    F: Send + 'static,
    C: Future<Output = Result<(), F>> + Send + 'static,
{
    let block = Block::of_transaction(false);
    let mut rest = Rest::of(&block);
    let (value, commit) = match (Within { block: Arc::clone(&block), work: Box::pin(work) }).await {
        Ok(done) => done,
        Err(error) => {
            rest.end(false);
            rest.now().await;
            return Err(error);
        }
    };
    block.begins_to_commit();
    let answer = Arc::new(Mutex::new(None));
    let answered = Arc::clone(&answer);
    let task: Task = Box::pin(async move {
        let done = commit.await;
        block.has_answered(&done, is_refusal);
        rest.end(done.is_ok());
        rest.now().await;
        *lock(&answered) = Some(done);
    });
    Handed::or_nobody(Again { executor, task }).await;
    let done = lock(&answer).take().expect("it has ended");
    done?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::{Context, Poll, Waker};

    use super::super::defer;
    use super::*;
    use crate::executor::NoExecutor;

    /// Runs what it is handed at once.
    struct AtOnce;

    impl Executor for AtOnce {
        fn spawn(&self, task: Task) -> Result<(), Task> {
            block_on(task);
            Ok(())
        }

        fn sleep(&self, _: std::time::Duration) -> Option<Task> {
            None
        }
    }

    /// Leaves a transaction at its commit, and says how often listeners were told.
    fn told_after(executor: impl Executor, commit: impl Future<Output = Result<(), ()>> + Send + 'static) -> u32 {
        let told = Arc::new(AtomicU32::new(0));
        let heard = Arc::clone(&told);
        let work = async move {
            let task: Task = Box::pin(async move { heard.store(heard.load(Ordering::Relaxed) + 1, Ordering::Relaxed) });
            assert!(defer(Again { executor: Arc::new(NoExecutor), task }).is_none());
            Ok::<_, ()>(((), commit))
        };
        {
            let mut left = pin!(transaction(Arc::new(executor), work, |()| true));
            assert!(left.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        told.load(Ordering::Relaxed)
    }

    /// Is not there at first.
    async fn later(done: Result<(), ()>) -> Result<(), ()> {
        let mut is_there = false;
        std::future::poll_fn(move |context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut is_there, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        ready(done).await
    }

    #[test]
    fn a_commit_goes_on_beside_who_leaves_it_and_is_left_too_where_it_cannot() {
        assert_eq!(told_after(AtOnce, later(Ok(()))), 1);
        assert_eq!(told_after(AtOnce, later(Err(()))), 0, "it has gone on, and was refused");
        assert_eq!(told_after(NoExecutor, pending()), 1, "it may have happened, and nobody hangs");
    }
}
