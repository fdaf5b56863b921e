//! What comes of a store whose servers go away and come back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cache_backends::memcached::{Config, Memcached};
use cache_core::backend::layer::Owing;
use cache_core::backend::{Backend, Entry, Ticket};
use cache_core::clock::Clock;
use cache_core::error::Kind;
use cache_core::key::Name;
use cache_core::testing::block_on;

use super::servers::Memcached as Server;
use super::{Test, name, store};

pub const TESTS: &[Test] = &[
    ("a ticket from before a restart fills nothing, though the server counts from one again", restarted),
    ("of three servers one that is gone takes its own names along, and no others", one_gone),
    ("what could not be invalidated on a server that was cut off is not served when it is back", cut_off),
    ("of three servers one that missed that all was cleared is told, and no other is emptied again", emptied),
    ("a server that stands still holds up nobody for longer than the time limit", frozen),
];

/// How long a call may take where servers stand still.
const LIMIT: Duration = Duration::from_millis(300);

/// Waits for what comes back by itself.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::yield_now();
    }
}

/// Returns the number of what the ticket is for.
fn number(ticket: &Ticket) -> u64 {
    u64::from_le_bytes(ticket.0[..8].try_into().expect("a number"))
}

fn restarted() {
    let server = Server::start().expect("a server");
    let name = name("key");
    let lease = async |store: &Memcached| {
        store.delete(&name).await?;
        store.begin_fill(&name).await
    };
    for is_known_to_be_new in [true, false] {
        let (old, new) = (store(&server.url()), store(&server.url()));
        let late_enough = || block_on(lease(&old)).is_ok_and(|ticket| number(&ticket) > 100);
        until("the numbers are larger than a start takes", late_enough);
        let ticket = block_on(old.begin_fill(&name)).unwrap();
        server.stop();
        server.start_again();
        let has_this_number = || block_on(lease(&new)).is_ok_and(|other| number(&other) == number(&ticket));
        until("the same number is given again, for another lease", has_this_number);
        if is_known_to_be_new {
            until("it is known to be new", || block_on(old.get(&name)).is_ok());
        }
        until("a late fill is refused", || block_on(old.set_if(&name, b"late", None, &ticket)).is_ok_and(|kept| !kept));
        assert_eq!(block_on(new.get(&name)).unwrap(), None, "{is_known_to_be_new}");
    }
}

fn three() -> ([Server; 3], String) {
    let servers = [(); 3].map(|()| Server::setup().on_port().start().expect("a server"));
    let hosts = servers.each_ref().map(|server| format!("127.0.0.1:{}", server.port()));
    (servers, format!("memcached://{}", hosts.join(",")))
}

/// Returns a store that waits for nobody for long.
fn impatient(url: &str) -> Memcached {
    let config = Config::new(url).expect("an address").response_timeout(LIMIT);
    Memcached::new(config).expect("a store")
}

fn names() -> Vec<Name> {
    (0..90).map(|key| name(&key.to_string())).collect()
}

fn fill(store: &Memcached, names: &[Name]) {
    let entry = |name: &Name| Entry { name: name.clone(), value: name.as_bytes().to_vec(), time: None };
    let kept = block_on(store.set_many(&names.iter().map(entry).collect::<Vec<_>>()));
    assert!(kept.iter().all(Result::is_ok));
}

/// Returns how many of these entries a server holds.
fn held(server: &Server, names: &[Name]) -> usize {
    let alone = store(&format!("memcached://127.0.0.1:{}", server.port()));
    block_on(alone.get_many(names)).expect("a server that is there").iter().flatten().count()
}

fn one_gone() {
    let (servers, url) = three();
    let (store, names) = (store(&url), names());
    fill(&store, &names);
    let count = |server| held(server, &names);
    let held = servers.each_ref().map(count);
    assert!(held.iter().all(|held| *held > 10) && held.iter().sum::<usize>() == 90, "{held:?}");

    servers[1].stop();
    let is_there = |name: &Name| block_on(store.get(name)).map(|found| found.expect("it is there still"));
    until("it is known to be gone", || names.iter().filter(|name| is_there(name).is_err()).count() == held[1]);
    let found = block_on(store.get_many(&names)).expect("those of the others");
    assert_eq!(found.iter().flatten().count(), 90 - held[1]);
    let entry = |name: &Name| Entry { name: name.clone(), value: b"new".to_vec(), time: None };
    let kept = block_on(store.set_many(&names.iter().map(entry).collect::<Vec<_>>()));
    assert_eq!(kept.iter().filter(|kept| kept.is_err()).count(), held[1]);
    assert!(kept.iter().filter_map(|kept| kept.as_ref().err()).all(|error| error.kind() == Kind::Store));
    assert_eq!([0, 2].map(|at| count(&servers[at])), [held[0], held[2]], "nothing moved to a neighbour");
    assert!(block_on(store.delete_many(&names)).is_err(), "nobody is told that all are gone");
    assert_eq!([0, 2].map(|at| count(&servers[at])), [0, 0], "though these are");

    servers[1].start_again();
    until("it is back", || names.iter().all(|name| block_on(store.get(name)).is_ok_and(|found| found.is_none())));
    fill(&store, &names);
    assert_eq!(servers.each_ref().map(count), held);
}

/// A server that stands still keeps what it has, as one behind a network that was cut.
fn cut_off() {
    let (servers, url) = three();
    let (patient, inner, names) = (store(&url), Arc::new(impatient(&url)), names());
    fill(&patient, &names);
    until("all three are known", || names.iter().all(|name| block_on(inner.get(name)).is_ok()));
    let store = Owing::new(inner.clone(), Clock::manual());
    let store: &dyn cache_core::backend::ErasedBackend = &store;

    servers[1].freeze();
    let lost: Vec<_> = names.iter().filter(|name| block_on(store.delete(name)).is_err()).collect();
    assert!(lost.len() > 10, "{}", lost.len());
    servers[1].thaw();
    until("it is back", || block_on(inner.get(lost[0])).is_ok());
    for name in &names {
        until("it is told", || {
            block_on(store.get(name)).is_ok_and(|found| found.inspect(|_| panic!("{name}")).is_none())
        });
    }
    assert!(names.iter().all(|name| block_on(patient.get(name)).unwrap().is_none()), "on the server too");
}

/// A server that stands still keeps what it has, so that it is empty afterwards only where it was told.
fn emptied() {
    let (servers, url) = three();
    let (patient, inner, names) = (store(&url), Arc::new(impatient(&url)), names());
    fill(&patient, &names);
    until("all three are known", || names.iter().all(|name| block_on(inner.get(name)).is_ok()));
    let before = held(&servers[1], &names);
    assert!(before > 10, "{before}");
    let store = Owing::new(inner.clone(), Clock::manual());
    let store: &dyn cache_core::backend::ErasedBackend = &store;

    servers[1].freeze();
    let away = names.iter().find(|name| block_on(inner.get(name)).is_err()).expect("names of that server");
    let (lost, kept): (Vec<_>, Vec<_>) = names.iter().partition(|name| inner.server_of(name) == inner.server_of(away));
    assert_eq!(lost.len(), before);
    assert!(block_on(store.clear_store()).is_err(), "one server has not heard it");
    assert!(kept.iter().all(|name| block_on(store.set(name, b"new", None)).is_ok()));
    let is_there =
        |name: &Name| block_on(store.get(name)).is_ok_and(|found| found.is_some_and(|found| found == b"new"));
    for _ in 0..2 {
        assert_eq!(kept.iter().filter(|name| is_there(name)).count(), kept.len());
    }
    servers[1].thaw();
    until("it is back", || block_on(inner.get(lost[0])).is_ok());
    for name in lost {
        until("it is told", || {
            block_on(store.get(name)).is_ok_and(|found| found.inspect(|_| panic!("{name}")).is_none())
        });
    }
    assert_eq!(held(&servers[1], &names), 0, "on the server too");
    assert!(kept.into_iter().all(is_there), "and no other server is told again");
}

fn frozen() {
    let (servers, url) = three();
    let (patient, store, names) = (store(&url), impatient(&url), names());
    fill(&patient, &names);
    until("all three are known", || names.iter().all(|name| block_on(store.get(name)).is_ok()));
    servers[1].freeze();
    let times = || {
        let begun = Instant::now();
        let asked = names.iter().map(|name| {
            let asked = Instant::now();
            let _ = block_on(store.get(name));
            asked.elapsed()
        });
        let longest = asked.max().expect("names");
        [longest, begun.elapsed()]
    };
    // Thirty of them wait on it, and only those that find out whether it is back take their time. A machine that stands still
    // for longer than that says nothing, and is asked once more.
    let is_in_time =
        |[longest, all]: &[Duration; 2]| *longest < Duration::from_secs(2) && *all < Duration::from_secs(5);
    let mut took = Vec::new();
    while took.len() < 5 && !took.last().is_some_and(is_in_time) {
        took.push(times());
    }
    assert!(took.last().is_some_and(is_in_time), "{took:?}");
    let found = || block_on(store.get_many(&names)).expect("those of the others");
    until("those of the others are found", || found().iter().flatten().count() > 30);
    servers[1].thaw();
    until("all is there again", || {
        names.iter().all(|name| block_on(store.get(name)).is_ok_and(|found| found.is_some()))
    });
}
