//! Changes that are said where something is written, and heard in one place.

use std::fmt::Debug;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use larder::events::{self, Change, Subscription, What};
use larder::{
    Options, after_commit, after_commit_blocking, cached, changed, changed_blocking, created, created_blocking,
    deleted, deleted_blocking, on_change, on_change_blocking, testing,
};
use tokio::sync::Semaphore;

#[derive(Clone, Debug)]
struct Post {
    id: u64,
    author: u64,
}

const POST: Post = Post { id: 7, author: 1 };

/// What belongs to a post has changed.
#[derive(Clone)]
struct TagsOfPost {
    post: u64,
}

/// What listeners have heard, in the order in which they did.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn by<T: Send + Sync + Debug + 'static>(&self, name: &'static str) -> Subscription {
        let heard = self.clone();
        on_change_blocking::<T>(move |change| heard.note(format!("{name}: {:?} {:?}", change.what(), *change)))
    }

    /// Returns what was heard since this was asked before.
    pub fn all(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Asks for something, and leaves half-way.
pub fn leave(work: impl Future) {
    let mut work = pin!(work);
    assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[cached(key = "events:page:<post>")]
async fn page(post: u64) -> String {
    std::future::ready(format!("post {post}")).await
}

#[cached(key = "events:pages-of:<author>")]
fn pages_of(author: u64) -> Vec<u64> {
    vec![author]
}

#[cached(key = "events:tags:<post>")]
fn tags(post: u64) -> String {
    format!("the tags of {post}")
}

/// The one module of a blog that says what a change invalidates.
fn listen() {
    on_change::<Post>(async |post| {
        page::invalidate(post.id).await;
        if post.what() != What::Changed {
            pages_of::invalidate_async(post.author).await;
        }
    });
    on_change_blocking::<TagsOfPost>(|tags_of| tags::invalidate(tags_of.post));
}

#[test]
fn what_a_change_invalidates_is_said_in_one_place_by_the_companions() {
    let _larder = testing::isolated();
    listen();
    let kept = || (page::get_blocking(7).is_some(), pages_of::get(1).is_some(), tags::get(7).is_some());
    let keep = || {
        testing::block_on(page(7));
        pages_of(1);
        tags(7);
    };
    keep();
    testing::block_on(changed(&POST));
    assert_eq!(kept(), (false, true, true));
    deleted_blocking(&POST);
    assert_eq!(kept(), (false, false, true));
    keep();
    testing::block_on(created(&POST));
    changed_blocking(&TagsOfPost { post: 7 });
    assert_eq!(kept(), (false, false, false));
    keep();
    testing::block_on(deleted(&POST));
    created_blocking(&POST);
    changed_blocking(&TagsOfPost { post: 8 });
    assert_eq!(kept(), (false, false, true));
}

#[test]
fn listeners_are_told_in_their_order_until_they_end() {
    let _larder = testing::isolated();
    let heard = Heard::default();
    let first = heard.by::<&str>("first");
    let second = heard.by::<&str>("second");
    drop(heard.by::<&str>("dropped"));
    heard.by::<u8>("another type");
    changed_blocking(&"a");
    assert_eq!(heard.all(), ["first: Changed \"a\"", "second: Changed \"a\"", "dropped: Changed \"a\""]);
    first.end();
    heard.by::<&str>("second");
    deleted_blocking(&"a");
    assert_eq!(heard.all(), ["second: Deleted \"a\"", "dropped: Deleted \"a\"", "second: Deleted \"a\""]);
    second.end();
    created_blocking(&"b");
    assert_eq!(heard.all(), ["dropped: Created \"b\"", "second: Created \"b\""]);
    assert_eq!(events::stats().told, 8);
}

#[test]
fn one_that_ends_while_it_is_told_or_before_its_turn_is_told_no_more() {
    let _larder = testing::isolated();
    let heard = Heard::default();
    let later: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let to_end = Arc::clone(&later);
    on_change_blocking::<u8>(move |_| {
        if let Some(later) = to_end.lock().unwrap().take() {
            later.end();
        }
    });
    *later.lock().unwrap() = Some(heard.by::<u8>("later"));
    changed_blocking(&1_u8);
    assert_eq!(heard.all(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_said_in_tasks_and_those_who_listen_may_wait() {
    // Threads of a runtime see what is the program's.
    #[derive(Clone)]
    struct OfTasks(Arc<AtomicUsize>);
    let subscription = on_change::<OfTasks>(async |change| {
        tokio::task::yield_now().await;
        change.0.fetch_add(1, Ordering::Relaxed);
    });
    let told = Arc::new(AtomicUsize::new(0));
    let change = OfTasks(Arc::clone(&told));
    let tasks = (0..20).map(|_| change.clone()).map(|change| {
        tokio::spawn(async move {
            changed(&change).await;
            after_commit(async { deleted(&change).await }).await;
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(told.load(Ordering::Relaxed), 40);
    subscription.end();
}

#[test]
fn where_nobody_listens_nothing_is_copied() {
    struct Large;
    impl Clone for Large {
        fn clone(&self) -> Self {
            unreachable!("nobody listens")
        }
    }
    let _larder = testing::isolated();
    on_change_blocking::<Large>(|_| ()).end();
    changed_blocking(&Large);
    after_commit_blocking(|| changed_blocking(&Large));
}

#[test]
fn the_listeners_of_a_test_are_its_own_and_those_of_the_program_see_its_caches() {
    #[derive(Clone)]
    struct Shared;
    let of_the_program = on_change_blocking::<Shared>(|_| {
        larder::cache("default").unwrap().blocking().delete("key").unwrap();
    });
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let runs = Arc::new(AtomicUsize::new(0));
    let own = Arc::clone(&runs);
    on_change_blocking::<Shared>(move |_: Change<Shared>| {
        own.fetch_add(1, Ordering::Relaxed);
    });
    cache.blocking().set("key", 1_u8, Options::forever()).unwrap();
    changed_blocking(&Shared);
    assert!(!cache.blocking().has("key").unwrap() && runs.load(Ordering::Relaxed) == 1);

    // Beside whoever leaves, on a thread that knows nothing of the test, too.
    cache.blocking().set("key", 1_u8, Options::forever()).unwrap();
    leave(after_commit(async {
        changed(&Shared).await;
        pending::<()>().await;
    }));
    let handle = larder.handle();
    std::thread::spawn(move || handle.run_tasks()).join().unwrap();
    assert!(!cache.blocking().has("key").unwrap() && runs.load(Ordering::Relaxed) == 2);

    // Where whoever waits for them goes on elsewhere, too.
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let waits = on_change::<Shared>(move |_| {
        let gate = Arc::clone(&held);
        async move {
            gate.acquire().await.expect("it is never closed").forget();
            larder::cache("default").unwrap().delete("key").await.unwrap();
        }
    });
    let mut telling = Box::pin(async { changed(&Shared).await });
    assert!(telling.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    cache.blocking().set("key", 1_u8, Options::forever()).unwrap();
    gate.add_permits(1);
    std::thread::spawn(|| testing::block_on(telling)).join().unwrap();
    assert!(!cache.blocking().has("key").unwrap() && runs.load(Ordering::Relaxed) == 3);
    waits.end();

    std::thread::spawn(|| changed_blocking(&Shared)).join().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 3, "another test");
    drop(larder);
    let _another = testing::isolated();
    changed_blocking(&Shared);
    assert_eq!(runs.load(Ordering::Relaxed), 3, "it ended with its test");
    of_the_program.end();
}
