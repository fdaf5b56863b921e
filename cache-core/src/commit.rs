//! Work on a source that takes effect at one moment, such as the commit of a transaction.

mod block;
mod rest;
mod transaction;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use block::{Block, Inside};
pub(crate) use block::{concerns, defer, note, outside, read_for_itself};
use rest::Rest;
pub(crate) use rest::{Again, Handed};
pub use transaction::{borrowed_transaction, transaction};

use crate::executor::block_on;

/// What work that takes effect at one moment has come to.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::Committed;
///
/// assert!(Ok::<_, String>(7).is_committed() && ().is_committed());
/// assert!(!Err::<u8, _>("the name is taken").is_committed());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether the work was committed",
    label = "this returns neither a `Result` nor nothing",
    note = "return a `Result`: `Ok` says that it was committed, and `Err` that it was rolled back"
)]
pub trait Committed {
    /// Returns whether others see now what the work has written; `false` says that nobody ever will.
    fn is_committed(&self) -> bool;
}

/// What returns nothing has done its work.
impl Committed for () {
    fn is_committed(&self) -> bool {
        true
    }
}

impl<T, E> Committed for Result<T, E> {
    fn is_committed(&self) -> bool {
        self.is_ok()
    }
}

/// Runs work whose writes are seen by others at one moment, such as a transaction: all that is invalidated in it is
/// invalidated once more when it has ended.
///
/// Between a write and its commit others still read what was there before, and may keep it: an invalidation in between
/// comes too early. This one comes again, in the order in which all was invalidated, however the work ends, since a commit
/// that failed may have happened; also when its caller leaves half-way, or it panics. It is for every kind of database.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, after_commit, testing};
/// # struct Database; struct Transaction; type Result<T> = std::result::Result<T, larder::Error>;
/// # impl Database { async fn begin(&self) -> Result<Transaction> { Ok(Transaction) } }
/// # impl Transaction {
/// #     async fn rename(&mut self, _: u64, _: &str) -> Result<()> { Ok(()) }
/// #     async fn commit(self) -> Result<()> { Ok(()) }
/// # }
///
/// # let database = Database;
/// let larder = testing::isolated();
/// let users = larder.cache("users");
/// # testing::block_on(async {
/// users.set("user:7", "Ann".to_owned(), Options::ttl(60)).await?;
/// after_commit(async {
///     let mut transaction = database.begin().await?;
///     transaction.rename(7, "Anna").await?;
///     users.delete("user:7").await?;
///     // Somebody else reads what is there until the commit, and keeps it.
///     # let users = users.clone();
///     std::thread::spawn(move || users.blocking().set("user:7", "Ann".to_owned(), Options::ttl(60))).join().unwrap()?;
///     transaction.commit().await
/// })
/// .await?;
/// assert!(!users.has("user:7").await?);
/// # Ok::<(), larder::Error>(())
/// # })?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// What `#[invalidates]` and `#[updates]` do counts, and what is done by hand: of entries, tags, namespaces and whole
/// caches. What the work hands to other tasks or threads does not.
///
/// Listeners hear of what is [`changed`](crate::registry::changed) inside when the work has ended, and after an `Err`
/// never: that is a roll-back. Where the work is left half-way or panics nobody knows, and they are told. Work within
/// work is a part of it.
///
/// Inside, an entry that was invalidated there is loaded anew by each call, and neither kept nor handed to others: it
/// may have been read in the transaction, and never come true. So is every entry, once something was said to be
/// changed, as nobody knows yet what listeners invalidate for that. In a cache in memory a call may still be answered
/// with what others have kept meanwhile; `uncached` asks the source.
///
/// An `Err` of the commit itself, as when the server is gone, is not a roll-back for sure: give it to [`committing`].
/// With sqlx, `larder::sqlx::commit` (feature `sqlx`) does all of it.
///
/// A caller who leaves while the database is at the commit leaves that open: it may take effect after the last
/// invalidation. Give work of consequence a task of its own.
pub async fn after_commit<F>(work: F) -> F::Output
where
    F: Future,
    F::Output: Committed,
{
    within(Block::of_work(), work).await
}

/// Does the same as [`after_commit`], and blocks.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, after_commit_blocking, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let committed: Result<(), larder::Error> = after_commit_blocking(|| {
///     cache.blocking().delete("key")?;
///     cache.blocking().set("key", 1_u8, Options::ttl(60))
/// });
/// assert!(committed.is_ok() && !cache.blocking().has("key")?);
/// # Ok::<(), larder::Error>(())
/// ```
pub fn after_commit_blocking<T: Committed>(work: impl FnOnce() -> T) -> T {
    let block = Block::of_work();
    let mut rest = Rest::of(&block);
    let output = {
        let _inside = Inside::enter(Some(block));
        work()
    };
    rest.end(output.is_committed());
    block_on(rest.now());
    output
}

/// Does a commit, as the last step of what [`after_commit`] runs.
///
/// An `Err` says of other work that nothing has happened. A commit that fails may have happened, as when the server is
/// gone before it has answered; so listeners are told of what was changed, unless the transaction failed before this.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{after_commit, changed, committing, on_change, testing};
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # struct Transaction; struct Gone;
/// # impl Transaction { async fn commit(self) -> Result<(), Gone> { Err(Gone) } }
/// # #[derive(Clone)] struct Post;
/// # static TOLD: AtomicU32 = AtomicU32::new(0);
///
/// # let _larder = testing::isolated();
/// # let (post, transaction) = (Post, Transaction);
/// # on_change::<Post>(async |_| { TOLD.fetch_add(1, Ordering::Relaxed); });
/// # testing::block_on(async {
/// let saved = after_commit(async {
///     changed(&post).await;
///     committing(transaction.commit()).await
/// })
/// .await;
/// # assert!(saved.is_err());
/// # });
/// # assert_eq!(TOLD.load(Ordering::Relaxed), 1);
/// ```
///
/// # Errors
///
/// Those of the commit.
pub async fn committing<T, E>(commit: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    committing_unless(commit, |_| false).await
}

/// Does the same as [`committing`], and blocks.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{after_commit_blocking, committing_blocking};
/// # struct Transaction;
/// # impl Transaction { fn commit(self) -> Result<(), std::fmt::Error> { Ok(()) } }
///
/// # let transaction = Transaction;
/// after_commit_blocking(|| committing_blocking(|| transaction.commit()))?;
/// # Ok::<(), std::fmt::Error>(())
/// ```
///
/// # Errors
///
/// Those of the commit.
pub fn committing_blocking<T, E>(commit: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let Some(block) = block::current() else { return commit() };
    block.begins_to_commit();
    let done = commit();
    block.has_answered(&done, |_| false);
    done
}

/// Does the same where some errors say that the transaction was rolled back for sure.
///
/// # Errors
///
/// Those of the commit.
#[doc(hidden)]
pub async fn committing_unless<T, E>(
    commit: impl Future<Output = Result<T, E>>,
    is_refusal: impl FnOnce(&E) -> bool,
) -> Result<T, E> {
    let Some(block) = block::current() else { return commit.await };
    block.begins_to_commit();
    let done = commit.await;
    block.has_answered(&done, is_refusal);
    done
}

async fn within<F>(block: Arc<Block>, work: F) -> F::Output
where
    F: Future,
    F::Output: Committed,
{
    let mut rest = Rest::of(&block);
    let output = Within { block, work: Box::pin(work) }.await;
    rest.end(output.is_committed());
    rest.now().await;
    output
}

/// The work, and the block that it is done in whenever it is polled.
struct Within<F> {
    block: Arc<Block>,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = Inside::enter(Some(Arc::clone(&self.block)));
        self.work.as_mut().poll(context)
    }
}
