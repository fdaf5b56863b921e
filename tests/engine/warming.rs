//! Filling caches before anybody asks.

use std::collections::{BTreeSet, HashMap};
use std::future::{pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Waker};

use larder::warm::{Report, Warming};
use larder::{Options, Ttl, cached, testing};

use crate::Runs;

#[cached(key = "warming:profile:<id>", ttl = 100, ignore(runs))]
async fn profile(runs: &Runs, id: u64) -> Result<u64, String> {
    runs.next();
    tokio::task::yield_now().await;
    match id {
        5 => Err("there is no profile 5".to_owned()),
        6 => panic!("profile 6"),
        id => Ok(id),
    }
}

fn counts(report: &Report) -> [usize; 3] {
    [report.loaded, report.already, report.failed]
}

#[tokio::test]
async fn what_is_there_is_not_loaded_again_and_what_fails_or_panics_stops_nobody() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    profile(&runs, 1).await.unwrap();
    let report = Warming::at_most(3).try_add((0..10).map(|id| profile(&runs, id))).run().await;
    assert_eq!((counts(&report), runs.count()), ([7, 1, 2], 10));
    let said: Vec<_> = report.first.iter().map(|failure| (failure.call, failure.error.as_str())).collect();
    assert_eq!(said, [(6, "there is no profile 5"), (7, "it has panicked: profile 6")]);
    assert!(
        report.to_string().starts_with("7 loaded, 1 already there, 2 failed: call 6: there is no profile 5; call 7")
    );
    for id in [0, 1, 2, 3, 4, 7, 8, 9] {
        assert_eq!(profile(&runs, id).await, Ok(id));
    }
    assert_eq!(runs.count(), 10);
    let again = Warming::at_most(3).add((0..5).map(|id| profile(&runs, id))).run().await;
    assert_eq!(again.to_string(), "0 loaded, 5 already there");
}

#[tokio::test]
async fn a_list_of_several_functions_is_one_list() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let other = |name: &'static str| cache.get_or_load(name, Options::ttl(60), async || name.len() as u64);
    let warming = Warming::at_most(2)
        .add(["one", "two", "three"].into_iter().map(other))
        .add((0..7).map(|id| profile(&runs, id)));
    let report = warming.progress().run().await;
    assert_eq!(counts(&report), [8, 0, 2], "of what is no `try_add`, bodies that fail are counted too");
    assert_eq!((report.first[0].call, report.first[0].error.as_str()), (9, "its body has returned an error"));
}

#[cached(key = "warming:author:<id>", each(id in ids), ttl = 100, ignore(runs))]
async fn authors(runs: &Runs, ids: &[u64]) -> Result<HashMap<u64, u64>, String> {
    runs.next();
    tokio::task::yield_now().await;
    if ids.contains(&7) {
        Err("there is no author 7".to_owned())
    } else {
        Ok(ids.iter().map(|id| (*id, *id)).collect())
    }
}

#[tokio::test]
async fn a_call_for_many_counts_as_one_that_has_loaded_has_failed_or_had_to_do_nothing() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    let lists: [&[u64]; 4] = [&[1, 2], &[3, 4], &[5, 6], &[7, 8]];
    let warming = || Warming::at_most(2).add(lists.iter().map(|ids| authors(&runs, ids)));
    let report = warming().run().await;
    assert_eq!((counts(&report), runs.count()), ([3, 0, 1], 4));
    assert_eq!((report.first[0].call, report.first[0].error.as_str()), (4, "its body has returned an error"));
    assert_eq!((counts(&warming().run().await), runs.count()), ([0, 3, 1], 5));
    let partly = Warming::at_most(2).try_add([&[2, 9][..], &[1, 4]].map(|ids| authors(&runs, ids))).run().await;
    assert_eq!((counts(&partly), runs.count()), ([1, 1, 0], 6), "one had a part of it to load");
}

/// How many run, and the most that ever did.
#[derive(Default)]
struct Gauge([AtomicUsize; 2]);

impl Gauge {
    fn enter(&self) {
        let running = self.0[0].fetch_add(1, Ordering::SeqCst) + 1;
        self.0[1].fetch_max(running, Ordering::SeqCst);
    }

    fn leave(&self) {
        self.0[0].fetch_sub(1, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.0[1].load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn as_many_run_at_a_time_as_was_said_and_never_more() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    for most in [1, 2, 7, 50] {
        let gauge = Gauge::default();
        let load = |id: usize| {
            let (cache, gauge) = (&cache, &gauge);
            async move {
                let body = async || {
                    gauge.enter();
                    for _ in 0..id % 5 {
                        tokio::task::yield_now().await;
                    }
                    gauge.leave();
                    id as u64
                };
                cache.get_or_load(larder::key!("warming:gauge:<most>:<id>"), Options::ttl(60), body).await
            }
        };
        let report = Warming::at_most(most).add((0..300).map(load)).run().await;
        assert_eq!((report.loaded, gauge.most()), (300, most));
    }
}

#[test]
fn whoever_drops_it_stops_the_rest() {
    let _larder = testing::isolated();
    let made = AtomicUsize::new(0);
    let calls = (0..10).map(|_| {
        made.fetch_add(1, Ordering::SeqCst);
        pending::<()>()
    });
    {
        let mut run = pin!(Warming::at_most(3).add(calls).run());
        for _ in 0..3 {
            assert!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
    }
    assert_eq!(made.load(Ordering::SeqCst), 3, "and a call is made when its turn has come");
}

#[cached(key = "warming:scattered:<id>", ttl = 1000)]
async fn scattered(id: u64) -> u64 {
    ready(id).await
}

#[cached(key = "warming:own:<id>", ttl = 1000, jitter = 0.5)]
async fn own(id: u64) -> u64 {
    ready(id).await
}

#[cached(key = "warming:forever:<id>", ttl = forever)]
async fn forever(id: u64) -> u64 {
    ready(id).await
}

/// How many seconds of its time a value has lost.
async fn lost(key: larder::Key) -> u64 {
    let Some(Ttl::For(left)) = larder::cache("default").unwrap().ttl(key).await.unwrap() else { return 0 };
    1000 - left.as_secs()
}

#[tokio::test]
async fn not_all_that_is_loaded_at_one_moment_ends_at_one_moment() {
    let _larder = testing::isolated();
    let calls = || (0..200).map(scattered);
    Warming::at_most(8).add(calls()).add((0..200).map(own)).add([forever(1)]).run().await;
    scattered(1000).await;
    let (mut here, mut there) = (BTreeSet::new(), BTreeSet::new());
    for id in 0..200 {
        here.insert(lost(scattered::key(id)).await);
        there.insert(lost(own::key(id)).await);
    }
    assert!(here.len() > 50 && here.last() <= Some(&100), "up to a tenth: {here:?}");
    assert!(there.last() > Some(&250) && there.last() <= Some(&500), "what the site says: {there:?}");
    assert_eq!(lost(scattered::key(1000)).await, 0, "nothing that is loaded otherwise");

    let _larder = testing::isolated();
    Warming::at_most(8).jitter(0.0).add(calls()).run().await;
    for id in 0..200 {
        assert_eq!(lost(scattered::key(id)).await, 0);
    }
}

#[cached(key = "warming:blocks:<id>", ttl = 100, ignore(together))]
fn blocks(together: &Barrier, id: u64) -> Result<u64, String> {
    together.wait();
    if id == 3 { Err("there is no 3".to_owned()) } else { Ok(id) }
}

#[cached(key = "warming:panics:<id>", ttl = 100)]
fn panics(id: u64) -> u64 {
    assert!(id != 2, "there is no 2");
    id
}

#[test]
fn functions_that_block_are_called_on_as_many_threads() {
    let larder = testing::isolated();
    // Each waits until four of them run.
    let together = Barrier::new(4);
    let report = Warming::at_most(4).try_run_on_threads((0..8).map(|id| {
        let together = &together;
        move || blocks(together, id)
    }));
    assert_eq!((counts(&report), report.first[0].error.as_str()), ([7, 0, 1], "there is no 3"));
    assert_eq!(larder.cache("default").stats().entries, 7, "in the caches of this test");
    let report = Warming::at_most(1).run_on_threads((0..4).map(|id| move || panics(id)));
    assert_eq!((counts(&report), report.first[0].call), ([3, 0, 1], 3), "the first call is 1");
    assert_eq!(Warming::at_most(1).run_on_threads((0..2).map(|id| move || panics(id))).already, 2);
    assert_eq!(counts(&Warming::at_most(9).run_on_threads(Vec::<fn()>::new())), [0, 0, 0]);
}

/// A program starts it beside what else it does.
#[test]
fn a_warm_up_of_what_can_be_sent_can_be_sent() {
    fn sent<T: Send>(warming: T) -> T {
        warming
    }
    let larder = testing::isolated();
    let runs = Arc::new(Runs::default());
    let call = move |id| {
        let runs = Arc::clone(&runs);
        async move { profile(&runs, id).await }
    };
    let run = sent(larder.scope(Warming::at_most(2).try_add((0..3).map(call)).run()));
    assert_eq!(testing::block_on(run).loaded, 3);
}

#[test]
#[should_panic(expected = "larder: a warm-up of which no call may run never ends")]
fn none_at_a_time_is_a_mistake() {
    let _ = Warming::at_most(0);
}
