//! What has changed, and who listens to that.

mod cause;
mod listeners;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

pub(crate) use cause::{Cause, current};
pub(crate) use listeners::Listeners;
pub use listeners::{Stats, Subscription};

/// What has happened to a value.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::events::What;
/// use larder::{deleted_blocking, on_change_blocking, testing};
///
/// #[derive(Clone)]
/// struct Post {
///     id: u64,
/// }
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// on_change_blocking::<Post>(move |post| match post.what() {
///     What::Created => {} // no page shows it yet
///     _ => drop(cache.blocking().delete(format!("post:{}", post.id))),
/// });
/// deleted_blocking(&Post { id: 7 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// It is new.
    Created,
    /// It was written anew, or something that belongs to it was.
    Changed,
    /// It is no more.
    Deleted,
}

/// A value, and what has happened to it. It reads like the value, and a copy of it costs next to nothing.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::events::Change;
/// use larder::{changed_blocking, on_change_blocking, testing};
///
/// #[derive(Clone)]
/// struct Post {
///     id: u64,
/// }
///
/// fn forget(post: Change<Post>) {
///     assert_eq!(post.id, 7);
/// }
///
/// let _larder = testing::isolated();
/// on_change_blocking(forget);
/// changed_blocking(&Post { id: 7 });
/// ```
pub struct Change<T> {
    value: Arc<T>,
    what: What,
}

impl<T> Change<T> {
    pub(crate) fn new(value: T, what: What) -> Self {
        Self { value: Arc::new(value), what }
    }

    /// Returns what has happened.
    #[must_use]
    pub fn what(&self) -> What {
        self.what
    }
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), what: self.what }
    }
}

impl<T> Deref for Change<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("value", &self.value).field("what", &self.what).finish()
    }
}

/// What can listen without blocking: `async |change| { … }`, or a function that returns a future.
///
/// A closure that has something of its own copies it for each change:
/// `move |change| { let pool = pool.clone(); async move { … } }`.
#[diagnostic::on_unimplemented(
    message = "this closure cannot listen to changes of `{T}`: it lends what it has captured, or uses it up",
    label = "what it returns has to be free of the closure",
    note = "copy what it has for each change: `move |change| {{ let pool = pool.clone(); async move {{ … }} }}`"
)]
pub trait Listener<T>: Fn(Change<T>) -> Self::Told {
    /// What it returns: a future, which ends when it has been told.
    type Told;
}

// What is no future, or cannot be sent to other threads, is told by those who ask for that, and says where.
#[diagnostic::do_not_recommend]
impl<T, F: Fn(Change<T>) -> Told, Told> Listener<T> for F {
    type Told = Told;
}
