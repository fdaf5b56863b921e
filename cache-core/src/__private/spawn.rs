//! Bodies that can run as tasks of their own, where their type allows it.

use std::future::Future;

use crate::executor::Task;

/// What is to be done with the result of a body that ran as a task of its own.
pub type Settle<R> = Box<dyn FnOnce(R) -> Task + Send>;

/// A body with copies of its arguments, ready to run as a task of its own.
pub type Detached<R> = Box<dyn FnOnce(Settle<R>) -> Task + Send>;

/// A body that may be able to run as a task of its own: `Spawn(body).boxed()`, with [`NoSpawn`] in scope.
pub struct Spawn<F>(pub F);

impl<F, Fut> Spawn<F>
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future + Send + 'static,
{
    #[must_use]
    pub fn boxed(self) -> Option<Detached<Fut::Output>> {
        Some(Box::new(move |settle| {
            Box::pin(async move {
                let settled = { settle(self.0().await) };
                settled.await;
            })
        }))
    }
}

/// The answer for bodies that are bound to their caller's thread.
pub trait NoSpawn: Sized {
    #[must_use]
    fn boxed<R>(self) -> Option<Detached<R>> {
        None
    }
}

impl<F> NoSpawn for Spawn<F> {}
