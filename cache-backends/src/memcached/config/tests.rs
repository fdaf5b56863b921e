use cache_core::error::Kind;

use super::*;

fn read(address: &str) -> Config {
    Config::new(address).unwrap_or_else(|error| panic!("{address}: {error}"))
}

fn names(config: &Config) -> Vec<(&str, u16)> {
    config.members.iter().map(|member| (&*member.name, member.weight)).collect()
}

fn refused(address: &str) -> String {
    let error = Config::new(address).expect_err(address);
    assert_eq!(error.kind(), Kind::Configuration);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret"), "{shown}");
    error.to_string()
}

#[test]
fn servers_are_read_with_the_usual_port_where_none_is_written() {
    let config = read("memcached://a,b:11212,[::1],%2Frun%2Fmemcached.sock");
    let wanted = [("a:11211", 1), ("b:11212", 1), ("[::1]:11211", 1), ("/run/memcached.sock", 1)];
    assert_eq!(names(&config), wanted);
    assert_eq!(names(&read("memcached://")), [("localhost:11211", 1)]);
    let socket = read("memcached+unix:///run/memcached.sock");
    assert_eq!(socket.members[0].host, Where::Unix("/run/memcached.sock".into()));
    let socket = read("memcached+unix://shop:secret@%2Frun%2Fmemcached.sock");
    assert_eq!(socket.members[0].host, Where::Unix("/run/memcached.sock".into()));
}

#[test]
fn several_addresses_are_servers_of_one_store() {
    let locations = ["memcached://a", "memcached://b,c"].map(|text| Location::parse(text).unwrap());
    let config = Config::from_place(Place { locations: locations.into(), ..Place::default() }).unwrap();
    assert_eq!(names(&config), [("a:11211", 1), ("b:11211", 1), ("c:11211", 1)]);
    let mixed = ["memcached://a", "memcacheds://b"].map(|text| Location::parse(text).unwrap());
    assert!(Config::from_place(Place { locations: mixed.into(), ..Place::default() }).is_err());
}

#[test]
fn options_are_read_from_behind_an_address() {
    let config = read("memcached://shop:secret@a,b?response_timeout=500ms&max_value=8MiB&weights=b=3,a:11211=2");
    assert_eq!(names(&config), [("a:11211", 2), ("b:11211", 3)]);
    assert_eq!((config.response_timeout, config.max_value_bytes()), (Duration::from_millis(500), (8 << 20) - 512));
    assert!(config.login.is_some() && !format!("{config:?}").contains("secret"));
    let usual = read("memcached://a");
    assert_eq!((usual.response_timeout, usual.max_value_bytes()), (Duration::from_secs(2), (1 << 20) - 512));
    let socket = read("memcached+unix:///run/m.sock?weights=/run/m.sock=2");
    assert_eq!(names(&socket), [("/run/m.sock", 2)]);
}

#[test]
fn what_cannot_work_is_an_error_that_shows_no_secret() {
    assert!(refused("memcached://shop:secret@a?timout=1").contains("`response_timeout`"));
    assert!(refused("memcached://shop:secret@a?response_timeout=0").contains("cannot be 0"));
    assert!(refused("memcached://shop:secret@a?max_value=12").contains("`-I`"));
    assert!(refused("memcached://shop:secret@a/7").contains("no databases"));
    assert!(refused("memcached://shop:secret@a,b,a:11211").contains("twice"));
    assert!(refused("memcached://shop:secret@a?weights=b=2").contains("as it is called"));
    assert!(refused("memcached://shop:secret@a?weights=a=0").contains("from 1 to 100"));
    assert!(refused("memcached://shop:secret@a?weights=2").contains("server by server"));
    assert!(refused("memcached://:secret@a").contains("a user and"));
    assert!(refused("memcached://shop%20er:secret@a").contains("space"));
    assert!(refused("memcached://shop:secret%0D%0Aflush_all@a").contains("line"));
    assert!(refused("memcached+unix://secret").contains("three slashes"));
    assert!(refused("redis://secret").contains("memcached://"));
    assert!(refused("memcached://shop:secret@a?tls_ca=x").contains("memcacheds://"));
    let location = || Location::parse("memcached://a").unwrap();
    for place in [
        Place::default(),
        Place { locations: vec![location()], max_bytes: Some(1), ..Place::default() },
        Place { locations: vec![location()], max_entries: Some(1), ..Place::default() },
    ] {
        assert_eq!(Config::from_place(place).unwrap_err().kind(), Kind::Configuration);
    }
}

#[test]
#[cfg(not(feature = "tls"))]
fn an_encrypted_connection_takes_a_feature() {
    assert!(refused("memcacheds://a").contains("add `tls` to the features"));
    assert!(refused("memcached://a?tls=true").contains("add `tls` to the features"));
}

#[test]
#[cfg(feature = "tls")]
fn an_encrypted_connection_is_asked_for_in_either_way() {
    assert!(read("memcacheds://a").tls.is_some() && read("memcached://a?tls=true").tls.is_some());
    assert!(refused("memcached://a?tls=true&tls_ca=no-such.pem").starts_with("`tls_ca`: no-such.pem cannot be read: "));
}
