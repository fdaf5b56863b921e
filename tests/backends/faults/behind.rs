//! A replica that is behind takes the place of the leader: it has entries and markers from before they were withdrawn.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use larder::stores::redis::{Config, Redis as Store};
use larder::testing::{Isolated, Larder};
use larder::{Cache, Error, Key, Options, Settings, invalidate_tag_blocking};

use super::load::{LIMIT, caches, wait};
use super::{Needed, own};
use crate::servers::{Redis, Watched};

const REDIS: &[Needed] = &[("redis-server", Redis::is_installed)];

own!(REDIS =>
    a_tag_withdrawn_before_a_replica_took_over_that_had_not_heard_of_it_stays_so,
    a_tag_withdrawn_before_such_a_replica_took_over_stays_so_for_what_is_near,
    a_namespace_withdrawn_before_such_a_replica_took_over_stays_so,
);

const PAGES: usize = 12;

fn a_tag_withdrawn_before_a_replica_took_over_that_had_not_heard_of_it_stays_so() -> Result<(), String> {
    take_over(0, &|_| invalidate_tag_blocking("shop"))
}

fn a_tag_withdrawn_before_such_a_replica_took_over_stays_so_for_what_is_near() -> Result<(), String> {
    take_over(3600, &|_| invalidate_tag_blocking("shop"))
}

fn a_namespace_withdrawn_before_such_a_replica_took_over_stays_so() -> Result<(), String> {
    take_over(0, &|cache| cache.namespace("pages").invalidate_blocking())
}

/// What pages say, and how often that was asked for.
#[derive(Default)]
struct Said {
    now: AtomicU64,
    runs: AtomicUsize,
}

impl Said {
    fn loaded(&self) -> u64 {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.now.load(Ordering::SeqCst)
    }

    /// Returns the oldest that is served of all pages.
    fn oldest(&self, larder: &Larder) -> Option<u64> {
        let _entered = larder.enter();
        let pages = larder.cache("default").namespace("pages");
        let page = |id: usize| Key::from(format!("page{id}")).tagged(["shop"]);
        (0..PAGES).map(|id| pages.blocking().get_or_load(page(id), Options::ttl(3600), || self.loaded())).min()
    }

    /// Returns whether all that is served says this, and comes from a store.
    fn is_served(&self, larder: &Larder, wanted: u64) -> bool {
        let before = self.runs.load(Ordering::SeqCst);
        self.oldest(larder) == Some(wanted) && self.runs.load(Ordering::SeqCst) == before
    }
}

fn process(url: &str, near: u64) -> Result<Isolated, Error> {
    let settings = Settings::backend(Store::new(Config::new(url)?.response_timeout(LIMIT))?);
    caches(if near > 0 { settings.near(near) } else { settings })
}

fn take_over(near: u64, withdraw: &dyn Fn(&Cache) -> Result<(), Error>) -> Result<(), String> {
    let watched = Watched::start()?;
    let process = || process(&watched.url(), near).map_err(|error| format!("{error:?}"));
    let other = process()?.handle();
    let entered = process()?;
    let ours = entered.handle();
    let (said, is_over) = (Said::default(), AtomicBool::new(false));
    let both = [&ours, &other];
    wait("both are served from the store", || both.iter().all(|larder| said.is_served(larder, 0)));
    watched.servers.leave_behind()?;
    said.now.store(1, Ordering::SeqCst);
    withdraw(&ours.cache("default")).map_err(|error| format!("{error:?}"))?;
    watched.servers.leader.stop();
    let kept = watched.servers.replica.ask(&["DBSIZE"])?.concat();
    assert!(kept.parse::<usize>().is_ok_and(|kept| kept > PAGES), "it has entries and markers from before: {kept}");
    thread::scope(|scope| {
        let reads = || {
            while !is_over.load(Ordering::SeqCst) {
                assert_eq!(said.oldest(&ours), Some(1), "who has withdrawn it is never served what was before");
            }
        };
        let reads = scope.spawn(reads);
        let outcome = watched.until_promoted();
        if outcome.is_ok() {
            wait("this process is served from the store again", || said.is_served(&ours, 1));
            wait("and so is the other one", || said.is_served(&other, 1));
        }
        is_over.store(true, Ordering::SeqCst);
        reads.join().expect("no error, and nothing old");
        outcome
    })
}
