//! Clearing one cache in a store of several servers that cannot tell its entries from others, while one of them is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_core::backend::layer::{Eras, Owing};
use cache_core::backend::{self, Backend, Capabilities, Memory, Remaining, Server};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::{Name, Scope};
use cache_core::policy::Options;
use cache_core::registry::Settings;
use cache_core::tags::fingerprint;
use cache_core::testing::{self, Isolated};

const SECOND: Duration = Duration::from_secs(1);
const CALLED: [&str; 4] = ["a", "b", "c", "d"];
const NOBODY: usize = usize::MAX;

type Erased = dyn backend::ErasedBackend;

/// Servers in memory, of which the first so many are a store, and one of those may be away.
struct Fleet {
    servers: Arc<[Memory]>,
    count: usize,
    away: AtomicUsize,
}

impl Fleet {
    fn new(servers: &Arc<[Memory]>, count: usize) -> Arc<Self> {
        Arc::new(Self { servers: Arc::clone(servers), count, away: AtomicUsize::new(NOBODY) })
    }

    fn place(&self, name: &Name) -> usize {
        let said = |said| CALLED[..self.count].iter().position(|server| Server::called(server) == said);
        Server::said_in(name).and_then(said).unwrap_or_else(|| {
            let text = Server::deciding(name).concat();
            let number = fingerprint(std::str::from_utf8(&text).expect("names are text"));
            usize::try_from(number % self.count as u64).expect("it is less than that")
        })
    }

    fn reach(&self, name: &Name) -> Result<&Memory, Error> {
        let away = || Error::new(Kind::Store, "that server is away");
        if self.is_away(name) { Err(away()) } else { Ok(&self.servers[self.place(name)]) }
    }

    fn lose(&self, server: usize) {
        self.away.store(server, Ordering::SeqCst);
    }
}

impl Backend for Fleet {
    fn capabilities(&self) -> Capabilities {
        Capabilities { clear_scope: false, conditional_fill: false, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.reach(name)?.get(name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let mut values = Vec::new();
        for name in names {
            values.push(if self.is_away(name) { None } else { self.get(name).await? });
        }
        match names {
            [name, ..] if names.iter().all(|name| self.is_away(name)) => self.reach(name).map(|_| values),
            _ => Ok(values),
        }
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.reach(name)?.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.reach(name)?.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.reach(name)?.delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.reach(name)?.touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.reach(name)?.incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.reach(name)?.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        let servers = self.servers().into_iter().map(|server| self.clear_store_on(server));
        let mut cleared = Ok(());
        for server in servers {
            cleared = cleared.and(server.await);
        }
        cleared
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        let place = self.servers().iter().position(|there| *there == server).expect("it is one of them");
        if place == self.away.load(Ordering::SeqCst) {
            return Err(Error::new(Kind::Store, "that server is away"));
        }
        self.servers[place].clear_store().await
    }

    fn is_away(&self, name: &Name) -> bool {
        self.place(name) == self.away.load(Ordering::SeqCst)
    }

    fn servers(&self) -> Vec<Server> {
        CALLED[..self.count].iter().map(|server| Server::called(server)).collect()
    }

    fn server_of(&self, name: &Name) -> Server {
        Server::called(CALLED[self.place(name)])
    }
}

fn memories(clock: &Clock) -> Arc<[Memory]> {
    CALLED.iter().map(|_| Memory::new(clock.clone())).collect()
}

/// Makes the cache of one more process.
fn process(store: &Arc<Fleet>, clock: &Clock) -> (Isolated, Cache) {
    let settings = Settings::backend(Arc::clone(store));
    let larder = testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache)
}

fn keys() -> Vec<String> {
    // Those of the most bytes end in a digest as soon as they have an era.
    (0..30).flat_map(|number| [format!("key{number}"), format!("{}{number:02}", "k".repeat(198))]).collect()
}

fn fill(cache: &Cache, value: u8) -> usize {
    keys().iter().filter(|key| cache.blocking().set(key.as_str(), value, Options::forever()).is_ok()).count()
}

/// Returns how many entries are served with this value; none is with another.
fn served(cache: &Cache, value: u8) -> usize {
    let found = keys().into_iter().filter_map(|key| cache.blocking().get::<u8>(key.as_str()).ok().flatten());
    found.inspect(|found| assert_eq!(*found, value)).count()
}

fn served_together(cache: &Cache, value: u8) -> usize {
    let found = cache.blocking().get_many::<u8>(keys()).expect("two servers are there");
    found.into_iter().flatten().inspect(|found| assert_eq!(*found, value)).count()
}

#[test]
fn one_server_of_three_that_is_away_costs_its_own_entries_and_no_others() {
    let clock = Clock::manual();
    let store = Fleet::new(&memories(&clock), 3);
    let (_larder, cache) = process(&store, &clock);
    let all = fill(&cache, 1);
    let left: Vec<_> = (0..3)
        .map(|server| {
            store.lose(server);
            clock.advance(10 * SECOND);
            let left = served(&cache, 1);
            clock.advance(10 * SECOND);
            assert_eq!((served_together(&cache, 1), fill(&cache, 1)), (left, left));
            assert!(cache.blocking().delete_many(keys()).is_err(), "it is owed");
            assert_eq!((served(&cache, 1), fill(&cache, 1)), (0, left));
            store.lose(NOBODY);
            assert_eq!((served(&cache, 1), fill(&cache, 1)), (left, all), "and paid");
            left
        })
        .collect();
    assert!(left.iter().sum::<usize>() == 2 * all && left.iter().all(|left| *left > 0), "{left:?}");
}

#[test]
fn a_clear_that_a_server_has_missed_is_told_to_it_before_it_serves_again() {
    let clock = Clock::manual();
    let store = Fleet::new(&memories(&clock), 3);
    let ((_one, cache), (_two, other)) = (process(&store, &clock), process(&store, &clock));
    for server in 0..3 {
        fill(&cache, 1);
        store.lose(server);
        assert!(cache.blocking().clear().is_err(), "one server has not heard it");
        assert_eq!((served(&cache, 0), served_together(&cache, 0)), (0, 0), "and nobody is served anything");
        let left = fill(&cache, 2);
        assert!(left > 0 && served(&cache, 2) == left && served_together(&cache, 2) == left);
        store.lose(NOBODY);
        if server == 0 {
            assert_eq!(served_together(&cache, 2), left, "the others' are as they were");
        }
        assert_eq!(served(&cache, 2), left);
        clock.advance(SECOND);
        assert_eq!(served(&other, 2), left, "another process sees what was paid");
    }
}

#[test]
fn a_clear_of_the_store_is_owed_to_a_server_that_is_away_and_to_no_other() {
    let clock = Clock::manual();
    let store = Fleet::new(&memories(&clock), 3);
    let (_larder, cache) = process(&store, &clock);
    for server in 0..3 {
        let all = fill(&cache, 1);
        store.lose(server);
        assert!(cache.blocking().clear_store().is_err(), "one server has not heard it");
        assert_eq!((served(&cache, 0), served_together(&cache, 0)), (0, 0));
        let left = fill(&cache, 2);
        for _ in 0..3 {
            assert_eq!((served(&cache, 2), served_together(&cache, 2)), (left, left), "what was kept since stays");
            clock.advance(SECOND);
        }
        store.lose(NOBODY);
        assert_eq!(
            (served(&cache, 2), served_together(&cache, 2)),
            (left, left),
            "nothing is back, and nothing is lost"
        );
        assert_eq!((left < all, fill(&cache, 2)), (true, all));
        assert_eq!(served(&cache, 2), all, "it is paid once");
    }
}

#[test]
fn a_part_of_a_cache_that_is_cleared_is_owed_to_a_server_that_is_away_and_to_no_other() {
    let clock = Clock::manual();
    let fleet = Fleet::new(&memories(&clock), 3);
    let eras = Eras::new(Arc::clone(&fleet) as Arc<Erased>, "", clock.clone(), || false).unwrap();
    let store: Arc<Erased> = Arc::new(Owing::new(Arc::new(eras), clock.clone()));
    let as_it_reads = Scope::new("", "", Some(|_, _, key, name| name.write_str(key))).unwrap();
    let name = |start: &'static str, number: u8| {
        as_it_reads.write(0, |key| {
            key.literal(start).part(&number);
        })
    };
    let is_there = |name: &Name| matches!(testing::block_on(store.get(name)), Ok(Some(_)));
    let is_kept = |name: &Name| testing::block_on(store.set(name, b"1", None)).is_ok();
    let served = |start| (0..30).filter(|number| is_there(&name(start, *number))).count();
    let fill = |start| (0..30).filter(|number| is_kept(&name(start, *number))).count();
    let (part, rest) = (":1:part%/", ":1:");
    assert_eq!((fill(part), fill(rest)), (30, 30));
    fleet.lose(1);
    let left = (served(part), served(rest));
    assert!(left.0 > 0 && left.1 > 0 && left.0 + left.1 < 60);
    assert!(testing::block_on(store.clear_scope(part)).is_err());
    assert_eq!((served(part), served(rest)), (0, left.1));
    assert_eq!((fill(part), served(part)), (left.0, left.0));
    fleet.lose(NOBODY);
    assert_eq!((served(part), served(rest)), (left.0, 30));
}

#[test]
fn a_marker_that_is_lost_takes_along_what_is_on_its_server_and_nothing_else() {
    let clock = Clock::manual();
    let servers = memories(&clock);
    let (_larder, cache) = process(&Fleet::new(&servers, 3), &clock);
    let all = fill(&cache, 1);
    testing::block_on(servers[1].clear_scope(":%=:era:")).unwrap();
    clock.advance(SECOND);
    let left = served(&cache, 1);
    assert!((1..all).contains(&left), "{left} of {all}");
    clock.advance(10 * SECOND);
    assert_eq!(served(&cache, 1), left);
    assert_eq!((fill(&cache, 2), served(&cache, 2)), (all, all));
}

#[test]
fn no_era_comes_back_with_servers_that_are_added_and_taken_away_again() {
    let clock = Clock::manual();
    let servers = memories(&clock);
    let before = process(&Fleet::new(&servers, 3), &clock).1;
    assert!(fill(&before, 1) > 0);
    let between = process(&Fleet::new(&servers, 4), &clock).1;
    between.blocking().clear().unwrap();
    let after = process(&Fleet::new(&servers, 3), &clock).1;
    assert_eq!(served(&after, 0), 0);
}
