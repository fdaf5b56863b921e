//! Layers that change bytes, as who uses a cache meets them.
#![cfg(all(feature = "compression", feature = "encryption"))]

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::layer::{Compression, Layer, Retry, Sealed, Secret, Timeout};
use cache_core::backend::{Backend, Capabilities, Memory};
use cache_core::clock::Clock;
use cache_core::codec::wire::Wire;
use cache_core::error::Kind;
use cache_core::policy::Ttl;
use cache_core::registry::Settings;
use cache_core::testing::conformance::Suite;
use cache_core::testing::{self, block_on};

use crate::conformance::{breaker, holds, means};
use crate::store::{Claiming, lying, name};

const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));

fn secrets(numbers: &[u8]) -> Vec<Secret> {
    let secret =
        |number| Secret::from_bytes(&std::array::from_fn::<u8, 32, _>(|at| number ^ u8::try_from(at).unwrap()));
    numbers.iter().map(|number| secret(*number).expect("32 bytes")).collect()
}

fn memory() -> Arc<Memory> {
    Arc::new(Memory::new(Clock::manual()))
}

fn page() -> String {
    "<li>one more</li>".repeat(2_000)
}

#[test]
fn what_is_compressed_and_sealed_is_small_unreadable_and_comes_back() {
    let secrets = || secrets(&[1]);
    let orders: [fn(Settings, Vec<Secret>) -> Settings; 2] = [
        |settings, keys| settings.encrypt(keys).compress(1_024),
        |settings, keys| settings.compress(1_024).encrypt(keys),
    ];
    for order in orders {
        let store = memory();
        let settings = order(Settings::backend(Arc::clone(&store)), secrets());
        let larder = testing::isolated_with([("default", settings)]).unwrap();
        let cache = larder.cache("default");
        cache.blocking().set("page", page(), MINUTE).unwrap();
        let there = lying(&*store, "page").unwrap();
        assert!(there.len() < 1_000 && !there.windows(8).any(|bytes| bytes == b"one more"), "{}", there.len());
        assert_eq!(cache.blocking().get::<String>("page").unwrap(), Some(page()));
        assert!(Wire::read(&there[11..]).is_some_and(|wire| wire.header.compressed), "the header stays readable");
    }
}

#[test]
fn an_order_in_which_nothing_gets_smaller_is_refused_with_the_repair() {
    let (seal, compression) = (Sealed::encrypt(secrets(&[1])), Compression::over(1_024));
    let wrong = [
        Settings::backend(Memory::new(Clock::manual())).layer(compression).layer(seal.clone()),
        Settings::backend(Memory::new(Clock::manual())).layer(compression).encrypt(secrets(&[1])),
    ];
    for settings in wrong {
        let error = testing::isolated_with([("pages", settings)]).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration);
        let said = error.to_string();
        assert!(said.starts_with("cache `pages`: ") && said.contains("write that layer first"), "{said}");
    }
    let right = Settings::backend(Memory::new(Clock::manual())).layer(seal).layer(compression);
    assert!(testing::isolated_with([("pages", right)]).is_ok());
}

#[test]
fn layers_are_refused_where_there_is_no_store_outside_and_where_they_cannot_work() {
    let outside = || Settings::backend(Memory::new(Clock::manual()));
    let wrong = [
        Settings::memory().compress(1),
        Settings::null().retry(1),
        Settings::memory().sign(secrets(&[1])),
        outside().encrypt([]),
        outside().retry(6),
        outside().layer(Compression::over(1).largest(0)),
    ];
    for settings in wrong {
        let error = testing::isolated_with([("pages", settings)]).unwrap_err();
        assert!(error.kind() == Kind::Configuration && error.to_string().starts_with("cache `pages`: "), "{error}");
    }
}

#[test]
fn what_another_key_wrote_is_a_miss_that_is_counted_and_loaded_anew() {
    for (first, second) in [
        (Sealed::encrypt(secrets(&[1])), Sealed::encrypt(secrets(&[2]))),
        (Sealed::sign(secrets(&[1])), Sealed::sign(secrets(&[2]))),
        (Sealed::sign(secrets(&[1])), Sealed::encrypt(secrets(&[1]))),
    ] {
        let store = memory();
        let of = |sealed: &Sealed| Settings::backend(Arc::clone(&store)).layer(sealed.clone());
        let larder = testing::isolated_with([("first", of(&first)), ("second", of(&second))]).unwrap();
        let [ours, theirs] = ["first", "second"].map(|name| larder.cache(name));
        theirs.blocking().set("key", 1_u8, MINUTE).unwrap();
        assert_eq!(ours.blocking().get::<u8>("key").unwrap(), None);
        assert_eq!(ours.blocking().get_or_load("key", MINUTE, || 2_u8), 2);
        assert_eq!(ours.blocking().get::<u8>("key").unwrap(), Some(2));
        assert!(first.refused() >= 1 && ours.stats().trouble == 0);
    }
}

#[test]
fn a_key_is_changed_without_losing_what_the_old_one_wrote() {
    let store = memory();
    let of = |numbers: &[u8]| Settings::backend(Arc::clone(&store)).encrypt(secrets(numbers));
    let caches = [("old", of(&[1])), ("both", of(&[2, 1])), ("new", of(&[2]))];
    let larder = testing::isolated_with(caches).unwrap();
    let [old, both, new] = ["old", "both", "new"].map(|name| larder.cache(name));
    old.blocking().set("key", 1_u8, MINUTE).unwrap();
    assert_eq!(both.blocking().get::<u8>("key").unwrap(), Some(1));
    assert_eq!(new.blocking().get::<u8>("key").unwrap(), None);
    both.blocking().set("key", 2_u8, MINUTE).unwrap();
    assert_eq!(new.blocking().get::<u8>("key").unwrap(), Some(2));
}

#[test]
fn nobody_who_writes_to_a_sealed_store_forges_swaps_or_prolongs_an_entry() {
    let (clock, seal) = (Clock::manual(), Sealed::sign(secrets(&[1])));
    let store = Arc::new(Memory::new(clock.clone()));
    let settings = Settings::backend(Arc::clone(&store)).layer(seal.clone());
    let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
    let cache = larder.cache("default");
    cache.blocking().set("mine", 1_u8, MINUTE).unwrap();
    let mine = lying(&*store, "mine").unwrap();
    let plain = mine[11..mine.len() - 32].to_vec();
    for forged in [plain, b"42".to_vec(), Vec::new(), mine.clone()] {
        block_on(store.set(&name("theirs"), &forged, None)).unwrap();
        assert_eq!(cache.blocking().get::<u8>("theirs").unwrap(), None);
        assert_eq!(cache.blocking().get::<i64>("theirs").unwrap(), None);
    }
    assert_eq!(seal.refused(), 8);
    block_on(store.touch(&name("mine"), None)).unwrap();
    larder.advance(Duration::from_secs(60));
    assert_eq!(cache.blocking().get::<u8>("mine").unwrap(), None, "its time is under the seal");
}

#[test]
fn a_sealed_store_counts_touches_and_adds_all_the_same() {
    let clock = Clock::manual();
    let store = Memory::new(clock.clone());
    let settings = Settings::backend(store).encrypt(secrets(&[1]));
    let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
    let cache = larder.cache("default");
    cache.blocking().add("visits", 40_i64, MINUTE).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| _ = cache.blocking().incr("visits", 1).unwrap()));
        }
    });
    assert_eq!(cache.blocking().get::<i64>("visits").unwrap(), Some(80));
    assert_eq!(cache.blocking().ttl("visits").unwrap(), Some(MINUTE));
    assert!(cache.blocking().touch("visits", Ttl::Forever).unwrap());
    assert_eq!(cache.blocking().ttl("visits").unwrap(), Some(Ttl::Forever));
    assert!(!cache.blocking().add("visits", 1_i64, MINUTE).unwrap());
}

#[test]
fn a_sealed_store_without_conditional_fills_does_not_count_and_says_so() {
    let can = Capabilities { conditional_fill: false, ..Capabilities::ALL };
    let store = Claiming { inner: Memory::new(Clock::manual()), can };
    let settings = Settings::backend(store).encrypt(secrets(&[1]));
    let larder = testing::isolated_with([("default", settings)]).unwrap();
    let cache = larder.cache("default");
    cache.blocking().set("visits", 1_i64, MINUTE).unwrap();
    assert_eq!(cache.blocking().incr("visits", 1).unwrap_err().kind(), Kind::Unsupported);
    assert!(cache.blocking().touch("visits", Ttl::Forever).unwrap());
    assert_eq!(cache.blocking().get::<i64>("visits").unwrap(), Some(1));
}

#[test]
fn a_compressed_entry_is_foreign_to_a_cache_that_does_not_compress() {
    let store = memory();
    let caches = [
        ("compressing", Settings::backend(Arc::clone(&store)).compress(0)),
        ("plain", Settings::backend(Arc::clone(&store))),
    ];
    let larder = testing::isolated_with(caches).unwrap();
    let [compressing, plain] = ["compressing", "plain"].map(|name| larder.cache(name));
    compressing.blocking().set("page", page(), MINUTE).unwrap();
    assert_eq!(plain.blocking().get::<String>("page").unwrap(), None);
    assert_eq!(plain.stats().foreign, 1);
    plain.blocking().set("page", page(), MINUTE).unwrap();
    assert_eq!(compressing.blocking().get::<String>("page").unwrap(), Some(page()));
    compressing.blocking().set("visits", 1_i64, MINUTE).unwrap();
    assert_eq!((plain.blocking().incr("visits", 1).unwrap(), lying(&*store, "visits").unwrap()), (2, b"2".to_vec()));
}

#[test]
fn a_store_of_compressed_values_holds() {
    holds(&[&Compression::over(0)]);
}

#[test]
fn a_sealed_store_holds() {
    holds(&[&Sealed::encrypt(secrets(&[1]))]);
    holds(&[&Sealed::sign(secrets(&[1, 2]))]);
}

#[test]
fn a_store_under_all_layers_together_holds() {
    let (limit, seal) = (Timeout::after(Duration::from_secs(1)), Sealed::encrypt(secrets(&[1])));
    holds(&[&limit, &Retry::times(2), &breaker(), &seal, &Compression::over(0)]);
}

#[test]
fn a_seal_takes_its_part_of_the_largest_value() {
    for sealed in [Sealed::encrypt(secrets(&[1])), Sealed::sign(secrets(&[1]))] {
        let clock = Clock::manual();
        let can = Capabilities { max_value_bytes: Some(100_000), ..Capabilities::ALL };
        let limited = Arc::new(Claiming { inner: Memory::new(clock.clone()), can });
        let store = sealed.wrap(limited, &means(&clock)).unwrap();
        let max = store.capabilities().max_value_bytes.unwrap();
        assert!((99_900..100_000).contains(&max), "{max}");
        let pass = |time| clock.advance(time);
        let report = Suite::new(&*store, &pass).run();
        assert!(report.failures.is_empty(), "{report}");
        assert!(report.held.contains(&"a value of the largest size is kept"));
    }
}
