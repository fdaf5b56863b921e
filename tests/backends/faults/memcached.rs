//! Memcached goes away, breaks off, stands still and makes room; and one of three servers is gone for a while.

use larder::stores::memcached::{Config, Memcached as Store};
use larder::testing::{Isolated, Larder};
use larder::{Cache, Error, Options, Settings};

use super::load::{LIMIT, Source, caches, half_a_minute_apart, is_well_again, under_load, wait};
use super::proxy::Proxy;
use super::{Needed, own};
use crate::servers::Memcached;

const MEMCACHED: &[Needed] = &[("memcached", Memcached::is_installed)];

own!(MEMCACHED =>
    a_server_is_killed_under_load_and_comes_back_empty,
    connections_break_in_the_midst_of_answers,
    a_server_stands_still_for_a_while,
    answers_are_held_back_for_a_while,
    a_server_that_is_full_makes_room_under_load,
    one_of_three_servers_is_killed_under_load_and_comes_back_empty,
    one_of_three_servers_cannot_be_reached_for_a_while_and_keeps_what_it_has,
    whichever_of_three_servers_is_away_the_others_are_hit_and_nothing_that_was_cleared_comes_back,
    two_processes_whose_clocks_are_half_a_minute_apart_see_what_the_other_invalidates,
);

fn said(error: &Error) -> String {
    format!("{error:?}")
}

fn settings(url: &str) -> Result<Settings, String> {
    let store = Config::new(url).and_then(|config| Store::new(config.response_timeout(LIMIT)));
    store.map(Settings::backend).map_err(|error| said(&error))
}

/// Makes caches as two processes have them: one that is under load, and one that looks on.
fn two(url: &str, other: &str) -> Result<(Isolated, Larder), String> {
    let other = caches(settings(other)?).map_err(|error| said(&error))?.handle();
    Ok((caches(settings(url)?).map_err(|error| said(&error))?, other))
}

fn a_server_is_killed_under_load_and_comes_back_empty() -> Result<(), String> {
    let server = Memcached::start()?;
    let (larder, other) = two(&server.url(), &server.url())?;
    let source = Source::new();
    for _ in 0..3 {
        under_load(&larder, &source, |progress| {
            server.stop();
            progress.more_calls(300);
            server.start_again();
        });
        is_well_again(&source, &[&larder, &other]);
    }
    assert!(larder.cache("default").stats().trouble > 0, "the cache has counted that its store was away");
    source.seen.row("Memcached", "three times the server is killed, and comes back empty after 300 calls", &larder);
    Ok(())
}

fn connections_break_in_the_midst_of_answers() -> Result<(), String> {
    let server = Memcached::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let (larder, other) = two(&format!("memcached://127.0.0.1:{}", proxy.port()), &server.url())?;
    let source = Source::padded(2_000);
    under_load(&larder, &source, |progress| {
        for bytes in [0, 1, 5, 100, 1_000, 2_000, 5_000, 20_000] {
            proxy.cut_after(bytes);
            let before = proxy.counts().connections;
            proxy.until(|counts| counts.connections > before);
            progress.more_calls(200);
        }
    });
    is_well_again(&source, &[&larder, &other]);
    assert!(larder.cache("default").stats().trouble > 0 && proxy.counts().connections > 8, "{:?}", proxy.counts());
    source.seen.row("Memcached", "eight times a connection breaks, after 0 to 20,000 bytes of an answer", &larder);
    Ok(())
}

fn a_server_stands_still_for_a_while() -> Result<(), String> {
    let server = Memcached::start()?;
    let (larder, other) = two(&server.url(), &server.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        server.freeze();
        progress.more_calls(60);
        server.thaw();
    });
    is_well_again(&source, &[&larder, &other]);
    assert!(larder.cache("default").stats().trouble > 0, "the cache has counted that its store was silent");
    source.seen.row("Memcached", "the server stands still (`SIGSTOP`) for 60 calls", &larder);
    Ok(())
}

fn answers_are_held_back_for_a_while() -> Result<(), String> {
    let server = Memcached::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let (larder, other) = two(&format!("memcached://127.0.0.1:{}", proxy.port()), &server.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        for _ in 0..3 {
            proxy.hold();
            proxy.until_held();
            progress.more_calls(20);
            // What was asked and given up long ago reaches the server now.
            proxy.let_go();
            progress.more_calls(200);
        }
    });
    is_well_again(&source, &[&larder, &other]);
    source.seen.row("Memcached", "three times all that is said is held back for 20 calls, and then arrives", &larder);
    Ok(())
}

fn a_server_that_is_full_makes_room_under_load() -> Result<(), String> {
    let server = Memcached::setup().max_memory(2).start()?;
    let (larder, _) = two(&server.url(), &server.url())?;
    let source = Source::padded(300_000);
    under_load(&larder, &source, |progress| progress.more_calls(2_000));
    assert!(server.stat("evictions").is_some_and(|removed| removed > 0));
    assert!(larder.cache("default").stats().hits > 0, "and some values stayed");
    source.seen.row("Memcached", "the server is full, and makes room", &larder);
    Ok(())
}

fn one_of_three_servers_is_killed_under_load_and_comes_back_empty() -> Result<(), String> {
    let servers = [Memcached::start()?, Memcached::start()?, Memcached::start()?];
    let url = Memcached::url_of_all(&servers);
    let (larder, other) = two(&url, &url)?;
    let source = Source::new();
    for server in &servers {
        under_load(&larder, &source, |progress| {
            server.stop();
            progress.more_calls(300);
            server.start_again();
        });
        is_well_again(&source, &[&larder, &other]);
    }
    source.seen.row("Memcached", "each of three servers is killed in turn, and comes back empty", &larder);
    Ok(())
}

/// Starts three servers, each of which can be made unreachable.
fn three_behind_proxies() -> Result<([Memcached; 3], [Proxy; 3]), String> {
    let start = || Memcached::setup().on_port().start();
    let servers = [start()?, start()?, start()?];
    let before = |server: &Memcached| Proxy::before_port(server.port()).map_err(|error| error.to_string());
    let proxies = [before(&servers[0])?, before(&servers[1])?, before(&servers[2])?];
    Ok((servers, proxies))
}

fn one_of_three_servers_cannot_be_reached_for_a_while_and_keeps_what_it_has() -> Result<(), String> {
    let (_servers, proxies) = three_behind_proxies()?;
    let hosts = proxies.each_ref().map(|proxy| format!("127.0.0.1:{}", proxy.port())).join(",");
    let (larder, other) = two(&format!("memcached://{hosts}"), &format!("memcached://{hosts}"))?;
    let source = Source::new();
    for proxy in &proxies {
        under_load(&larder, &source, |progress| {
            proxy.refuse();
            proxy.cut();
            progress.more_calls(500);
            proxy.accept();
        });
        is_well_again(&source, &[&larder, &other]);
    }
    source.seen.row(
        "Memcached",
        "each of three servers in turn cannot be reached for 500 calls, and keeps what it has",
        &larder,
    );
    Ok(())
}

const KEYS: usize = 90;

fn keys() -> impl Iterator<Item = String> {
    (0..KEYS).map(|number| format!("key{number}"))
}

fn fill(cache: &Cache, value: u8) -> usize {
    keys().filter(|key| cache.blocking().set(key, value, Options::ttl(3600)).is_ok()).count()
}

/// Returns how many entries are served, all of them with this value.
fn served(cache: &Cache, value: u8) -> usize {
    let found = keys().filter_map(|key| cache.blocking().get::<u8>(key).ok().flatten());
    found.inspect(|found| assert_eq!(*found, value)).count()
}

fn whichever_of_three_servers_is_away_the_others_are_hit_and_nothing_that_was_cleared_comes_back() -> Result<(), String>
{
    let (_servers, proxies) = three_behind_proxies()?;
    let hosts = proxies.each_ref().map(|proxy| format!("127.0.0.1:{}", proxy.port())).join(",");
    let (larder, other) = two(&format!("memcached://{hosts}"), &format!("memcached://{hosts}"))?;
    let (cache, other) = (larder.cache("default"), other.cache("default"));
    let all = KEYS;
    let mut left_of_all = 0;
    for (proxy, value) in proxies.iter().zip([10, 20, 30]) {
        wait("all servers are there", || fill(&cache, value) == all);
        assert_eq!((served(&cache, value), served(&other, value)), (all, all));
        proxy.refuse();
        proxy.cut();
        // Whoever comes first finds out.
        served(&cache, value);
        let left = served(&cache, value);
        assert!((all / 3..all).contains(&left), "{left} of {all} are served without one of three servers");
        let together = cache.blocking().get_many::<u8>(keys()).map_err(|error| said(&error))?;
        assert_eq!(together.into_iter().flatten().count(), left);
        left_of_all += left;
        assert!(cache.blocking().clear().is_err(), "one server has not heard it");
        assert_eq!(served(&cache, value), 0);
        assert_eq!((fill(&cache, value + 1), served(&cache, value + 1)), (left, left));
        proxy.accept();
        wait("what it is owed is paid", || {
            served(&cache, value + 1);
            keys().all(|key| cache.blocking().get::<u8>(key).is_ok())
        });
        assert_eq!(served(&cache, value + 1), left);
        let is_old = |key: String| matches!(other.blocking().get::<u8>(key), Ok(Some(found)) if found == value);
        wait("another process hears of it", || !keys().any(is_old));
    }
    assert_eq!(left_of_all, 2 * all, "each entry is away with one of them");
    Ok(())
}

fn two_processes_whose_clocks_are_half_a_minute_apart_see_what_the_other_invalidates() -> Result<(), String> {
    let server = Memcached::start()?;
    half_a_minute_apart("Memcached", [settings(&server.url())?, settings(&server.url())?]);
    Ok(())
}
