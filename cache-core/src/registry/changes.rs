//! Changes, said where something is written, and heard where it is known what they invalidate.

use std::any::type_name;
use std::future::Future;
use std::iter;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use once_cell::sync::Lazy;

use super::{Registry, enter_own, isolated, leave_own};
use crate::commit::{self, Again, Handed};
use crate::events::{Cause, Change, Listener, Listeners, Stats, Subscription, What};
use crate::executor::{Executor, Task, block_on};

static OF_THE_PROGRAM: Lazy<Arc<Listeners>> = Lazy::new(Arc::default);

/// Has a listener told of every change of a `T`, in the whole process: what is [`changed`], [`created`] or [`deleted`].
///
/// It is registered at start-up, once: who is registered twice is told twice. Listeners are told one after the other,
/// in the order in which they were registered, and whoever changes something waits for them. One that panics is counted
/// and logged (target `larder`), and neither the others nor the writer notice.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, changed, on_change, testing};
///
/// #[derive(Clone)]
/// struct Post {
///     id: u64,
///     author: u64,
/// }
///
/// # let larder = testing::isolated();
/// // Once, where the program starts: all that a post's change invalidates.
/// on_change::<Post>(async |post| {
///     let pages = larder::cache("pages").expect("it is there");
///     let _ = pages.delete(format!("post:{}", post.id)).await;
///     let _ = pages.delete(format!("posts-of:{}", post.author)).await;
/// });
///
/// # testing::block_on(async {
/// # let post = Post { id: 7, author: 1 };
/// # larder.cache("pages").set("post:7", 1_u8, Options::ttl(60)).await?;
/// // And wherever a post is written:
/// changed(&post).await;
/// # assert!(!larder.cache("pages").has("post:7").await?);
/// # Ok::<(), larder::Error>(())
/// # })?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// A function that is cached has a companion for this, which the compiler checks:
/// `post_page::invalidate(post.id).await`; the docs of `#[invalidates]` show it. What is read comes before what is made of
/// it there. A closure that has something of its own copies it for each change:
/// `move |post| { let pool = pool.clone(); async move { … } }`. For what blocks there is
/// [`on_change_blocking`]; both are told by both twins of `changed`.
///
/// A listener may change something itself. A circle of those is cut, and told in the log: 32 deep, or at a thousand
/// changes that one has caused. What a listener hands to other tasks is not seen as caused by it.
///
/// Inside of [`testing`](crate::testing) it is a listener of that test, and ends with it. Those of the program are told
/// there too.
#[track_caller]
pub fn on_change<T: Send + Sync + 'static>(
    listener: impl AsyncFn(Change<T>) + Listener<T, Told: Future<Output = ()> + Send> + Send + Sync + 'static,
) -> Subscription {
    let place = Location::caller();
    let listener = Arc::new(listener);
    add(place, move |change| {
        let listener = Arc::clone(&listener);
        // It is called where it is polled, so that a panic of either is caught there.
        Box::pin(async move { told(&*listener, change).await })
    })
}

/// Names the one way to call it of the two that there are.
fn told<T, L: Listener<T>>(listener: &L, change: Change<T>) -> L::Told {
    listener(change)
}

/// Does the same as [`on_change`], for a plain function. One that blocks for long holds up those who write without
/// blocking.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, changed_blocking, on_change_blocking, testing};
///
/// /// The tags of a post are others now.
/// #[derive(Clone)]
/// struct TagsOfPost {
///     post: u64,
/// }
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// cache.blocking().set("tags:7", "rust".to_owned(), Options::ttl(60))?;
/// let own = cache.clone();
/// on_change_blocking::<TagsOfPost>(move |tags| drop(own.blocking().delete(format!("tags:{}", tags.post))));
/// changed_blocking(&TagsOfPost { post: 7 });
/// assert!(!cache.blocking().has("tags:7")?);
/// # Ok::<(), larder::Error>(())
/// ```
#[track_caller]
pub fn on_change_blocking<T: Send + Sync + 'static>(
    listener: impl Fn(Change<T>) + Send + Sync + 'static,
) -> Subscription {
    let place = Location::caller();
    let listener = Arc::new(listener);
    add(place, move |change| {
        let listener = Arc::clone(&listener);
        Box::pin(async move { listener(change) })
    })
}

fn add<T: Send + Sync + 'static>(
    place: &'static Location<'static>,
    listener: impl Fn(Change<T>) -> Task + Send + Sync + 'static,
) -> Subscription {
    match isolated() {
        Some(registry) => registry.listeners.add(place, listener),
        None => OF_THE_PROGRAM.add(place, listener),
    }
}

/// Says that a value, or something that belongs to it, was written anew; ends when all who listen were told
/// ([`on_change`]).
///
/// Anything that can be copied can be changed, and says what happened by its type: a `Post`, or a struct of one's own,
/// `TagsOfPost { post: 7 }`, for what is between two of them. Who listens to a `Post` hears nothing of an `Arc<Post>`:
/// say `changed(&*post)` of that. Where nobody listens nothing is copied, and the log has a line of the level `debug`.
///
/// In a transaction, inside of [`after_commit`](crate::commit::after_commit), listeners are told when that has ended,
/// and not if it is rolled back. Elsewhere they are told now. A caller who leaves meanwhile changes nothing about that:
/// where there is a runtime, they are told beside. One who leaves before this, while the database writes, is not heard
/// of here; so say first what the write is going to change:
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{after_commit, changed, on_change, testing};
///
/// #[derive(Clone)]
/// struct Post {
///     id: u64,
/// }
/// # struct Database;
/// # impl Database { async fn save(&self, _: &Post) -> Result<(), std::fmt::Error> { Ok(()) } }
/// # let _larder = testing::isolated();
/// # let (database, post) = (Database, Post { id: 7 });
/// on_change::<Post>(async |post| println!("{} {:?}", post.id, post.what()));
///
/// # testing::block_on(async {
/// after_commit(async {
///     changed(&post).await;
///     database.save(&post).await
/// })
/// .await
/// # })?;
/// # Ok::<(), std::fmt::Error>(())
/// ```
///
/// A change stays in this process. What listeners invalidate reaches others that share the stores.
pub async fn changed<T: Clone + Send + Sync + 'static>(value: &T) {
    say(value, What::Changed).await;
}

/// Does the same as [`changed`], and blocks, as [`on_change_blocking`] shows. In a task of a runtime it holds up what
/// listeners may wait for: there it is `changed`.
pub fn changed_blocking<T: Clone + Send + Sync + 'static>(value: &T) {
    block_on(changed(value));
}

/// Says that a value is new, as [`changed`] does of one that was there before.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::events::What;
/// use larder::{created, on_change, testing};
///
/// # let _larder = testing::isolated();
/// on_change::<String>(async |name| assert_eq!((name.as_str(), name.what()), ("Ann", What::Created)));
/// # testing::block_on(async {
/// created(&"Ann".to_owned()).await;
/// # });
/// # assert_eq!((larder::events::stats().told, larder::events::stats().panicked), (1, 0));
/// ```
pub async fn created<T: Clone + Send + Sync + 'static>(value: &T) {
    say(value, What::Created).await;
}

/// Does the same as [`created`], and blocks.
pub fn created_blocking<T: Clone + Send + Sync + 'static>(value: &T) {
    block_on(created(value));
}

/// Says that a value is no more, as [`changed`] does of one that is still there.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::events::What;
/// use larder::{deleted, on_change, testing};
///
/// # let _larder = testing::isolated();
/// on_change::<String>(async |name| assert_eq!((name.as_str(), name.what()), ("Ann", What::Deleted)));
/// # testing::block_on(async {
/// deleted(&"Ann".to_owned()).await;
/// # });
/// # assert_eq!((larder::events::stats().told, larder::events::stats().panicked), (1, 0));
/// ```
pub async fn deleted<T: Clone + Send + Sync + 'static>(value: &T) {
    say(value, What::Deleted).await;
}

/// Does the same as [`deleted`], and blocks.
pub fn deleted_blocking<T: Clone + Send + Sync + 'static>(value: &T) {
    block_on(deleted(value));
}

/// Returns what listeners have counted: those of the test inside [`crate::testing`], else those of the program.
#[must_use]
pub fn events() -> Stats {
    isolated().map_or_else(|| OF_THE_PROGRAM.stats(), |registry| registry.listeners.stats())
}

/// Returns where work is done beside those who leave: that of the test, or of the program.
#[doc(hidden)]
#[must_use]
pub fn executor() -> Arc<dyn Executor> {
    super::commits::executor(isolated().as_deref())
}

async fn say<T: Clone + Send + Sync + 'static>(value: &T, what: What) {
    let telling = begin(value, what);
    if let Some(telling) = telling {
        telling.await;
    }
}

/// Begins to tell those who listen, or leaves it to the end of the work that this is part of.
fn begin<T: Clone + Send + Sync + 'static>(value: &T, what: What) -> Option<Handed> {
    // What a listener is going to invalidate is known to nobody yet.
    commit::read_for_itself();
    let own = isolated();
    let of_the_test = own.as_ref().map(|registry| &registry.listeners);
    let listeners: Vec<_> =
        iter::once(&*OF_THE_PROGRAM).chain(of_the_test).filter(|all| all.are_there::<T>()).cloned().collect();
    let Some(first) = listeners.first() else {
        log::debug!(target: "larder", "nobody listens to changes of `{}`", type_name::<T>());
        return None;
    };
    let Some(cause) = Cause::new(type_name::<T>()) else {
        first.count_circle();
        return None;
    };
    let change = Change::new(value.clone(), what);
    let executor = super::commits::executor(own.as_deref());
    let task = Box::pin(async move {
        for listeners in listeners {
            listeners.tell(change.clone()).await;
        }
    });
    let task = Box::pin(Telling { own, cause, task });
    commit::defer(Again { executor, task }).map(Handed::new)
}

/// Those who are told see the caches that whoever changed something sees, and stand in no transaction of theirs.
struct Telling {
    own: Option<Arc<Registry>>,
    cause: Arc<Cause>,
    task: Task,
}

impl Future for Telling {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { own, cause, task } = self.get_mut();
        let _entered = own.as_ref().map(Entered::enter);
        cause.cause(|| commit::outside(|| task.as_mut().poll(context)))
    }
}

/// Leaves the caches of a test again.
struct Entered<'a>(&'a Arc<Registry>);

impl<'a> Entered<'a> {
    fn enter(registry: &'a Arc<Registry>) -> Self {
        enter_own(Arc::clone(registry));
        Self(registry)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        leave_own(self.0);
    }
}
