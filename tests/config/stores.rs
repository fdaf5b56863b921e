//! Which store a cache is in, and which caches are in one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use larder::backend::Memory;
use larder::clock::Clock;
use larder::config::Place;
use larder::{Builder, Options, Settings, testing};

use crate::{NOTHING, described, of, read, wrong};

/// A scheme that counts how often a store is made.
fn counting(builder: Builder, made: &Arc<AtomicUsize>) -> Builder {
    let made = Arc::clone(made);
    builder.scheme("mystore", move |mut place: Place| {
        place.options.text("table")?;
        place.options.number("pool")?;
        place.options.done()?;
        made.fetch_add(1, Ordering::SeqCst);
        Ok(Settings::backend(Memory::new(Clock::manual())))
    })
}

pub fn isolated(builder: &Builder) -> testing::Isolated {
    let settings = builder.settings().unwrap_or_else(|error| panic!("{error}"));
    testing::isolated_with(settings.iter().map(|(name, settings)| (name.as_str(), settings.clone()))).unwrap()
}

#[test]
fn caches_with_one_address_share_one_store_and_keep_their_entries_apart() {
    let text = "\
        [caches.default]\nurl = \"mystore://u:p@host/db\"\nkey_prefix = \"a\"\n\
        [caches.pages]\nurl = \"mystore://u:p@host/db/\"\nkey_prefix = \"b\"\n\
        [caches.next]\nurl = \"mystore://u:p@host/db?pool=5\"\nkey_prefix = \"b\"\nversion = 2\n\
        [caches.same]\nurl = \"mystore://u:p@host/db\"\nkey_prefix = \"b\"\n\
        [caches.other]\nurl = \"mystore://u:p@host/other\"\n";
    let made = Arc::default();
    let larder = isolated(&counting(read(text, &NOTHING).unwrap(), &made));
    assert_eq!(made.load(Ordering::SeqCst), 2);
    larder.cache("pages").blocking().set("key", 1_u8, Options::forever()).unwrap();
    let has = |name| larder.cache(name).blocking().has("key").unwrap();
    assert_eq!(["default", "pages", "next", "same", "other"].map(has), [false, true, false, true, false]);
    larder.cache("default").blocking().clear_store().unwrap();
    assert!(!has("pages"), "the store is one");
}

#[cfg(all(feature = "file", feature = "sqlite"))]
#[test]
fn one_file_is_one_store_however_its_path_is_written() {
    let here = std::env::current_dir().unwrap();
    let here = here.to_str().unwrap();
    let shares = |one: &str, other: &str| {
        let text = format!("[caches.a]\nurl = \"{one}\"\n[caches.b]\nurl = \"{other}\"\n");
        of("b", &text, &NOTHING).shares_with == ["a"]
    };
    assert!(shares("sqlite:///a/./x.db", "sqlite:///a/x.db"));
    assert!(shares("sqlite:///a//x.db", "sqlite:///a/%78.db?table=pages"));
    assert!(shares("sqlite://./x.db", &format!("sqlite://{here}/x.db")));
    assert!(shares("file://./target/cache/", &format!("file://localhost{here}/target/cache")));
    assert!(!shares("sqlite:///a/../x.db", "sqlite:///x.db"), "where `a` is a link, that is another file");
    assert!(!shares("sqlite:///a/x.db", "sqlite:///a/X.db"));
    assert!(!shares("sqlite://:memory:", "sqlite://./:memory:"));
}

#[test]
fn two_caches_in_one_store_say_what_it_is_like_once_or_alike() {
    let text = |second: &str| {
        format!("[caches.a]\nurl = \"memory://room\"\nmax_entries = 5\n[caches.b]\nurl = \"memory://room\"\n{second}")
    };
    assert_eq!(of("b", &text(""), &NOTHING).max_entries, Some(5), "it is the bound of the store");
    assert_eq!(of("b", &text("max_entries = 5"), &NOTHING).shares_with, ["a"]);
    let wrong = wrong(&text("max_entries = 6"), &NOTHING);
    assert!(
        wrong.contains("`a` and `b` are in one store, and say different things of its `max_entries`: say it once"),
        "{wrong}"
    );
}

#[test]
fn memory_without_a_name_is_of_one_cache_and_with_one_it_is_shared() {
    let text = "[caches.a]\nurl = \"memory://\"\n[caches.b]\nurl = \"memory://\"\n[caches.c]\nurl = \"memory://room\"\n[caches.d]\nurl = \"memory://room\"\n";
    let larder = isolated(&read(text, &NOTHING).unwrap());
    for name in ["a", "c"] {
        larder.cache(name).blocking().set("key", 1_u8, Options::forever()).unwrap();
    }
    assert_eq!(["b", "d"].map(|name| larder.cache(name).blocking().has("key").unwrap()), [false, true]);
}

#[test]
fn a_store_takes_options_from_everywhere_and_what_it_does_not_know_is_shown_where_it_was_written() {
    let made = Arc::default();
    let text =
        |options: &str| format!("[caches.default]\nurl = \"mystore://host\"\n[caches.default.options]\n{options}");
    for options in ["table = \"x\"\npool = 5", "table = \"x\"\npool = \"5\""] {
        assert!(counting(read(&text(options), &NOTHING).unwrap(), &made).described().is_ok());
    }
    let wrong =
        |options: &str| counting(read(&text(options), &NOTHING).unwrap(), &made).described().unwrap_err().to_string();
    let misspelt = wrong("tabel = \"geheim\"");
    assert!(misspelt.starts_with("larder.toml:4:1: there is no option `tabel`; did you mean `table`?"), "{misspelt}");
    assert!(misspelt.contains("4 | tabel = \"…\"") && !misspelt.contains("geheim"), "{misspelt}");
    assert!(wrong("pool = true").starts_with("larder.toml:4:1: the option `pool` is to be a whole number"));
    let twice =
        counting(read("[caches.default]\nurl = \"mystore://host?pool=5\"\noptions.pool = 5", &NOTHING).unwrap(), &made);
    assert!(twice.described().unwrap_err().to_string().contains("its address says `pool`, which was said at"));
    let variable = counting(read(&text("pool = 5"), &[("LARDER_OPTIONS__POOL", "many")]).unwrap(), &made);
    assert!(variable.described().unwrap_err().to_string().starts_with("LARDER_OPTIONS__POOL: the option `pool`"));
}

#[test]
fn a_scheme_may_be_registered_behind_the_file_that_uses_it() {
    let made = Arc::default();
    let builder = counting(read("[caches.pages]\nurl = \"mystore://host\"\n", &NOTHING).unwrap(), &made);
    assert_eq!(builder.described().unwrap()[1].store, "mystore");
}

#[test]
fn a_function_for_keys_is_named_where_it_is_registered() {
    let text = "[caches.default]\nkey_function = \"lower\"\n";
    let builder = |name: &str| {
        read(text, &NOTHING).unwrap().key_function(name, |_, _, key, out| out.write_str(&key.to_lowercase()))
    };
    let larder = isolated(&builder("lower"));
    larder.cache("default").blocking().set("Ada", 1_u8, Options::forever()).unwrap();
    assert!(larder.cache("default").blocking().has("ADA").unwrap());
    let wrong = builder("lowered").described().unwrap_err().to_string();
    assert!(wrong.contains("there is no function `lower` for keys; did you mean `lowered`?"), "{wrong}");
}

#[test]
fn what_is_said_of_a_store_that_code_makes_is_said_in_code() {
    let store = || Settings::backend(Memory::new(Clock::manual()));
    let says = |text: &str| larder::builder().cache("default", store()).toml(text).unwrap().described();
    assert_eq!(says("[caches.default]\nttl = 5\n").unwrap()[0].store, "outside");
    let wrong = says("[caches.default]\nmax_entries = 5\noptions.table = \"x\"\n").unwrap_err().to_string();
    assert!(
        wrong.contains("made in code: say its `max_entries` there") && wrong.contains("say its `table` there"),
        "{wrong}"
    );
}

#[test]
fn a_cache_that_keeps_nothing_may_be_described_like_others() {
    let text = "[caches.default]\nurl = \"null://\"\nmax_entries = 5\ncull_frequency = 3\nmax_bytes = 100\n";
    assert_eq!(described(text, &NOTHING)[0].store, "null");
    isolated(&read(text, &NOTHING).unwrap());
    isolated(&read(&text.replace("null", "memory"), &NOTHING).unwrap());
}

#[test]
fn what_is_put_around_a_store_outside_does_nothing_in_memory() {
    let words = "store_timeout = \"500ms\"\nretry = 2\nbreaker = 5\nbreaker_rest = \"10s\"\n\
                 codec = \"compact\"\nmax_value_bytes = 100\nnear_ttl = \"5s\"\nnear_entries = 10\nnear_bytes = 1000\n";
    let made = Arc::default();
    for url in ["mystore://host", "memory://", "null://"] {
        let text = format!("[caches.default]\nurl = \"{url}\"\n{words}");
        isolated(&counting(read(&text, &NOTHING).unwrap(), &made));
    }
    let base = larder::builder().cache("default", Settings::backend(Memory::new(Clock::manual())).retry(1));
    isolated(&base.environment_of([("LARDER_URL", "memory://")]).unwrap());
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

#[test]
fn values_are_kept_near_as_a_file_says() {
    let store = || larder::builder().cache("default", Settings::backend(Memory::new(Clock::manual())));
    // A value of five letters has six bytes in the store.
    let words = [
        ("", 0),
        ("near_ttl = \"5s\"", 20),
        ("near = 5\nnear_entries = 10", 10),
        ("near = 5\nnear_bytes = 30", 5),
        ("near = 5\nnear_bytes = \"1KiB\"", 20),
    ];
    for (words, expected) in words {
        let larder = isolated(&store().toml(format!("[caches.default]\n{words}")).unwrap());
        let cache = larder.cache("default");
        for key in 0..20 {
            cache.blocking().set(format!("{key}"), "value".to_owned(), Options::forever()).unwrap();
            assert!(cache.blocking().get::<String>(format!("{key}")).unwrap().is_some());
        }
        assert_eq!(cache.stats().near_entries, expected, "{words}");
    }
}

#[test]
fn values_are_written_as_the_codec_of_a_file_says_and_read_whatever_it_was() {
    let store = Arc::new(Memory::new(Clock::manual()));
    let with = |words: &str| {
        let builder = larder::builder().cache("default", Settings::backend(Arc::clone(&store)));
        isolated(&builder.toml(format!("[caches.default]\n{words}")).unwrap())
    };
    let size = |words: &str| {
        with(words).cache("default").blocking().set("key", 5_u8, Options::forever()).unwrap();
        let name = larder::key::Scope::new("", "1", None).unwrap().name(&"key".into());
        let bytes = larder::testing::block_on(larder::backend::Backend::get(&*store, &name)).unwrap().unwrap();
        assert_eq!(with("").cache("default").blocking().get::<u8>("key").unwrap(), Some(5), "{words}");
        bytes[2]
    };
    assert_eq!(["", "codec = \"messagepack\"", "codec = \"compact\""].map(size), [1, 1, 3]);
    let small = with("max_value_bytes = 100");
    let error = small.cache("default").blocking().set("key", "x".repeat(100), Options::forever()).unwrap_err();
    assert_eq!(error.kind(), larder::Kind::TooLarge);
}
