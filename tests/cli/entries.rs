//! The verbs that look after entries, in a database file and in a folder.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use larder::{Key, Options};

use crate::run::{Place, Said};
use crate::verbs;

/// A folder whose one cache is in a database file, with so many posts in it and a little more.
fn filled(posts: usize) -> Place {
    let place = Place::with("[caches.default]\nurl = \"sqlite://./cache.db\"\n");
    verbs::fill(&url(&place), posts);
    place
}

fn url(place: &Place) -> String {
    format!("sqlite://{}/cache.db", place.path().display())
}

#[test]
fn each_verb_does_what_it_says_in_a_database_file() {
    let folder = Place::empty();
    verbs::each_does_what_it_says(&url(&folder));
}

#[cfg(feature = "file")]
#[test]
fn each_verb_does_what_it_says_in_a_folder() {
    let folder = Place::empty();
    verbs::each_does_what_it_says(&format!("file://{}/cache", folder.path().display()));
}

#[test]
fn an_address_alone_will_do_with_a_prefix_and_a_version() {
    let place = filled(3);
    let at = url(&place);
    let keys = |more: &[&str]| place.larder(&[&["keys", "--url", &at], more].concat());
    assert_eq!(keys(&["post:"]).out.lines().count(), 3);
    assert_eq!(keys(&["--cache-version", "2"]).out, "post:next\n");
    let none = keys(&["--prefix", "shop", "post:"]);
    assert!(none.code == 1 && none.err.contains("(prefix `shop`, version `1`)"), "{none:?}");
    let wrong = place.larder(&["keys", "--url", "etcd://user:geheim@host"]);
    assert!(
        wrong.code == 3 && wrong.err.contains("there is no store `etcd`") && !wrong.err.contains("geheim"),
        "{wrong:?}"
    );
    assert_eq!(place.larder(&["keys", "--prefix", "shop"]).code, 2, "the configuration says that of its caches");
}

#[test]
fn a_wrong_word_is_told_with_the_right_one() {
    let place = Place::with("[caches.pages]\nurl = \"sqlite://./a.db\"\n[caches.more]\nurl = \"sqlite://./a.db\"\n");
    for (arguments, says) in [
        (&["kesy"][..], "a similar subcommand exists: 'keys'"),
        (&["keys", "--cahce", "pages"], "a similar argument exists: '--cache'"),
        (&["keys", "--cache", "page"], "there is no cache `page`; there is `more`, `pages`"),
        (&["keys"], "there is more than one cache: write `--cache` and one of `more`, `pages`"),
        (&["get"], "<KEY>"),
        (&["explain"], "<KEY>"),
        (&["explian", "a"], "a similar subcommand exists: 'explain'"),
        (&["bench", "--seconds", "0"], "1..=3600"),
        (&["completions", "bsh"], "possible values"),
        (&["clear", "a", "--everything"], "cannot be used with"),
        (&["keys", "--url", "sqlite://./a.db", "--scheme", "etcd"], "cannot be used with"),
    ] {
        let said = place.larder(arguments);
        assert!(said.code == 2 && said.out.is_empty() && said.err.contains(says), "{arguments:?}: {said:?}");
    }
}

#[test]
fn what_nobody_sees_from_outside_is_said_in_one_sentence() {
    for (text, says) in [
        ("[caches.default]\nmax_entries = 5\n", "`default` at memory: it lives in the memory of each program"),
        ("[caches.default]\nurl = \"null://\"\n", "`default` at null://: it keeps nothing"),
        ("", "no cache is described here: write `--url`"),
    ] {
        let said = Place::with(text).larder(&["keys"]);
        assert!(said.code == 3 && said.err.starts_with(says) && said.err.lines().count() == 1, "{said:?}");
    }
    let joined = "[caches.default]\nurl = \"sqlite://./a.db\"\nkey_function = \"lower\"\n";
    let place = Place::with(joined);
    assert_eq!(place.larder(&["create-table", "--key-function", "lower"]).code, 0);
    let said = place.larder(&["keys", "--key-function", "lower"]);
    assert!(said.code == 3 && said.err.contains("a function joins them"), "{said:?}");
    let json = Place::empty().larder(&["keys", "--json", "--cache", "posts"]);
    assert!(json.code == 3 && verbs::json(&json)["error"].is_string(), "{json:?}");
    assert_eq!(json.out.lines().count(), 1, "lines of JSON are what is read here");
}

#[test]
fn a_database_that_is_none_stands_in_the_way_of_every_verb() {
    let place = Place::with("[caches.default]\nurl = \"sqlite://./cache.db\"\n");
    place.write("cache.db", &"no database ".repeat(100));
    for arguments in [
        &["keys"][..],
        &["get", "a"],
        &["explain", "a"],
        &["delete", "a"],
        &["clear", "--yes"],
        &["invalidate-tag", "a"],
        &["stats"],
        &["bench", "--seconds", "1"],
    ] {
        let said = place.larder(arguments);
        assert_eq!(said.code, 3, "{arguments:?}: {said:?}");
        assert!((said.err.clone() + &said.out).contains("is no SQLite database"), "{arguments:?}: {said:?}");
    }
}

/// Without the right key, and without any.
#[cfg(feature = "encryption")]
#[test]
fn what_does_not_open_is_told_as_what_it_is() {
    let key = |first: &str| format!("{first}f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    let sealed = |url: &str, key: &str| format!("[caches.default]\nurl = \"{url}\"\nencrypt = \"{key}\"\n");
    let place = Place::empty();
    let url = url(&place);
    let settings = larder::builder().toml(sealed(&url, &key("a"))).unwrap().settings().unwrap();
    let settings = settings.into_iter().map(|(_, settings)| ("default", settings));
    let larder = larder::testing::isolated_at(larder::clock::Clock::default(), settings).expect("a cache");
    larder.cache("default").blocking().set("sealed", 1_u8, larder::Options::forever()).expect("it is kept");
    let why = |text: &str| {
        let said = Place::with(text).larder(&["explain", "sealed", "--json"]);
        (said.code, verbs::json(&said)["why"].as_str().map(str::to_owned))
    };
    assert_eq!(why(&sealed(&url, &key("a"))), (0, Some("fresh".to_owned())));
    assert_eq!(why(&sealed(&url, &key("b"))), (1, Some("unreadable".to_owned())));
    assert_eq!(why(&format!("[caches.default]\nurl = \"{url}\"\n")), (1, Some("unreadable".to_owned())));
    let said = place.larder(&["explain", "sealed", "--url", &url]);
    assert!(said.out.contains("is it encrypted?"), "{said:?}");
}

#[test]
fn each_shell_is_told_the_words() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let Said { code, out, err } = Place::empty().larder(&["completions", shell]);
        assert!(code == 0 && err.is_empty() && out.contains("invalidate-tag") && out.contains("explain"), "{shell}");
    }
}

#[test]
fn whoever_reads_the_beginning_of_a_list_is_no_error() {
    let place = filled(20_000);
    let mut command = place.command(&["keys", "--long"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    out.read_line(&mut first).expect("a line");
    assert_eq!(first.split_whitespace().collect::<Vec<_>>(), ["AGE", "LEFT", "SIZE", "KEY"]);
    drop(out);
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn what_is_done_is_done_also_where_nobody_reads() {
    let place = Place::with("[caches.default]\nurl = \"sqlite://./a.db\"\n[caches.more]\nurl = \"sqlite://./b.db\"\n");
    for arguments in [&["create-table"][..], &["create-table", "--dry-run"], &["check"], &["completions", "zsh"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = place.command(arguments).stdout(writer).output().expect("it runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!((ended.status.code(), &*said), (Some(0), ""), "{arguments:?}");
    }
    assert!(place.path().join("a.db").exists() && place.path().join("b.db").exists());
}

#[test]
fn a_tag_is_withdrawn_as_it_is_shown_and_as_it_stands_in_code() {
    let place = Place::with(verbs::ONE);
    let url = url(&place);
    for shown in ["of%20two%20words", "of two words"] {
        let cache = verbs::at(&url);
        let tagged = Key::from("a").tagged(["of two words"]);
        cache.cache("default").blocking().set(tagged, 1, Options::ttl(600)).expect("it is kept");
        drop(cache);
        let get = || place.larder(&["get", "--url", &url, "a"]).code;
        assert_eq!(get(), 0);
        assert_eq!(place.larder(&["invalidate-tag", "--url", &url, shown]).code, 0);
        assert_eq!(get(), 1, "{shown}");
    }
}

#[test]
fn whoever_only_looks_makes_no_file() {
    let place = Place::empty();
    for url in ["sqlite://./typo.db", "file://./typo"] {
        for arguments in [&["keys"][..], &["get", "a"], &["explain", "a"], &["delete", "a"], &["clear", "--yes"]] {
            let said = place.larder(&[arguments, &["--url", url]].concat());
            assert!(said.code == 3 && said.err.contains("there is nothing there"), "{arguments:?}: {said:?}");
        }
        let stats = place.larder(&["stats", "--url", url]);
        assert!(stats.code == 0 && stats.out.contains("there is nothing there"), "{stats:?}");
    }
    assert_eq!(std::fs::read_dir(place.path()).expect("a folder").count(), 0);
}
