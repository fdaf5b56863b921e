//! Tags, namespaces and locks on each store that several processes share: what one does, it does for all of them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use larder::testing::{self, Larder};
use larder::{Cache, Error, Key, Options};

use crate::stores::{Kind, Store};

crate::tests!(Kind::is_read_where_it_is_written =>
    a_tag_goes_in_one_step_for_all_processes,
    a_namespace_goes_in_one_step_for_all_processes,
    a_tag_that_another_process_invalidates_while_a_value_is_loaded_wins,
    of_two_processes_one_runs_a_body_that_is_locked,
);

const OPTIONS: Options = Options::forever();

/// How long something may take that comes sooner or later.
const PATIENCE: Duration = Duration::from_secs(60);

/// Two processes on one store.
struct Two {
    ours: Larder,
    theirs: Larder,
    /// What the second one has opened.
    _again: Store,
}

impl Two {
    fn on(store: &Store) -> Self {
        let again = store.again();
        let (ours, theirs) = (store.larder().handle(), again.larder().handle());
        Self { ours, theirs, _again: again }
    }

    fn caches(&self) -> [Cache; 2] {
        [&self.ours, &self.theirs].map(|larder| larder.cache("default"))
    }
}

fn tagged(key: &str, tags: &[&str]) -> Key {
    Key::from(key).tagged(tags.iter().copied())
}

fn invalidate_tag(larder: &Larder, tag: &str) -> Result<(), Error> {
    let _entered = larder.enter();
    larder::invalidate_tag_blocking(tag)
}

fn a_tag_goes_in_one_step_for_all_processes(store: &Store) -> Result<(), Error> {
    let two = Two::on(store);
    let [ours, theirs] = two.caches();
    let found = |cache: &Cache| -> Result<Vec<bool>, Error> {
        let found = cache.blocking().get_many::<String>(["a", "b", "c", "d"])?;
        Ok(found.iter().map(Option::is_some).collect())
    };
    for round in 0..2 {
        for (key, tags) in [("a", &["author:7"][..]), ("b", &["author:7", "posts"]), ("c", &["posts"]), ("d", &[])] {
            ours.blocking().set(tagged(key, tags), format!("{key}, {round}"), OPTIONS)?;
        }
        assert_eq!((found(&ours)?, found(&theirs)?), (vec![true; 4], vec![true; 4]));
        invalidate_tag(&two.theirs, "author:7")?;
        assert_eq!((found(&ours)?, found(&theirs)?), (vec![false, false, true, true], vec![false, false, true, true]));
        invalidate_tag(&two.ours, "posts")?;
        assert_eq!(found(&theirs)?, [false, false, false, true]);
    }
    Ok(())
}

fn a_namespace_goes_in_one_step_for_all_processes(store: &Store) -> Result<(), Error> {
    let two = Two::on(store);
    let [ours, theirs] = two.caches();
    let user = |cache: &Cache| cache.namespace("user:7");
    for round in 0..2 {
        user(&ours).blocking().set("key", round.to_string(), OPTIONS)?;
        ours.namespace("user:8").blocking().set("key", "neighbour".to_owned(), OPTIONS)?;
        assert_eq!(user(&theirs).blocking().get("key")?, Some(round.to_string()));
        user(&theirs).invalidate_blocking()?;
        assert_eq!(user(&ours).blocking().get::<String>("key")?, None);
        assert_eq!(ours.namespace("user:8").blocking().get("key")?, Some("neighbour".to_owned()));
    }
    Ok(())
}

fn a_tag_that_another_process_invalidates_while_a_value_is_loaded_wins(store: &Store) -> Result<(), Error> {
    let two = Two::on(store);
    let [ours, theirs] = two.caches();
    for round in 0..2 {
        let read = ours.blocking().get_or_load(tagged("key", &["tag"]), OPTIONS, || {
            invalidate_tag(&two.theirs, "tag").expect("a store that works");
            format!("read before, in round {round}")
        });
        assert_eq!(read, format!("read before, in round {round}"));
        for cache in [&theirs, &ours] {
            assert_eq!(cache.blocking().get::<String>("key")?, None);
        }
    }
    Ok(())
}

/// The body waits for all callers: where a second one ran, it would be seen.
fn of_two_processes_one_runs_a_body_that_is_locked(store: &Store) -> Result<(), Error> {
    const EACH: usize = 5;
    let two = Two::on(store);
    let (begun, runs, is_done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let body = async || {
        let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
        until(|| begun.load(Ordering::SeqCst) == 2 * EACH);
        is_done.store(true, Ordering::SeqCst);
        format!("run {run}")
    };
    let call = |cache: &Cache| {
        begun.fetch_add(1, Ordering::SeqCst);
        testing::block_on(cache.get_or_load("key", Options::ttl(600).lock(60), body))
    };
    let values = thread::scope(|scope| {
        let caches = two.caches();
        let callers: Vec<_> = (0..2 * EACH)
            .map(|caller| {
                let (cache, call) = (caches[caller % 2].clone(), &call);
                scope.spawn(move || call(&cache))
            })
            .collect();
        until(|| is_done.load(Ordering::SeqCst));
        // Those of the other process rest before they look again.
        until(|| {
            store.clock.advance(Duration::from_millis(1));
            two.ours.advance(Duration::ZERO);
            two.theirs.advance(Duration::ZERO);
            callers.iter().all(thread::ScopedJoinHandle::is_finished)
        });
        callers.into_iter().map(|caller| caller.join().expect("a value")).collect::<Vec<_>>()
    });
    assert_eq!((values, runs.into_inner()), (vec!["run 1".to_owned(); 2 * EACH], 1));
    Ok(())
}

/// Waits until something is so, which it is sooner or later.
fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never");
        thread::yield_now();
    }
}
