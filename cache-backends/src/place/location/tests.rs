//! Addresses as people write them, rightly and wrongly.

use cache_core::error::Kind;

use super::*;

fn wrong(text: &str) -> String {
    match Location::parse(text) {
        Ok(location) => panic!("{text} is read as {location}"),
        Err(error) => {
            assert_eq!(error.kind(), Kind::Configuration);
            error.to_string()
        }
    }
}

#[test]
fn the_parts_of_an_address_are_read() {
    let location = Location::parse("MySQL://a%3Ab:c%2Fd%25@db/caf%C3%A9?x=1&y=%26").unwrap();
    assert_eq!((location.scheme(), location.user(), location.password()), ("mysql", Some("a:b"), Some("c/d%")));
    assert_eq!((location.host(), location.port(), location.path().as_str()), (Some("db"), None, "/café"));
    assert_eq!(location.query().collect::<Vec<_>>(), [("x", "1"), ("y", "&")]);
    assert_eq!(location.without_query(), "MySQL://a%3Ab:c%2Fd%25@db/caf%C3%A9");
    let bare = Location::parse("memory://").unwrap();
    assert_eq!((bare.host(), bare.path().as_str(), bare.hosts().len()), (None, "", 0));
    assert_eq!(Location::parse("memcached://a,b:11212").unwrap().hosts()[1].port(), Some(11212));
    assert_eq!(Location::parse("redis://:word@host").unwrap().user(), None);
    assert!(Location::parse("postgres://%2Frun%2Fpostgresql/db").unwrap().hosts()[0].is_socket());
}

#[test]
fn a_path_of_files_says_where_it_begins() {
    let path = |text: &str| Location::parse(text).unwrap().path();
    assert_eq!(path("file:///var/cache"), "/var/cache");
    assert_eq!(path("file://localhost/var/cache"), "/var/cache");
    assert_eq!(path("sqlite://../caf%C3%A9 x.db".replace(' ', "%20").as_str()), "../café x.db");
    assert_eq!(path("file:///srv/app@2/cache"), "/srv/app@2/cache", "services have such names");
    assert!(wrong("file://var/cache").contains("three slashes"));
    assert!(wrong("sqlite://shop.db").contains("`://./…`"));
    assert!(wrong("file://~/cache").contains("where does the path begin?"));
    assert!(wrong("file://").contains("a path is missing"));
}

#[test]
fn a_mistake_in_an_address_says_what_to_write() {
    for (text, says) in [
        ("", "an address begins with"),
        ("/var/cache", "an address begins with"),
        ("localhost:6379", "an address begins with"),
        ("sqlite:/var/x.db", "an address begins with"),
        ("1st://x", "an address begins with"),
        ("postgres://host:99999/db", "a port is a number from 1 to 65535"),
        ("postgres://user@/db", "a host is missing behind the `@`"),
        ("postgres://:5432/db", "a host is missing"),
        ("memcached://a,,b", "a host is missing"),
        ("postgres://::1/db", "an IPv6 address stands in brackets"),
        ("postgres://münchen/db", "`xn--`"),
        ("postgres://user:100%@host/db", "`%25`"),
        ("postgres://host/db%ff", "no UTF-8"),
        ("postgres://host/my db", "`%20`"),
        ("postgres://host/db\n", "a line break"),
        ("postgres://host/db?pool", "`name=value&name=value`"),
        ("postgres://host/db?pool=1&pool=2", "twice"),
        ("postgres://user:a/b@host/db", "a port is a number"),
        ("postgres://user:1/b@host/db", "`%40`"),
        ("postgres://user:1?b@host/db", "`%40`"),
        ("postgres://user:1#b@host/db", "`%23`"),
    ] {
        assert!(wrong(text).contains(says), "{text}: {}", wrong(text));
    }
    assert!(wrong(&format!("file:///{}", "x".repeat(5000))).contains("4096"));
}

/// A generator that is the same in each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Whatever stands around a password, and wherever in an address it stands where one may stand, nobody sees it.
#[test]
fn no_password_is_ever_shown() {
    const SECRET: &str = "hunter2";
    let around = ["", ":", "/", "?", "#", "@", "%", "%40", "1", "a", "[", "]", ",", "é", " ", "&", "=", "\\", "5432"];
    let mut draw = Draw(7);
    for _ in 0..50_000 {
        let mut some = || (0..draw.below(4)).map(|_| around[draw.below(around.len())]).collect::<String>();
        let password = format!("{}{SECRET}{}", some(), some());
        let text = match draw.below(3) {
            0 => format!("postgres://user:{password}@host:5432/db?pool=5"),
            1 => format!("redis://:{password}@a,b/0"),
            _ => format!("mysql://host/db?password={password}&pool=5"),
        };
        let shown = match Location::parse(&text) {
            Ok(location) => format!("{location} {location:?} {:?}", location.hosts()),
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!shown.contains(SECRET), "{text} is shown as {shown}");
    }
}
