//! `larder check`.

use serde_json::Value;

use crate::run::Place;

const SHOP: &str = "\
[caches.default]
url = \"memory://room?max_entries=50000\"
ttl = \"10m\"
key_prefix = \"shop\"

[caches.pages]
url = \"memory://room\"
key_prefix = \"shop\"
off = true

[caches.sessions]
ttl = \"never\"
max_bytes = \"1 MiB\"
version = \"7\"
";

#[test]
fn it_tells_what_each_cache_comes_to() {
    let said = Place::with(SHOP).larder(&["check"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(
        said.out,
        "\
default
  store         memory://room?…
  ttl           600 s
  max_entries   50000
  key_prefix    shop
  version       1
  shares with   `pages`
  note          sees the entries of `pages`: same store, prefix and version
  said at       larder.toml:2:7, larder.toml:3:7, larder.toml:4:14
pages
  store         memory://room
  ttl           300 s
  max_entries   50000
  key_prefix    shop
  version       1
  off           every body runs
  shares with   `default`
  note          sees the entries of `default`: same store, prefix and version
  said at       larder.toml:7:7, larder.toml:8:14, larder.toml:9:7
sessions
  store         memory
  ttl           never ends
  max_bytes     1048576
  version       7
  said at       larder.toml:12:7, larder.toml:13:13, larder.toml:14:11
"
    );
}

#[test]
fn without_a_configuration_there_is_one_cache_in_memory() {
    let said = Place::empty().larder(&["check", "--connect"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "default\n  store         memory\n  ttl           300 s\n  version       1\n  answers       yes\n")
    );
}

#[test]
fn for_programs_it_writes_json() {
    let said = Place::with(SHOP).larder(&["check", "--json", "--connect"]);
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    let sessions = &json["caches"][2];
    assert_eq!(
        (&sessions["name"], &sessions["ttl_ms"], &sessions["answers"]),
        (&"sessions".into(), &Value::Null, &true.into())
    );
    assert_eq!(json["caches"][0]["sees_entries_of"][0], "pages");
    let wrong = Place::with("[caches.default]\nttl = \"soon\"\n").larder(&["check", "--json"]);
    let json: Value = serde_json::from_str(&wrong.out).expect("JSON");
    assert!(json["error"].as_str().is_some_and(|error| error.starts_with("larder.toml:2:7: ")), "{json}");
    assert_eq!((wrong.code, wrong.err.as_str()), (1, ""));
}

#[test]
fn a_bad_file_ends_with_one_and_all_that_is_wrong() {
    let said = Place::with("[caches.default]\nmax_entires = 5\nurl = \"etcd://user:geheim@host\"\n").larder(&["check"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(
        said.err.contains("did you mean `max_entries`?") && said.err.contains("there is no store `etcd`"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("geheim"), "{}", said.err);
    assert_eq!(Place::with("caches = [").larder(&["check"]).code, 1);
}

#[test]
fn the_file_is_the_one_that_is_named_by_whoever_is_nearest() {
    let place = Place::with("[caches.usual]\n");
    place.write("named.toml", "[caches.named]\n");
    place.write("other.toml", "[caches.other]\n");
    let named = [("LARDER_CONFIG", "named.toml")];
    let has = |said: &crate::run::Said, name: &str| said.code == 0 && said.out.lines().any(|line| line == name);
    assert!(has(&place.larder(&["check"]), "usual"));
    assert!(has(&place.larder_with(&["check"], &named), "named"));
    let both = place.larder_with(&["check", "--config", "other.toml"], &named);
    assert!(has(&both, "other") && !has(&both, "named"));
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing() {
    let place = Place::empty();
    let named = place.larder_with(&["check"], &[("LARDER_CONFIG", "nowhere.toml")]);
    assert_eq!((named.code, named.err.as_str()), (1, "LARDER_CONFIG: there is no file nowhere.toml\n"));
    let argument = place.larder(&["check", "--config", "nowhere.toml"]);
    assert!(argument.code == 1 && argument.err.starts_with("nowhere.toml: this cannot be read: "), "{argument:?}");
    for no_path in ["", "postgres://user:geheim@host/db"] {
        let said = place.larder_with(&["check"], &[("LARDER_CONFIG", no_path)]);
        assert!(said.code == 1 && said.err.starts_with("LARDER_CONFIG: this is no path"), "{said:?}");
        assert!(!said.err.contains("geheim"), "{said:?}");
    }
}

#[test]
fn a_file_that_is_a_folder_or_a_device_is_taken_for_what_it_is() {
    let place = Place::with("[caches.usual]\n");
    let none = place.larder_with(&["check"], &[("LARDER_CONFIG", "/dev/null")]);
    assert!(none.code == 0 && none.out.starts_with("default\n") && !none.out.contains("usual"), "{none:?}");
    let folder = place.larder_with(&["check"], &[("LARDER_CONFIG", "/tmp")]);
    assert_eq!((folder.code, folder.err.as_str()), (1, "LARDER_CONFIG: /tmp is a folder: write the path of a file\n"));
}

#[test]
fn variables_count_and_wrong_ones_are_told() {
    let place = Place::with(SHOP);
    let moved =
        place.larder_with(&["check"], &[("LARDER_CACHES__SESSIONS__URL", "null://"), ("LARDER_VERSION", "r42")]);
    assert!(
        moved.out.contains("  store         null://\n") && moved.out.contains("  version       r42\n"),
        "{}",
        moved.out
    );
    let wrong = place.larder_with(&["check"], &[("LARDER_ULR", "null://")]);
    assert_eq!(
        (wrong.code, wrong.err.as_str()),
        (1, "LARDER_ULR: there is no such variable; did you mean LARDER_URL?\n")
    );
}

#[test]
fn what_only_the_program_knows_is_taken_for_granted_on_request_and_is_not_asked() {
    let place = Place::with("[caches.default]\nurl = \"mystore://host\"\nkey_function = \"lower\"\n");
    let unknown = place.larder(&["check"]);
    assert!(unknown.code == 1 && unknown.err.contains("`--scheme mystore`"), "{unknown:?}");
    let granted = ["check", "--scheme", "mystore", "--key-function", "lower", "--connect"];
    let said = place.larder(&granted);
    assert!(
        said.code == 0 && said.out.contains("answers       not asked: how to make a store of `mystore://`"),
        "{said:?}"
    );
    let json = place.larder(&[&granted[..], &["--json"]].concat());
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["caches"][0]["answers"], Value::Null);
}

#[cfg(all(feature = "file", target_os = "linux"))]
#[test]
fn a_store_that_cannot_be_written_says_which_step_failed() {
    // Whoever runs this may write into any folder that has rights; into this one nobody writes.
    let place = Place::with("[caches.default]\nurl = \"file:///proc/larder\"\n");
    let said = place.larder(&["check", "--connect"]);
    assert!(said.code == 1 && said.out.contains("answers       no: to write an entry failed: "), "{said:?}");
    let json = place.larder(&["check", "--connect", "--json"]);
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    let cache = &json["caches"][0];
    assert_eq!((&cache["answers"], &cache["step"]), (&false.into(), &"write".into()), "{json}");
    assert!(cache["error"].as_str().is_some_and(|error| error.starts_with("to write an entry failed: ")), "{json}");
}

#[cfg(feature = "file")]
#[test]
fn a_cache_that_is_off_or_keeps_nothing_of_itself_is_asked_too() {
    let place = Place::with("[caches.default]\nurl = \"file://./cache\"\noff = true\nttl = 0\n");
    let said = place.larder(&["check", "--connect"]);
    assert!(said.code == 0 && said.out.contains("answers       yes"), "{said:?}");
}

#[cfg(all(feature = "file", feature = "compression", feature = "encryption"))]
#[test]
fn it_tells_what_is_put_around_a_store_and_no_secret() {
    let place = Place::with(
        "[caches.default]\nurl = \"file://./cache\"\nstore_timeout = \"500ms\"\nretry = 2\nbreaker = 5\n\
         compress = \"1 KiB\"\nencrypt = [\"${KEY}\"]\n[caches.memory]\nretry = 2\n",
    );
    let key = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let said = place.larder_with(&["check"], &[("KEY", key)]);
    let layers: Vec<_> = said.out.lines().filter(|line| line.contains("layers")).collect();
    assert_eq!(
        layers,
        [
            "  layers        store_timeout 500ms, retry 2, breaker 5 (rests 10s), encrypt (1 key), compress from 1024 bytes"
        ],
        "in memory they do nothing"
    );
    let json = place.larder_with(&["check", "--json"], &[("KEY", key)]);
    assert!(json.out.contains("\"encrypt (1 key)\"") && !(said.out + &json.out).contains(key));
}

#[cfg(feature = "sqlite")]
#[test]
fn it_tells_which_bound_does_nothing_at_the_address_that_moved_a_cache() {
    let place = Place::with("[caches.default]\nurl = \"memory://\"\nmax_bytes = \"1 MiB\"\n");
    let moved = [("LARDER_URL", "sqlite://./shop.db")];
    let idle = "`max_bytes` at larder.toml:3:13 does nothing at the address of LARDER_URL, since a table counts entries \
                and no bytes (say `max_entries`)";
    let said = place.larder_with(&["check"], &moved);
    assert!(said.code == 0 && said.out.contains(&format!("\n  idle          {idle}\n")), "{said:?}");
    let json: Value = serde_json::from_str(&place.larder_with(&["check", "--json"], &moved).out).expect("JSON");
    assert_eq!(json["caches"][0]["idle"], serde_json::json!([idle]));
}

#[cfg(feature = "file")]
#[test]
fn it_tells_what_is_kept_near() {
    let near = "near = \"1500ms\"\nnear_bytes = \"1 KiB\"\n";
    let place = Place::with(&format!("[caches.default]\nurl = \"file://./cache\"\n{near}[caches.memory]\n{near}"));
    let said = place.larder(&["check"]);
    let lines: Vec<_> = said.out.lines().filter(|line| line.contains("near")).collect();
    let told = ["  near_ttl      1500 ms", "  near_entries  10000", "  near_bytes    1024"];
    assert_eq!(lines, told, "in memory they do nothing");
    let json: Value = serde_json::from_str(&place.larder(&["check", "--json"]).out).expect("JSON");
    let [default, memory] = &json["caches"].as_array().expect("caches")[..] else { panic!("{json}") };
    assert_eq!(
        ["near_ttl_ms", "near_entries", "near_bytes"].map(|word| default[word].as_u64()),
        [Some(1_500), Some(10_000), Some(1_024)]
    );
    assert!(["near_ttl_ms", "near_entries", "near_bytes"].iter().all(|word| memory[word].is_null()), "{json}");
}

#[test]
fn what_is_written_wrongly_ends_with_two() {
    let place = Place::empty();
    for (arguments, says) in [
        (&["chekc"][..], "check"),
        (&["check", "--jsn"], "--json"),
        (&["check", "--config"], "--config <FILE>"),
        (&["check", "extra"], "unexpected argument"),
        (&[], "Usage: larder"),
    ] {
        let said = place.larder(arguments);
        assert!(said.code == 2 && said.err.contains(says), "{arguments:?}: {said:?}");
    }
    let help = place.larder(&["--help"]);
    assert!(help.code == 0 && help.out.contains("check"), "{help:?}");
}

#[test]
fn an_address_that_is_written_where_none_belongs_is_not_repeated() {
    let place = Place::with("[caches.default]\n");
    let address = "postgres://user:geheim@host/db";
    let [joined, table] = ["--json=", "--pasword="].map(|option| format!("{option}{address}"));
    for arguments in [
        &[address][..],
        &["check", address],
        &["check", "--", address],
        &["check", &joined],
        &["check", &table],
        &["check", "-p", address],
        &["check", "--geheim"],
        &["check", "-geheim"],
        &["check", "--config", address],
        &["check", "--scheme", address],
        &["check", "--key-function", address],
        &["create-table", address],
        &["create-table", "--cache", address],
        &["create-table", "--url", "sqlite://./a.db", "--table", address],
        &["create-table", "--url", "sqlite://./a.db", address],
    ] {
        let said = place.larder(arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!said.err.contains("geheim") && said.err.contains("--help"), "{arguments:?}: {}", said.err);
    }
    let config = place.larder(&["check", "--config", address]);
    assert!(config.err.contains("--config <FILE>") && config.err.contains("no address belongs here"), "{}", config.err);
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_store_that_is_left_out_says_which_feature_brings_it() {
    let said = Place::with("[caches.default]\nurl = \"postgres://host/db\"\n").larder(&["check"]);
    assert!(said.err.contains("`cargo install larder --features cli,postgres`"), "{}", said.err);
}
