//! The program `larder` and the quickstart, with caches on live servers: ignored where there is none, unless it must be there.

#[path = "../run.rs"]
mod run;
#[path = "../../support/servers/mod.rs"]
mod servers;

use std::env;

use libtest_mimic::{Arguments, Failed, Trial};

use run::{Place, Said};
use servers::{MariaDb, PASSWORD, Postgres, Server};

/// A kind of server, as found on this machine.
struct Kind {
    name: &'static str,
    is_installed: fn() -> bool,
    start: fn() -> Result<Server, String>,
}

const KINDS: [Kind; 2] = [
    Kind { name: "PostgreSQL", is_installed: Postgres::is_installed, start: Postgres::start },
    Kind { name: "MariaDB", is_installed: MariaDb::is_installed, start: MariaDb::start },
];

/// A test of one server, with its name.
type Test = (&'static str, fn(&Server));

fn main() {
    let mut arguments = Arguments::from_args();
    // Servers that are made at the same time take away each other's files in `/tmp`.
    arguments.test_threads.get_or_insert(1);
    libtest_mimic::run(&arguments, KINDS.iter().flat_map(trials).collect()).exit();
}

fn trials(kind: &'static Kind) -> Vec<Trial> {
    let is_ignored = !(kind.is_installed)() && env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    let tests: [Test; 3] = [
        ("a_table_is_missing_until_it_is_made_and_is_made_once", a_table_is_missing_until_it_is_made_and_is_made_once),
        (
            "with_one_line_a_second_run_finds_what_the_first_one_kept",
            with_one_line_a_second_run_finds_what_the_first_one_kept,
        ),
        ("a_server_that_is_away_is_told_without_its_password", a_server_that_is_away_is_told_without_its_password),
    ];
    let trial = |(name, test): Test| {
        let run = move || {
            test(&(kind.start)().map_err(Failed::from)?);
            Ok(())
        };
        Trial::test(format!("{}::{name}", kind.name), run).with_ignored_flag(is_ignored)
    };
    tests.into_iter().map(trial).collect()
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

fn with_one_line_a_second_run_finds_what_the_first_one_kept(server: &Server) {
    let place = place();
    assert_eq!(larder(&place, server, &["create-table"]).code, 0);
    let run = || place.quickstart(&[("CACHE_URL", &server.url())]);
    let queries = |rows: &[(String, u32, String)]| rows.iter().map(|row| row.1).collect::<Vec<_>>();
    assert_eq!(queries(&run()), [1, 0, 1, 1, 0, 1], "the first run finds nothing");
    let second = run();
    assert_eq!(queries(&second), [0, 0, 0, 1, 0, 1], "the second one finds what the first one kept");
    assert_eq!((second[0].2.as_str(), second[2].2.as_str()), ("Anna", "Rob"));
}

fn a_server_that_is_away_is_told_without_its_password(server: &Server) {
    server.stop();
    let place = place();
    let away = larder(&place, server, &["check", "--connect"]);
    assert!(away.code == 1 && away.out.contains("answers       no: "), "{away:?}");
    let table = larder(&place, server, &["create-table"]);
    assert!(table.code == 1 && table.err.starts_with("`default` at "), "{table:?}");
    let json = larder(&place, server, &["check", "--connect", "--json"]);
    assert!(json.code == 1 && json.out.contains("\"answers\": false"), "{json:?}");
    assert!(
        place.quickstart(&[("CACHE_URL", &server.url())]).iter().all(|row| row.1 > 0),
        "the program goes on without it"
    );
}
