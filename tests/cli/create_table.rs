//! `larder create-table`.

use crate::run::Place;

#[test]
fn without_a_database_there_is_nothing_to_make() {
    let said = Place::with("[caches.pages]\nurl = \"null://\"\n").larder(&["create-table"]);
    assert_eq!((said.code, said.out.as_str()), (0, "no cache lives in a database: there is no table to make\n"));
}

#[test]
fn a_cache_that_is_not_there_or_needs_no_table_is_an_error() {
    let place = Place::with("[caches.pages]\nurl = \"null://\"\n");
    for (arguments, says) in [
        (&["create-table", "--cache", "page"][..], "there is no cache `page`; there is `default`, `pages`"),
        (&["create-table", "--cache", "pages"], "null:// is no database: it needs no table"),
        (&["create-table", "--cache", "default"], "`default` has no address in the configuration"),
        (&["create-table", "--url", "null://"], "null:// is no database: it needs no table"),
        (&["create-table", "--url", "etcd://x"], "there is no store `etcd`"),
    ] {
        let said = place.larder(arguments);
        assert!(said.code == 1 && said.err.contains(says), "{arguments:?}: {said:?}");
    }
    for address in ["postgres://h:99999/x", "etcd://x", "sqlite://./a.db?colour=red"] {
        let said = place.larder(&["create-table", "--url", address]);
        assert!(said.code == 1 && said.err.starts_with("--url: ") && !said.err.contains(".rs:"), "{said:?}");
    }
    assert_eq!(place.larder(&["create-table", "--table", "x"]).code, 2, "a table of which store?");
    assert_eq!(place.larder(&["create-table", "--url", "null://", "--cache", "pages"]).code, 2);
    assert_eq!(Place::with("[caches.pages]\nttl = \"soon\"\n").larder(&["create-table"]).code, 1);
}

#[cfg(feature = "sqlite")]
mod in_sqlite {
    use super::Place;

    #[test]
    fn a_table_is_made_once_and_its_sql_can_be_read_before() {
        let place = Place::with(
            "[caches.pages]\nurl = \"sqlite://./cache.db\"\noptions.table = \"pages\"\n[caches.more]\nurl = \"sqlite://./cache.db\"\n",
        );
        let dry = place.larder(&["create-table", "--dry-run"]);
        assert_eq!((dry.code, dry.err.as_str()), (0, ""));
        assert!(
            dry.out.starts_with("-- `more`, `pages` at sqlite://./cache.db\n") && dry.out.contains("pages"),
            "{}",
            dry.out
        );
        assert!(!place.path().join("cache.db").exists(), "nothing is made");
        let made = place.larder(&["create-table", "--cache", "pages"]);
        assert_eq!(
            (made.code, made.out.as_str(), made.err.as_str()),
            (0, "`more`, `pages` at sqlite://./cache.db: created\n", "")
        );
        let again = place.larder(&["create-table"]);
        assert_eq!(
            (again.code, again.out.as_str()),
            (0, "`more`, `pages` at sqlite://./cache.db: was there already\n")
        );
        assert!(place.larder(&["check", "--connect"]).out.contains("answers       yes"));
    }

    #[test]
    fn an_address_alone_will_do() {
        let place = Place::empty();
        let made = place.larder(&["create-table", "--url", "sqlite://./cache.db", "--table", "pages"]);
        assert_eq!((made.code, made.out.as_str()), (0, "sqlite://./cache.db: created\n"));
        assert_eq!(
            place.larder(&["create-table", "--url", "sqlite://./cache.db?table=pages"]).out,
            "sqlite://./cache.db?…: was there already\n"
        );
    }

    #[test]
    fn a_database_that_cannot_be_made_is_an_error_of_the_command() {
        let place = Place::empty();
        place.write("folder", "no folder");
        let said = place.larder(&["create-table", "--url", "sqlite://./folder/cache.db"]);
        assert!(
            said.code == 1 && said.out.is_empty() && said.err.starts_with("sqlite://./folder/cache.db: "),
            "{said:?}"
        );
    }
}
