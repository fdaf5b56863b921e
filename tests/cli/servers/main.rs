//! The program `larder` and the quickstart, with caches on live servers: ignored where there is none, unless it must be there.

#[path = "../run.rs"]
mod run;
#[path = "../screen.rs"]
mod screen;
#[path = "../../support/servers/mod.rs"]
mod servers;
#[path = "../verbs.rs"]
mod verbs;

use std::env;
use std::ops::Deref;

use libtest_mimic::{Arguments, Failed, Trial};

use run::{Place, Said};
use screen::Screen;
use servers::{MariaDb, Memcached, PASSWORD, Postgres, Redis, Server};

/// A server that was started for a test.
type Started = Box<dyn Deref<Target = Server>>;

/// A kind of server, as found on this machine.
struct Kind {
    name: &'static str,
    is_installed: fn() -> bool,
    start: fn() -> Result<Started, String>,
    /// Whether its caches live in a table that has to be made.
    has_table: bool,
    /// Whether it can tell what it keeps.
    lists: bool,
}

/// Each lets nobody in without a password, and listens where `redis://` and `memcached://` lead: on a port.
const KINDS: [Kind; 4] = [
    Kind {
        name: "PostgreSQL",
        is_installed: Postgres::is_installed,
        start: || Postgres::start().map(started),
        has_table: true,
        lists: true,
    },
    Kind {
        name: "MariaDB",
        is_installed: MariaDb::is_installed,
        start: || MariaDb::start().map(started),
        has_table: true,
        lists: true,
    },
    Kind {
        name: "Redis",
        is_installed: Redis::is_installed,
        start: || Redis::setup().on_port().guarded().start().map(|server| Box::new(server) as Started),
        has_table: false,
        lists: true,
    },
    Kind {
        name: "Memcached",
        is_installed: Memcached::is_installed,
        start: || Memcached::setup().on_port().guarded().start().map(|server| Box::new(server) as Started),
        has_table: false,
        lists: false,
    },
];

fn started(server: Server) -> Started {
    Box::new(Box::new(server))
}

/// A test of one server, with its name.
type Test = (&'static str, fn(&Server));

fn main() {
    let mut arguments = Arguments::from_args();
    // Servers that are made at the same time take away each other's files in `/tmp`.
    arguments.test_threads.get_or_insert(1);
    let trials = KINDS.iter().flat_map(trials).chain([moved(), interrupted()]).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials(kind: &'static Kind) -> Vec<Trial> {
    let of_tables: [Test; 2] = [
        ("a_table_is_missing_until_it_is_made_and_is_made_once", a_table_is_missing_until_it_is_made_and_is_made_once),
        ("a_table_is_not_made_where_nobody_answers", a_table_is_not_made_where_nobody_answers),
    ];
    let without_tables: [Test; 1] =
        [("a_store_without_a_table_answers_as_it_is", a_store_without_a_table_answers_as_it_is)];
    let listing: [Test; 1] = [("each_verb_does_what_it_says", each_verb_does_what_it_says)];
    let without_lists: [Test; 1] =
        [("what_cannot_be_listed_is_found_by_its_key", what_cannot_be_listed_is_found_by_its_key)];
    let of_all: [Test; 3] = [
        ("a_server_that_is_away_is_told_by_every_verb", a_server_that_is_away_is_told_by_every_verb),
        (
            "with_one_line_a_second_run_finds_what_the_first_one_kept",
            with_one_line_a_second_run_finds_what_the_first_one_kept,
        ),
        ("a_server_that_is_away_is_told_without_its_password", a_server_that_is_away_is_told_without_its_password),
    ];
    let trial = |(name, test): Test| {
        let run = move || {
            let server = (kind.start)().map_err(Failed::from)?;
            test(&server);
            Ok(())
        };
        Trial::test(format!("{}::{name}", kind.name), run).with_ignored_flag(!is_asked(kind))
    };
    let of_kind = if kind.has_table { &of_tables[..] } else { &without_tables[..] };
    let of_lists = if kind.lists { &listing[..] } else { &without_lists[..] };
    of_kind.iter().chain(of_lists).copied().chain(of_all).map(trial).collect()
}

fn moved() -> Trial {
    let is_ignored = !KINDS.iter().all(is_asked);
    let run = || {
        one_line_moves_a_program_from_store_to_store().map_err(Failed::from)?;
        Ok(())
    };
    Trial::test("one_line_moves_a_program_from_store_to_store", run).with_ignored_flag(is_ignored)
}

fn interrupted() -> Trial {
    let run = || {
        a_clear_of_a_server_that_stands_still_can_be_interrupted().map_err(Failed::from)?;
        Ok(())
    };
    let is_ignored = !Redis::is_installed() && env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    Trial::test("a_clear_of_a_server_that_stands_still_can_be_interrupted", run).with_ignored_flag(is_ignored)
}

fn is_asked(kind: &Kind) -> bool {
    (kind.is_installed)() || env::var_os("LARDER_REQUIRE_SERVERS").is_some()
}

/// A folder whose configuration has its cache on a server; the address is in a variable.
fn place() -> Place {
    Place::with("[caches.default]\nurl = \"${CACHE_URL}\"\n")
}

/// Runs the program, which never says the password.
fn larder(place: &Place, server: &Server, arguments: &[&str]) -> Said {
    let said = place.larder_with(arguments, &[("CACHE_URL", &server.url())]);
    assert!(!said.out.contains(PASSWORD) && !said.err.contains(PASSWORD), "{said:?}");
    said
}

fn a_table_is_missing_until_it_is_made_and_is_made_once(server: &Server) {
    let place = place();
    let missing = larder(&place, server, &["check", "--connect"]);
    assert!(missing.code == 1 && missing.out.contains("run `larder create-table`"), "{missing:?}");
    let dry = larder(&place, server, &["create-table", "--dry-run"]);
    assert!(dry.code == 0 && dry.out.to_uppercase().contains("CREATE TABLE"), "{dry:?}");
    assert_eq!(larder(&place, server, &["check", "--connect"]).code, 1, "nothing was made");
    let made = larder(&place, server, &["create-table"]);
    assert!(made.code == 0 && made.out.ends_with(": created\n"), "{made:?}");
    let again = larder(&place, server, &["create-table"]);
    assert!(again.code == 0 && again.out.ends_with(": was there already\n"), "{again:?}");
    let checked = larder(&place, server, &["check", "--connect"]);
    assert!(checked.code == 0 && checked.out.contains("answers       yes"), "{checked:?}");
}

fn a_store_without_a_table_answers_as_it_is(server: &Server) {
    let place = place();
    let checked = larder(&place, server, &["check", "--connect"]);
    assert!(checked.code == 0 && checked.out.contains("answers       yes"), "{checked:?}");
    let table = larder(&place, server, &["create-table"]);
    assert!(table.code == 0 && table.out.contains("there is no table to make"), "{table:?}");
}

/// What six questions of the quickstart cost in queries, where the store is empty and where it was filled by another run.
const FIRST: [u32; 6] = [1, 0, 1, 1, 0, 1];
const LATER: [u32; 6] = [0, 0, 0, 1, 0, 1];

fn with_one_line_a_second_run_finds_what_the_first_one_kept(server: &Server) {
    let place = place();
    assert_eq!(larder(&place, server, &["create-table"]).code, 0);
    let run = || place.quickstart(&[("CACHE_URL", &server.url())]);
    assert_eq!(queries(&run()), FIRST, "the first run finds nothing");
    let second = run();
    assert_eq!(queries(&second), LATER, "the second one finds what the first one kept");
    assert_eq!((second[0].2.as_str(), second[2].2.as_str()), ("Anna", "Rob"));
}

fn queries(rows: &[(String, u32, String)]) -> Vec<u32> {
    rows.iter().map(|row| row.1).collect()
}

/// The same program, whose `larder.toml` has one line that is another each time; whoever moves back finds what was left.
fn one_line_moves_a_program_from_store_to_store() -> Result<(), String> {
    let servers = KINDS.iter().map(|kind| (kind.start)()).collect::<Result<Vec<_>, _>>()?;
    let [postgres, mariadb, redis, memcached] = &servers[..] else { return Err("four kinds".to_owned()) };
    let place = Place::empty();
    let moved_to = |server: &Started| {
        place.write("larder.toml", &format!("[caches.default]\nurl = \"{}\"\n", server.url()));
        let said = place.larder(&["create-table"]);
        assert!(said.code == 0 && !said.out.contains(PASSWORD), "{said:?}");
    };
    for server in [redis, memcached, postgres, mariadb] {
        moved_to(server);
        assert_eq!(queries(&place.quickstart(&[])), FIRST, "nothing is there yet: {}", server.socket().display());
        assert_eq!(queries(&place.quickstart(&[])), LATER, "{}", server.socket().display());
    }
    moved_to(redis);
    assert_eq!(queries(&place.quickstart(&[])), LATER, "what was left there is there still");
    Ok(())
}

fn a_table_is_not_made_where_nobody_answers(server: &Server) {
    server.stop();
    let table = larder(&place(), server, &["create-table"]);
    assert!(table.code == 1 && table.err.starts_with("`default` at "), "{table:?}");
}

fn a_server_that_is_away_is_told_without_its_password(server: &Server) {
    server.stop();
    let place = place();
    let away = larder(&place, server, &["check", "--connect"]);
    assert!(away.code == 1 && away.out.contains("answers       no: "), "{away:?}");
    let json = larder(&place, server, &["check", "--connect", "--json"]);
    assert!(json.code == 1 && json.out.contains("\"answers\": false"), "{json:?}");
    assert!(
        place.quickstart(&[("CACHE_URL", &server.url())]).iter().all(|row| row.1 > 0),
        "the program goes on without it"
    );
}

fn each_verb_does_what_it_says(server: &Server) {
    assert_eq!(larder(&place(), server, &["create-table"]).code, 0);
    verbs::each_does_what_it_says(&server.url());
}

fn what_cannot_be_listed_is_found_by_its_key(server: &Server) {
    let place = place();
    verbs::fill(&server.url(), 3);
    let keys = larder(&place, server, &["keys"]);
    let says = "its store has no list of them. Memory, files, databases and Redis have one; what is under one key, `larder get` shows";
    assert!(keys.code == 3 && keys.out.is_empty() && keys.err.contains(says), "{keys:?}");
    assert_eq!(verbs::json(&larder(&place, server, &["get", "post:2", "--json"]))["value"]["title"], "the post 2");
    let stats = larder(&place, server, &["stats", "--json"]);
    let cache = &verbs::json(&stats)["caches"][0];
    assert_eq!((stats.code, &cache["answers"], &cache["entries"]), (0, &true.into(), &serde_json::Value::Null));
    let explained = larder(&place, server, &["explain", "post:2", "--json"]);
    assert_eq!((explained.code, &verbs::json(&explained)["next"]), (0, &"hit".into()));
    assert_eq!(larder(&place, server, &["invalidate-tag", "author:7"]).code, 0);
    let explained = larder(&place, server, &["explain", "two words", "--tag", "author:7"]);
    assert!(explained.code == 1 && explained.out.contains("its tag `author:7` was invalidated"), "{explained:?}");
    assert_eq!(larder(&place, server, &["delete", "post:2"]).code, 0);
    assert_eq!(larder(&place, server, &["clear", "post:", "--yes"]).code, 3, "it cannot tell which begin so");
    let clear = larder(&place, server, &["clear", "--yes"]);
    assert!(clear.code == 0 && clear.out.starts_with("all entries removed from "), "{clear:?}");
    assert_eq!(larder(&place, server, &["get", "post:1"]).code, 1);
}

fn a_server_that_is_away_is_told_by_every_verb(server: &Server) {
    server.stop();
    let place = place();
    for arguments in [
        &["keys"][..],
        &["get", "a"],
        &["explain", "a"],
        &["delete", "a"],
        &["clear", "--yes"],
        &["clear", "--everything", "--yes"],
        &["invalidate-tag", "a"],
        &["bench", "--seconds", "1"],
    ] {
        let said = larder(&place, server, arguments);
        assert!(said.code == 3 && said.out.is_empty() && said.err.lines().count() == 1, "{arguments:?}: {said:?}");
    }
    let stats = larder(&place, server, &["stats"]);
    assert!(stats.code == 3 && stats.out.contains("\naway `default` at "), "{stats:?}");
    let stats = verbs::json(&larder(&place, server, &["stats", "--json"]));
    assert!(stats["caches"][0]["answers"] == false && stats["caches"][0]["error"].is_string(), "{stats}");
}

/// The server reads, and writes nothing: the clear gets nowhere until somebody has had enough of it.
fn a_clear_of_a_server_that_stands_still_can_be_interrupted() -> Result<(), String> {
    let redis = Redis::setup().on_port().guarded().start()?;
    let (place, url) = (place(), redis.url());
    verbs::fill(&url, 1_000);
    redis.ask(&["CLIENT", "PAUSE", "600000", "WRITE"])?;
    let clear = Screen::of(&place, 200, "clear --yes", &[("CACHE_URL", &format!("{url}?response_timeout=5m"))]);
    clear.waits_for("clearing");
    // Before its question is there, the program has nothing to wait for, and what it then counts is answered.
    let is_held_back = || redis.info("clients", "blocked_clients").is_some_and(|number| number != "0");
    servers::until("the server holds the clear back", is_held_back)?;
    clear.types("\u{3}");
    let (code, seen) = clear.ends();
    redis.ask(&["CLIENT", "UNPAUSE"])?;
    // What it has not written yet, those behind it wait for: it does not even say what is left.
    let says = ": interrupted: how far it came cannot be told\n";
    assert!(code == 130 && seen.contains(says), "{seen}");
    assert!(!seen.contains(PASSWORD), "{seen}");
    assert_eq!(larder(&place, &redis, &["keys"]).out.lines().count(), 1_002);
    Ok(())
}
