//! Values in stores outside, in the forms that can be chosen; what is larger than is wanted; and bytes that were spoilt.

use std::sync::Arc;

use larder::backend::{Backend, Capabilities, Memory};
use larder::clock::Clock;
use larder::key::{Key, Name, Scope};
use larder::testing::{self, Isolated, block_on};
use larder::{Cache, Codec, Kind, Options, Settings, cached, entry};
use serde::{Deserialize, Serialize};

use crate::Runs;
use crate::shared_store::Shared;

const OPTIONS: Options = Options::forever();

/// All that can be chosen.
const ALL: &[Codec] = &[
    Codec::MessagePack,
    Codec::Compact,
    #[cfg(feature = "json")]
    Codec::Json,
];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    name: String,
    age: u32,
}

fn ann() -> Profile {
    Profile { name: "Ann".to_owned(), age: 7 }
}

/// A store, and the caches of a program that stands before it.
struct Outside {
    store: Arc<Memory>,
    clock: Clock,
}

impl Outside {
    fn new() -> Self {
        let clock = Clock::manual();
        Self { store: Arc::new(Memory::new(clock.clone())), clock }
    }

    fn with(&self, change: impl Fn(Settings) -> Settings) -> (Isolated, Cache) {
        let settings = change(Settings::backend(Arc::clone(&self.store)));
        let larder = testing::isolated_at(self.clock.clone(), [("default", settings)]).expect("settings that can work");
        let cache = larder.cache("default");
        (larder, cache)
    }

    fn bytes(&self, key: impl Into<Key>) -> Option<Vec<u8>> {
        block_on(self.store.get(&name(key))).expect("memory does not fail")
    }

    fn spoil(&self, key: impl Into<Key>, bytes: &[u8]) {
        block_on(self.store.set(&name(key), bytes, None)).expect("memory does not fail");
    }
}

fn name(key: impl Into<Key>) -> Name {
    Scope::new("", "1", None).expect("a short prefix").name(&key.into())
}

/// Records as programs have written them, in each form: they must be read for as long as there are programs. The clock of
/// these tests begins where that of the samples did.
const SAMPLES: [(&str, &str); 3] = [
    (
        "c10101010000000000000000084d5da1331ff41040420f0000000000ffffffffffffffffffffffffffffffff00000000000000000000\
         82a46e616d65a3416e6ea361676507",
        "c10101000000000000000000084d5da1331ff41040420f0000000000a02c1000000000000017110000000000000000000000000001001\
         6ad0b2139e757484a1378adbd677b1482a46e616d65a3416e6ea361676507",
    ),
    (
        "c10103010000000000000000084d5da1331ff41040420f0000000000ffffffffffffffffffffffffffffffff00000000000000000000\
         92a3416e6e07",
        "c10103000000000000000000084d5da1331ff41040420f0000000000a02c1000000000000017110000000000000000000000000001001\
         6ad0b2139e757484a1378adbd677b1492a3416e6e07",
    ),
    (
        "c10102010000000000000000084d5da1331ff41040420f0000000000ffffffffffffffffffffffffffffffff00000000000000000000\
         7b226e616d65223a22416e6e222c22616765223a377d",
        "c10102000000000000000000084d5da1331ff41040420f0000000000a02c1000000000000017110000000000000000000000000001001\
         6ad0b2139e757484a1378adbd677b147b226e616d65223a22416e6e222c22616765223a377d",
    ),
];

/// Where the marker stands of the tag that the second of each have.
const MARKER: &str = ":%=:tag:5212889326258203926";

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("two digits")).collect()
}

#[test]
fn what_programs_have_written_in_any_form_is_still_read_whatever_is_chosen_now() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, Capabilities::ALL, false);
    for (number, (plain, tagged)) in SAMPLES.into_iter().enumerate() {
        let is_known = number < ALL.len();
        for codec in ALL {
            let settings = Settings::backend(Arc::clone(&store)).codec(*codec);
            let larder = testing::isolated_at(clock.clone(), [("default", settings)]).unwrap();
            let cache = larder.cache("default");
            cache.blocking().set(Key::from("other").tagged(["tag"]), ann(), OPTIONS).unwrap();
            let marker = store.markers().into_iter().find(|name| name.as_str() == MARKER).expect("the tag's marker");
            let version = [&b"\xC1T"[..], &hex(tagged)[62..70]].concat();
            for (key, bytes) in [(&marker, version), (&name("plain"), hex(plain)), (&name("tagged"), hex(tagged))] {
                block_on(store.inner.set(key, &bytes, None)).unwrap();
            }
            let expected = is_known.then(ann);
            assert_eq!(
                cache.blocking().get_many::<Profile>(["plain", "tagged"]).unwrap(),
                [expected.clone(), expected]
            );
            larder::invalidate_tag_blocking("tag").unwrap();
            assert_eq!(cache.blocking().get::<Profile>("tagged").unwrap(), None);
        }
    }
}

#[test]
fn a_program_writes_records_as_it_always_did() {
    for (codec, (plain, _)) in ALL.iter().zip(SAMPLES) {
        let outside = Outside::new();
        let (_larder, cache) = outside.with(|settings| settings.codec(*codec));
        cache.blocking().set("key", ann(), OPTIONS).unwrap();
        assert_eq!(outside.bytes("key"), Some(hex(plain)), "{codec:?}");
    }
}

#[cached(key = "codecs:profile:<name>", ignore(runs))]
fn profile(runs: &Runs, name: &str) -> Profile {
    Profile { name: name.to_owned(), age: u32::try_from(runs.next()).expect("few runs") }
}

#[cached(key = "codecs:told:<name>", tags = ["codecs:all"], ignore(runs))]
fn told(runs: &Runs, name: &str) -> Profile {
    entry::tag("codecs:told");
    Profile { name: name.to_owned(), age: u32::try_from(runs.next()).expect("few runs") }
}

#[test]
fn another_choice_leaves_what_was_written_before_readable() {
    let (outside, runs) = (Outside::new(), Runs::default());
    for (number, codec) in ALL.iter().enumerate() {
        let (_larder, _) = outside.with(|settings| settings.codec(*codec));
        for earlier in 0..=number {
            let name = format!("{earlier}");
            let expected = Profile { name: name.clone(), age: u32::try_from(earlier).unwrap() + 1 };
            assert_eq!(profile(&runs, &name), expected, "{codec:?}");
        }
    }
    assert_eq!(runs.count(), ALL.len());
}

#[test]
fn a_type_whose_fields_have_changed_places_is_a_counted_miss_in_every_form() {
    mod after {
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct Pair {
            pub second: u8,
            pub first: u8,
        }
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Pair {
        first: u8,
        second: u8,
    }
    for codec in ALL {
        let outside = Outside::new();
        let (_larder, cache) = outside.with(|settings| settings.codec(*codec));
        cache.blocking().set("key", Pair { first: 1, second: 2 }, OPTIONS).unwrap();
        assert_eq!(cache.blocking().get::<after::Pair>("key").unwrap(), None);
        assert_eq!(
            (cache.stats().foreign, cache.blocking().get("key").unwrap()),
            (1, Some(Pair { first: 1, second: 2 }))
        );
    }
}

/// What may stand in the place of a record: parts of it, other formats, claims that are not true, and what is none at all.
fn spoilt(whole: &[u8]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = (0..whole.len()).map(|len| whole[..len].to_vec()).collect();
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.to_vec();
        bytes[at] = byte;
        bytes
    };
    all.extend([with(0, 0), with(1, 0), with(1, 2), with(1, b'T'), with(2, 0), with(2, 4), with(2, 0xFF)]);
    all.extend([with(3, 2), with(3, 0x80), with(4, 0xAA), with(12, 0xAA), with(52, 0xAA), with(53, 0xFF)]);
    all.extend([vec![], vec![0xC1], b"7".to_vec(), b"garbage".to_vec(), vec![0xFF; 10_000], vec![0xC1; 10_000]]);
    all.push([whole, b"more"].concat());
    // An array and a map that claim to be enormous, and what is nested without end.
    let enormous = [vec![0xDD, 0xFF, 0xFF, 0xFF, 0xFF], vec![0xDF, 0xFF, 0xFF, 0xFF, 0xFF]];
    let endless = [vec![0x91; 100_000], vec![b'['; 100_000]];
    all.extend(enormous.iter().chain(&endless).map(|claim| [&whole[..54], claim].concat()));
    all
}

#[test]
fn whatever_was_spoilt_in_a_store_is_a_counted_miss_and_is_written_anew() {
    for codec in ALL {
        let (outside, runs) = (Outside::new(), Runs::default());
        let (_larder, cache) = outside.with(|settings| settings.codec(*codec));
        let (first, tagged) = (profile(&runs, "a"), told(&runs, "a"));
        assert_eq!((profile(&runs, "a"), told(&runs, "a")), (first, tagged));
        for (key, ask) in [
            (profile::key("a"), &(|| profile(&runs, "a")) as &dyn Fn() -> Profile),
            (told::key("a"), &|| told(&runs, "a")),
        ] {
            let whole = outside.bytes(&key).expect("it is kept");
            for bytes in spoilt(&whole) {
                outside.spoil(&key, &bytes);
                let before = (cache.stats().foreign + cache.stats().invalidated, cache.stats().misses, runs.count());
                let value = ask();
                let after = (cache.stats().foreign + cache.stats().invalidated, cache.stats().misses, runs.count());
                assert_eq!(after, (before.0 + 1, before.1 + 1, before.2 + 1), "{codec:?}: {bytes:?}");
                assert_eq!(ask(), value, "it is kept again");
            }
            // One bit of its value, of its times or of the versions of its tags: another value, or none; never a panic.
            for at in 0..whole.len() {
                let mut bytes = whole.clone();
                bytes[at] ^= 0x10;
                outside.spoil(&key, &bytes);
                ask();
            }
        }
        assert_eq!(cache.stats().trouble, 0);
    }
}

#[test]
fn what_is_larger_than_is_wanted_is_refused_and_nothing_old_is_left_in_its_place() {
    let outside = Outside::new();
    let (_larder, cache) = outside.with(|settings| settings.max_value_bytes(200));
    let blocking = cache.blocking();
    let (short, long) = ("x".repeat(100), "x".repeat(200));
    let fill = || blocking.set("key", short.clone(), OPTIONS).unwrap();
    fill();
    assert_eq!(blocking.set("key", long.clone(), OPTIONS).unwrap_err().kind(), Kind::TooLarge);
    assert_eq!(outside.bytes("key"), None);
    fill();
    let failed = blocking.set_many([("key", long.clone()), ("other", short.clone())], OPTIONS);
    assert_eq!((failed.len(), failed[0].1.kind(), outside.bytes("key")), (1, Kind::TooLarge, None));
    assert_eq!(blocking.add("key", long.clone(), OPTIONS).unwrap_err().kind(), Kind::TooLarge);
    assert_eq!(blocking.get_or_load("key", OPTIONS, || long.clone()), long);
    assert_eq!((cache.stats().refused, cache.stats().trouble, outside.bytes("key")), (1, 0, None));
    // Its tags count too.
    let tags: Vec<_> = (0..10).map(|number| format!("tag:{number}")).collect();
    assert_eq!(blocking.get_or_load(Key::from("tagged").tagged(&tags), OPTIONS, || short.clone()), short);
    assert_eq!((cache.stats().refused, outside.bytes("tagged")), (2, None));
}

#[test]
fn what_comes_back_larger_than_is_wanted_is_a_counted_miss() {
    let (outside, runs) = (Outside::new(), Runs::default());
    let (larder, _) = outside.with(|settings| settings);
    profile(&runs, &"x".repeat(300));
    told(&runs, &"x".repeat(300));
    let name = "x".repeat(300);
    drop(larder);
    let (_larder, cache) = outside.with(|settings| settings.max_value_bytes(200));
    assert_eq!((profile::get(&name), told::get(&name)), (None, None));
    assert_eq!(cache.blocking().get_many::<Profile>([profile::key(&name), told::key(&name)]).unwrap(), [None, None]);
    assert_eq!((cache.stats().foreign, cache.stats().invalidated), (4, 0));
    assert_eq!(profile(&runs, &name).age, 3);
    assert!(outside.bytes(profile::key(&name)).is_none(), "and is not replaced by one that is as large");
}

#[test]
fn a_limit_that_cannot_work_is_an_error_that_says_so() {
    let refused = |settings: Settings| testing::isolated_with([("default", settings)]).unwrap_err().to_string();
    let outside = || Settings::backend(Memory::new(Clock::manual()));
    assert!(refused(outside().max_value_bytes(0)).contains("`max_value_bytes` is 0"));
    assert!(refused(Settings::memory().max_value_bytes(1)).contains("write `max_bytes` for a cache in memory"));
}
