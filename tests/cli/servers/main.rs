//! The program `larder` and the quickstart, with caches on live servers: ignored where there is none, unless it must be there.

#[path = "../run.rs"]
mod run;
#[path = "../../support/servers/mod.rs"]
mod servers;

use std::env;
use std::ops::Deref;

use libtest_mimic::{Arguments, Failed, Trial};

use run::{Place, Said};
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
}

/// Each lets nobody in without a password, and listens where `redis://` and `memcached://` lead: on a port.
const KINDS: [Kind; 4] = [
    Kind {
        name: "PostgreSQL",
        is_installed: Postgres::is_installed,
        start: || Postgres::start().map(started),
        has_table: true,
    },
    Kind {
        name: "MariaDB",
        is_installed: MariaDb::is_installed,
        start: || MariaDb::start().map(started),
        has_table: true,
    },
    Kind {
        name: "Redis",
        is_installed: Redis::is_installed,
        start: || Redis::setup().on_port().guarded().start().map(|server| Box::new(server) as Started),
        has_table: false,
    },
    Kind {
        name: "Memcached",
        is_installed: Memcached::is_installed,
        start: || Memcached::setup().on_port().guarded().start().map(|server| Box::new(server) as Started),
        has_table: false,
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
    let trials = KINDS.iter().flat_map(trials).chain([moved()]).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials(kind: &'static Kind) -> Vec<Trial> {
    let of_tables: [Test; 2] = [
        ("a_table_is_missing_until_it_is_made_and_is_made_once", a_table_is_missing_until_it_is_made_and_is_made_once),
        ("a_table_is_not_made_where_nobody_answers", a_table_is_not_made_where_nobody_answers),
    ];
    let without_tables: [Test; 1] =
        [("a_store_without_a_table_answers_as_it_is", a_store_without_a_table_answers_as_it_is)];
    let of_all: [Test; 2] = [
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
    of_kind.iter().copied().chain(of_all).map(trial).collect()
}

fn moved() -> Trial {
    let is_ignored = !KINDS.iter().all(is_asked);
    let run = || {
        one_line_moves_a_program_from_store_to_store().map_err(Failed::from)?;
        Ok(())
    };
    Trial::test("one_line_moves_a_program_from_store_to_store", run).with_ignored_flag(is_ignored)
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
