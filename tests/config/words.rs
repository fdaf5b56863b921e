//! What can stand behind each word.

use std::time::Duration;

use larder::{Options, Ttl, testing};

use crate::{NOTHING, described, of, read};

fn default(words: &str) -> larder::config::Described {
    of("default", &format!("[caches.default]\n{words}\n"), &[("SIZE", "64"), ("NAME", "shop"), ("EMPTY", "")])
}

#[test]
fn times_are_seconds_or_say_their_unit() {
    let seconds = |number| Ttl::For(Duration::from_secs(number));
    for (words, ttl) in [
        ("", Ttl::Default),
        ("ttl = 600", seconds(600)),
        ("timeout = 600", seconds(600)),
        ("ttl = \"600\"", seconds(600)),
        ("ttl = \"10m\"", seconds(600)),
        ("ttl = 1_000", seconds(1000)),
        ("ttl = \"500ms\"", Ttl::For(Duration::from_millis(500))),
        ("ttl = 0", seconds(0)),
        ("ttl = \"never\"", Ttl::Forever),
        ("timeout = \"forever\"", Ttl::Forever),
    ] {
        assert_eq!(default(words).ttl, ttl, "{words}");
    }
}

#[test]
fn bounds_versions_and_switches_are_read() {
    let all = default(
        "max_entries = 50_000\nmax_bytes = \"64 MiB\"\ncull_frequency = 3\nkey_prefix = \"shop\"\nversion = 7\noff = true",
    );
    assert_eq!((all.max_entries, all.max_bytes), (Some(50_000), Some(64 << 20)));
    assert_eq!((&*all.key_prefix, &*all.version, all.off), ("shop", "7", true));
    assert_eq!(
        all.said,
        [
            "larder.toml:2:15",
            "larder.toml:3:13",
            "larder.toml:4:18",
            "larder.toml:5:14",
            "larder.toml:6:11",
            "larder.toml:7:7"
        ]
    );
}

#[test]
fn variables_stand_for_the_whole_of_a_text_or_a_part() {
    let all =
        default("key_prefix = \"${NAME}-$$-${NAME}${EMPTY}\"\nmax_bytes = \"${SIZE} KiB\"\nurl = \"memory://${NAME}\"");
    assert_eq!((&*all.key_prefix, all.max_bytes, &*all.addresses[0]), ("shop-$-shop", Some(64 << 10), "memory://shop"));
}

#[test]
fn a_list_of_addresses_may_stand_on_lines_of_its_own() {
    assert_eq!(default("location = [\n  \"null://\", # the first\n  \"null://\",\n]").addresses.len(), 2);
}

#[test]
fn nothing_said_is_one_cache_in_memory() {
    for text in ["", "# nothing\n", "[caches]\n", "\u{feff}[caches.default]\n"] {
        let all = described(text, &NOTHING);
        assert_eq!((all.len(), &*all[0].name, &*all[0].store), (1, "default", "memory"), "{text:?}");
    }
}

#[test]
fn what_a_file_says_is_what_its_caches_do() {
    let builder =
        read("[caches.default]\nttl = \"1m\"\nmax_entries = 2\n[caches.none]\nurl = \"null://\"\n", &NOTHING).unwrap();
    let settings = builder.settings().unwrap();
    let larder =
        testing::isolated_with(settings.iter().map(|(name, settings)| (name.as_str(), settings.clone()))).unwrap();
    let cache = larder.cache("default");
    cache.blocking().set_many([("a", 1_u8), ("b", 2), ("c", 3)], Options::DEFAULT);
    assert_eq!((cache.stats().entries, cache.stats().evictions), (2, 1));
    larder.advance(Duration::from_secs(60));
    assert!(["a", "b", "c"].iter().all(|key| !cache.blocking().has(*key).unwrap()));
    larder.cache("none").blocking().set("a", 1_u8, Options::forever()).unwrap();
    assert!(!larder.cache("none").blocking().has("a").unwrap());
}
