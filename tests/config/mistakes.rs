//! The mistakes that people make, each with where it stands and what to write instead.

use crate::{NOTHING, read, wrong};

#[test]
fn a_misspelt_word_is_shown_in_its_line_with_the_nearest_right_one() {
    let text = "[caches.default]\nmax_entires = 50_000 # many\nkey_prefix = \"shop\"\n";
    assert_eq!(
        wrong(text, &NOTHING),
        "larder.toml:2:1: there is no word `max_entires`; did you mean `max_entries`?\n  \
         |\n\
         2 | max_entires = 50_000\n  \
         | ^^^^^^^^^^^"
            .replace("50_000", "…"),
        "what stands behind an unknown word may be a secret"
    );
}

#[test]
fn a_value_that_cannot_be_is_shown_with_what_can() {
    assert_eq!(
        wrong("[caches.default]\nttl = \"10 minuts\"\n", &NOTHING),
        "larder.toml:2:7: `ttl` takes whole seconds such as 600, a text such as \"500ms\", \"90s\", \"10m\", \"6h\" or \"7d\", or \
         \"never\"\n  \
         |\n\
         2 | ttl = \"10 minuts\"\n  \
         |       ^^^^^^^^^^^"
    );
}

#[test]
fn a_variable_that_is_not_set_is_shown_where_it_is_asked_for() {
    assert_eq!(
        wrong("[caches.sessions]\nurl = \"postgres://shop:geheim@${SESSIONS_HOST}/shop\"\n", &NOTHING),
        "larder.toml:2:31: the variable SESSIONS_HOST is not set\n  \
         |\n\
         2 | url = \"…${SESSIONS_HOST}…\"\n  \
         |         ^^^^^^^^^^^^^^^^"
    );
}

#[test]
fn each_mistake_says_where_it_stands_and_what_to_write() {
    let below_default = |words: &str| format!("[caches.default]\n{words}");
    for (words, says) in [
        (
            "url = \"file://var/cache\"",
            "larder.toml:2:7: `file://…`: where does the path begin? Write `:///…` with three slashes",
        ),
        ("url = \"/var/cache\"", "an address begins with what kind of store it is of"),
        ("url = \"postgress://db/shop\"", "there is no store `postgress`; did you mean `postgres`?"),
        ("url = \"etcd://db/shop\"", "there is no store `etcd`; there are `memory`, `null`, `file`"),
        (
            "url = \"etcd://db/shop\"",
            "registered with `Builder::scheme(\"etcd\", …)`, and the command `larder` is told of it by `--scheme etcd`",
        ),
        ("url = \"postgres://db:99999/shop\"", "a port is a number from 1 to 65535"),
        ("url = \"postgres://u:a/b@db/shop\"", "`%2F`"),
        ("url = \"\"", "`url` is empty"),
        ("url = 5", "`url` takes an address, or a list of some: texts, in quotes"),
        ("url = []", "`url` takes an address"),
        ("url = [[\"memory://\"]]", "a list of addresses holds texts, and no lists"),
        ("url = [\"memory://\", \"null://\"]", "the addresses of one cache are of one kind of store"),
        (
            "url = \"memory://\"\nlocation = \"null://\"",
            "this was said at larder.toml:2:7 already: `url` and `location` are one",
        ),
        ("ttl = 5\ntimeout = 5", "`ttl` and `timeout` are one"),
        ("ttl = -1", "`ttl` takes whole seconds"),
        ("ttl = 1.5", "`ttl` takes whole seconds"),
        ("ttl = 99999999999999999999", "`ttl` takes whole seconds"),
        ("ttl = 0x7fffffffffffffff", "`ttl` takes whole seconds"),
        ("max_entries = 0", "`max_entries` is 0; for a cache that keeps nothing write `url = \"null://\"`"),
        ("max_entries = -5", "`max_entries` takes a whole number, 1 or more"),
        ("max_entries = \"many\"", "`max_entries` takes a whole number"),
        ("max_entries = \"64 MiB\"", "`max_entries` takes a whole number"),
        ("max_bytes = \"64M\"", "`max_bytes` takes whole bytes such as 65536, or a text such as \"64 MiB\""),
        ("cull_frequency = 0", "`cull_frequency` takes a whole number, 1 or more"),
        ("off = \"maybe\"", "`off` takes true or false"),
        ("off = 1", "`off` takes true or false"),
        ("version = \"\"", "`version` is empty"),
        ("version = true", "`version` takes a text, or a whole number"),
        ("key_prefix = 7", "`key_prefix` takes a text, in quotes"),
        (
            "key_function = \"lower\"",
            "there is no function `lower` for keys; none is registered: `Builder::key_function`",
        ),
        (
            "table = \"x\"",
            "`table` is an option of the store: write it below `[caches.default.options]`, or as `?table=",
        ),
        ("response_timeout = 5", "larder.toml:2:1: `response_timeout` is an option of the store: write it below"),
        (
            "colour = \"x\"",
            "there is no word `colour`; if it is for the store, write it below `[caches.default.options]`",
        ),
        ("options = 5", "`options` is a table: write `[caches.default.options]`"),
        (
            "options = { table = \"x\" }",
            "there is no option `table`: without a `url` this cache is in memory, and that has none",
        ),
        ("url = \"memory://\"\noptions = { table = \"x\" }", "there is no such option: this store has none"),
        ("options = { table = [1] }", "an option takes a text, a whole number, true or false"),
        ("url = \"memory://a/b\"", "write `memory://`, or `memory://NAME`"),
        (
            "key_prefix = \"$HOME\"",
            "a `$` begins `${NAME}`, the name of a variable and nothing else; a dollar itself is written `$$`",
        ),
        (
            "url = \"memory://?max_entries=5\"\nmax_entries = 6",
            "its address says `max_entries`, which was said at larder.toml:3:15",
        ),
        ("store_timeout = 0", "`store_timeout` takes a time that is not 0"),
        ("store_timeout = \"never\"", "`store_timeout` takes a time that is not 0"),
        ("retry = 0", "`retry` takes a whole number, 1 or more"),
        ("retry = 50", "larder.toml:2:9: "),
        ("breaker_rest = 5", "`breaker_rest` goes with `breaker`"),
        ("near_ttl = 0", "`near_ttl` takes a time that is not 0"),
        ("near_entries = 5", "`near_entries` goes with `near_ttl`"),
        ("near_bytes = 5", "`near_bytes` goes with `near_ttl`"),
        ("near_ttl = 5\nnear_bytes = \"a lot\"", "`near_bytes` takes whole bytes"),
        ("near_byte = 5", "did you mean `near_bytes`?"),
        ("near_entries = 0", "`near_entries` takes a whole number, 1 or more"),
        ("codec = \"compcat\"", "did you mean `compact`?"),
        ("max_value_bytes = \"a lot\"", "`max_value_bytes` takes whole bytes"),
        ("compress = \"a lot\"", "`compress` takes whole bytes"),
        ("encrypt = []", "`encrypt` takes a key, or a list of some"),
        ("sign = 5", "`sign` takes a key, or a list of some"),
        ("encrypt = \"password\"", "encr"),
    ] {
        let wrong = wrong(&below_default(words), &NOTHING);
        assert!(!wrong.contains("password\""), "{wrong}");
        assert!(wrong.contains(says), "{words}\n{wrong}");
        assert!(
            wrong.starts_with("larder.toml:") && !wrong.contains("\nlarder.toml:"),
            "one mistake is one error: {wrong}"
        );
    }
}

#[test]
fn a_prefix_and_a_version_that_leave_no_room_for_keys_are_shown_where_they_were_written() {
    let wrong = wrong(&format!("[caches.default]\nkey_prefix = \"{}\"\n", "x".repeat(60)), &NOTHING);
    assert!(wrong.starts_with("larder.toml:2:14: "), "{wrong}");
}

#[test]
fn what_stands_at_the_wrong_level_is_told_where_it_belongs() {
    for (text, says) in [
        ("[cache.default]\nttl = 5", "larder.toml:1:2: there is no `cache` here; did you mean `caches`?"),
        ("[default]\nttl = 5", "there is no `default` here; for a cache of that name write `[caches.default]`"),
        ("ttl = 5", "`ttl` is said of one cache: write it below `[caches.default]`"),
        ("verbose = true", "there is no `verbose` here: a configuration holds `[caches.NAME]`"),
        ("[caches]\nttl = 5", "`ttl` is said of one cache: write it below `[caches.default]`"),
        (
            "[caches]\ndefault = \"memory://\"",
            "a cache is a table: write `[caches.default]`, and below it `url = \"…\"`",
        ),
        ("[[caches]]\nttl = 5", "`caches` holds tables: write `[caches.default]`"),
        ("caches = 5", "`caches` holds tables"),
        ("[caches.\" pages\"]", "this is no name of a cache"),
    ] {
        let wrong = wrong(text, &NOTHING);
        assert!(wrong.contains(says), "{text}\n{wrong}");
    }
}

#[test]
fn all_mistakes_of_files_and_variables_are_told_together_in_their_order() {
    let text = "[caches.default]\nmax_entires = 5\nttl = \"soon\"\n\n[caches.pages]\nurl = \"null://\"\nkey_function = \"upper\"\n";
    let variables = [("LARDER_MAX_BYTES", "64M"), ("LARDER_CACHES__PAGES__UROL", "x")];
    let wrong = wrong(text, &variables);
    let starts: Vec<_> = wrong.lines().filter_map(|line| line.split_once(": ").map(|(start, _)| start)).collect();
    assert_eq!(
        starts,
        ["larder.toml:2:1", "larder.toml:3:7", "larder.toml:7:16", "LARDER_CACHES__PAGES__UROL", "LARDER_MAX_BYTES"],
        "{wrong}"
    );
}

#[cfg(feature = "file")]
#[test]
fn an_address_that_is_wrong_hides_no_other_mistake_and_makes_up_none() {
    let text = |url: &str| {
        let words = "ttl = \"soon\"\nmax_entries = 5\nretry = 50\ncodec = \"x\"\nkey_function = \"lower\"\n";
        format!("[caches.default]\nurl = \"{url}\"\n{words}options.tabel = 1\noptions.lock_timeout = \"soon\"\n")
    };
    let lines = |url: &str| {
        let wrong = wrong(&text(url), &NOTHING);
        wrong.lines().filter_map(|line| line.strip_prefix("larder.toml:")?.split(':').next()?.parse().ok()).collect()
    };
    for url in ["file://var/cache", "files:///var/cache", "${NOWHERE}"] {
        let lines: Vec<u32> = lines(url);
        assert_eq!(lines, [2, 3, 5, 6, 7], "{url}");
    }
    let lines: Vec<u32> = lines("file:///var/cache");
    assert_eq!(lines, [3, 5, 6, 7, 8, 9], "all options that are wrong are told");
}

#[test]
fn a_thousand_mistakes_do_not_fill_the_screen() {
    let text: Vec<_> = (0..1_000).map(|number| format!("wrong{number} = 1\n")).collect();
    let wrong = wrong(&text.concat(), &NOTHING);
    assert!(wrong.ends_with("and 950 more") && wrong.len() < 20_000, "{}", wrong.len());
}

#[test]
fn a_text_that_is_no_toml_says_where_and_shows_nothing_behind_the_equals_sign() {
    let wrong = |text: &str| read(text, &NOTHING).map(|_| ()).unwrap_err().to_string();
    let unquoted = wrong("[caches.default]\nurl = sqlite:///x?password=geheim\n");
    assert!(unquoted.starts_with("larder.toml:2:7: this is no TOML: "), "{unquoted}");
    assert!(unquoted.contains("2 | url = …") && !unquoted.contains("geheim"), "{unquoted}");
    assert!(wrong("[caches.default\nttl = 5\n").starts_with("larder.toml:1:16: this is no TOML: "));
    assert!(wrong("[caches.default]\nttl = 5\nttl = 6\n").contains("larder.toml:3:1: this is no TOML: duplicate key"));
    let many_lines = wrong("[caches.default]\nurl = \"\"\"\ngeheim = 5 \\q\n\"\"\"\n");
    assert!(!many_lines.contains("geheim"), "{many_lines}");
}

#[test]
fn variables_that_nobody_knows_are_errors_with_the_nearest_one() {
    for (name, value, says) in [
        ("LARDER_ULR", "memory://", "there is no such variable; did you mean LARDER_URL?"),
        ("LARDER_CONFIGS", "x", "did you mean LARDER_CONFIG?"),
        ("LARDER_COLOUR", "red", "there is no such variable; there are LARDER_URL"),
        ("LARDER_url", "memory://", "did you mean LARDER_URL?"),
        ("LARDER_CACHES__DEFAULT__TLL", "5", "did you mean LARDER_CACHES__DEFAULT__TTL?"),
        ("LARDER_CACHES__DEFALT__TTL", "5", "nobody else speaks of a cache `defalt`; did you mean `default`?"),
        ("LARDER_CACHES__TTL", "5", "behind `CACHES__` stand the name of a cache and a word"),
        ("LARDER_TTL", "soon", "LARDER_TTL: `ttl` takes whole seconds"),
        ("LARDER_URL", "", "`url` is empty"),
        ("LARDER_VERSION", "", "this is empty: write a version, or leave the variable away"),
        ("LARDER_OFF", "perhaps", "write 1 to switch every cache off, or 0"),
        ("LARDER_NEAR_TTL", "", "`near_ttl` is empty: write a time that is not 0: whole seconds such as 5"),
        ("LARDER_NEAR_TTL", "", "\"1m\", or leave it away"),
        ("LARDER_MAX_ENTRIES", " ", "`max_entries` is empty: write a whole number, 1 or more, or leave it away"),
        ("LARDER_ENCRYPT", "", "`encrypt` is empty: write a key"),
        ("LARDER_RESPONSE_TIMEOUT", "5", "did you mean LARDER_OPTIONS__RESPONSE_TIMEOUT? It is an option of the store"),
        (
            "LARDER_CACHES__DEFAULT__TABLE",
            "x",
            "did you mean LARDER_CACHES__DEFAULT__OPTIONS__TABLE? It is an option of the store",
        ),
        ("LARDER_OFF", "", "write 1 to switch every cache off, or 0"),
        ("LARDER_CACHES_DEFAULT_TTL", "5", "did you mean LARDER_CACHES__DEFAULT__TTL? Two underscores stand"),
        ("LARDER_CACHES__DEFAULT_TTL", "5", "did you mean LARDER_CACHES__DEFAULT__TTL?"),
        ("LARDER_CACHES_DEFAULT__TTL", "5", "did you mean LARDER_CACHES__DEFAULT__TTL?"),
        ("LARDER_CACHES_PAGE_PARTS_STORE_TIMEOUT", "5", "LARDER_CACHES__PAGE_PARTS__STORE_TIMEOUT?"),
        ("LARDER_CACHES_SESSIONS_OPTIONS_TABLE", "x", "LARDER_CACHES__SESSIONS__OPTIONS__TABLE?"),
        ("LARDER_OPTIONS_TABLE", "x", "did you mean LARDER_OPTIONS__TABLE, with two underscores?"),
        ("LARDER_OPTIONS__TABLE", "x", "there is no option `table`"),
    ] {
        let wrong = wrong("", &[(name, value)]);
        assert!(wrong.starts_with(&format!("{name}: ")) && wrong.contains(says), "{name}: {wrong}");
    }
    let twice = wrong("", &[("LARDER_TTL", "5"), ("LARDER_CACHES__DEFAULT__TTL", "5")]);
    assert_eq!(twice, "LARDER_TTL: this was said at LARDER_CACHES__DEFAULT__TTL already: `ttl` and `timeout` are one");
}

#[test]
fn variables_that_others_set_are_left_alone() {
    let others = [
        ("LARDER_SERVICE_HOST", "10.0.0.1"),
        ("LARDER_PORT_80_TCP", "tcp://x"),
        ("LARDER_TEST_ALONE", "1"),
        ("LARDER_REQUIRE_SERVERS", "1"),
        ("PATH", "/bin"),
    ];
    assert_eq!(crate::described("", &others).len(), 1);
}

#[test]
fn a_main_that_returns_a_mistake_shows_the_same_as_whoever_prints_it() {
    for text in ["[caches.default]\nttl = \"soon\"\n", "ttl = 5"] {
        let wrong = read(text, &NOTHING).and_then(|builder| builder.described()).unwrap_err();
        assert_eq!(format!("{wrong:?}"), wrong.to_string());
    }
    let variable = larder::builder().environment_of([("LARDER_TTL", "soon")]).unwrap().described().unwrap_err();
    assert!(format!("{variable:?}").starts_with("LARDER_TTL: `ttl` takes whole seconds"), "{variable:?}");
}

#[test]
fn what_is_wrong_in_code_is_told_with_its_line() {
    let wrong = larder::builder()
        .scheme("memory", |_| Ok(larder::Settings::memory()))
        .scheme("My Store", |_| Ok(larder::Settings::memory()))
        .cache_at("pages", "mystore://x")
        .and_then(|builder| builder.described())
        .unwrap_err()
        .to_string();
    let here = file!();
    assert!(wrong.contains(&format!("{here}:")), "{wrong}");
    for says in ["`memory` is a store of larder's", "`My Store` can begin no address", "there is no store `mystore`"] {
        assert!(wrong.contains(says), "{says}: {wrong}");
    }
}

#[test]
fn names_that_are_long_or_that_a_terminal_would_obey_are_shown_tamely() {
    let wrong = wrong(&format!("\"{}\\u001b[31m\" = 1\n\"{}\" = 1\n", "x", "y".repeat(100_000)), &NOTHING);
    assert!(!wrong.contains('\u{1b}') && wrong.len() < 2_000, "{wrong}");
}
