//! Work on a source that takes effect at one moment, such as the commit of a transaction.

use std::cell::RefCell;
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ahash::RandomState;

use crate::executor::{Executor, Task, block_on};
use crate::lock::{Mutex, lock};

thread_local! {
    static CURRENT: RefCell<Option<Arc<Block>>> = const { RefCell::new(None) };
}

/// What is invalidated while some work goes on.
#[derive(Debug, Default)]
struct Block(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    what: HashSet<Box<[u8]>, RandomState>,
    again: Vec<Again>,
}

/// One thing to be invalidated once more, and where that can be done beside a caller who leaves.
pub(crate) struct Again {
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) task: Task,
}

/// Runs work whose writes are seen by others at one moment, such as a transaction: all that is invalidated in it is
/// invalidated once more when it has ended.
///
/// Between a write and its commit others still read what was there before, and may keep it: an invalidation in between
/// comes too early. This one comes again, however the work ends, since a commit that failed may have happened; also when its
/// caller leaves half-way, or it panics. It is for every kind of database.
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
/// What `#[invalidates]` and `#[updates]` do counts, and what is done by hand: of entries, tags, namespaces and whole caches.
/// What the work hands to other tasks or threads does not.
///
/// Inside, an entry that was invalidated there is loaded anew by each call, and neither kept nor handed to others: it may
/// have been read in the transaction, and never come true. In a cache in memory a call may still be answered with what
/// others have kept meanwhile; `uncached` asks the source.
///
/// A caller who leaves while the database is at the commit leaves that open: it may take effect after the last
/// invalidation. Give work of consequence a task of its own.
pub async fn after_commit<F: Future>(work: F) -> F::Output {
    let block = Arc::new(Block::default());
    let rest = Rest(Arc::clone(&block));
    let output = Within { block, work: Box::pin(work) }.await;
    rest.now().await;
    output
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
pub fn after_commit_blocking<T>(work: impl FnOnce() -> T) -> T {
    let block = Arc::new(Block::default());
    let rest = Rest(Arc::clone(&block));
    let output = {
        let _inside = Inside::enter(block);
        work()
    };
    block_on(rest.now());
    output
}

/// Notes that something is invalidated, for the end of the work that this is part of, if it is part of any.
pub(crate) fn note(what: impl FnOnce() -> (Box<[u8]>, Again)) {
    let Some(block) = current() else { return };
    // Outside of the lock: that is code of somebody else's.
    let (what, again) = what();
    let mut noted = lock(&block.0);
    if noted.what.insert(what) {
        noted.again.push(again);
    }
}

/// Returns whether this was invalidated in the work that this is part of.
pub(crate) fn concerns(what: impl FnOnce() -> Box<[u8]>) -> bool {
    current().is_some_and(|block| {
        let what = what();
        lock(&block.0).what.contains(&what)
    })
}

fn current() -> Option<Arc<Block>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

impl std::fmt::Debug for Noted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Noted").field(&self.again.len()).finish()
    }
}

/// The work, and the block that it is done in whenever it is polled.
struct Within<F> {
    block: Arc<Block>,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = Inside::enter(Arc::clone(&self.block));
        self.work.as_mut().poll(context)
    }
}

/// Puts the block back that was current before, also when the work panics.
struct Inside(Option<Arc<Block>>);

impl Inside {
    fn enter(block: Arc<Block>) -> Self {
        Self(CURRENT.try_with(|current| current.replace(Some(block))).ok().flatten())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let before = self.0.take();
        let _ = CURRENT.try_with(|current| current.replace(before));
    }
}

/// What is left to be invalidated.
struct Rest(Arc<Block>);

impl Rest {
    fn take(&self) -> Option<Again> {
        lock(&self.0.0).again.pop()
    }

    /// Invalidates what is left. A caller who leaves in between leaves the rest of it to `drop`, and the one thing that is
    /// being invalidated to nobody: so that is not taken out before it is done.
    async fn now(self) {
        while let Some(Again { executor, task }) = self.take() {
            Handed { executor, task: Some(task) }.await;
        }
    }
}

/// What was neither finished nor begun is done beside the caller who leaves, or by them.
impl Drop for Rest {
    fn drop(&mut self) {
        while let Some(Again { executor, task }) = self.take() {
            run_beside(&*executor, task);
        }
    }
}

/// A task that is polled by its caller, and handed on where that one leaves.
struct Handed {
    executor: Arc<dyn Executor>,
    task: Option<Task>,
}

impl Future for Handed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(task) = &mut self.task else { return Poll::Ready(()) };
        let polled = task.as_mut().poll(context);
        if polled.is_ready() {
            self.task = None;
        }
        polled
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            run_beside(&*self.executor, task);
        }
    }
}

fn run_beside(executor: &dyn Executor, task: Task) {
    if let Err(task) = executor.spawn(task) {
        block_on(task);
    }
}
