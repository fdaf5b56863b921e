use cache_core::error::Kind;

use super::*;

fn read(address: &str) -> Config {
    Config::new(address).expect(address)
}

fn servers(config: &Config) -> Vec<String> {
    config.servers.iter().map(ToString::to_string).collect()
}

fn refused(address: &str) -> String {
    let error = Config::new(address).expect_err(address);
    assert_eq!(error.kind(), Kind::Configuration);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret"), "{shown}");
    error.to_string()
}

#[test]
fn an_address_says_where_a_server_is_and_who_logs_in() {
    let config = read("redis://shop:s%40cret@db1:7000/2?response_timeout=500ms");
    assert_eq!(servers(&config), ["Redis at db1:7000"]);
    assert_eq!((config.login.user.as_deref(), config.login.password.as_deref()), (Some("shop"), Some("s@cret")));
    assert_eq!((config.login.database, config.response_timeout), (2, Duration::from_millis(500)));
    let config = read("valkey://:secret@[::1]");
    assert_eq!((servers(&config), config.login.user.clone()), (vec!["Redis at [::1]:6379".to_owned()], None));
    assert!(!format!("{config:?}").contains("secret"), "{config:?}");
    assert_eq!(servers(&read("redis://")), ["Redis at localhost:6379"]);
}

#[test]
fn a_socket_of_this_machine_is_a_path() {
    for address in ["redis+unix:///run/redis.sock?database=3", "redis://%2Frun%2Fredis.sock/3"] {
        let config = read(address);
        assert_eq!((servers(&config), config.login.database), (vec!["Redis at /run/redis.sock".to_owned()], 3));
    }
    assert!(refused("redis+unix://run/redis.sock").contains("three slashes"));
}

#[test]
fn those_that_follow_stand_behind_the_first_or_in_an_option() {
    let both = ["Redis at db1:6379", "Redis at db2:7000"];
    assert_eq!(servers(&read("redis://db1,db2:7000")), both);
    assert_eq!(servers(&read("redis://db1?replicas=db2:7000")), both);
    let [one, other] = ["redis://:secret@db1/1", "redis://db2:7000/1"].map(|text| Location::parse(text).unwrap());
    let config = Config::from_place(Place { locations: vec![one, other], ..Place::default() }).unwrap();
    assert_eq!((servers(&config), config.login.database), (both.map(str::to_owned).to_vec(), 1));
}

#[test]
fn what_cannot_work_says_what_to_write_instead() {
    assert!(refused("redis://shop@db1").contains("redis://:password@host"));
    assert!(refused("redis://db1/shop").contains("redis://host/2"));
    assert!(refused("redis://db1/1?database=2").contains("say it once"));
    assert!(refused("redis://:secret@db1?password=other").contains("say it once"));
    assert!(refused("redis://db1/99999999999").contains("from 0 to 15"));
    assert!(refused("redis://db1?response_timeout=0").contains("cannot be 0"));
    assert!(refused("redis://db1?clear_timeout=0").contains("cannot be 0"));
    assert!(refused("redis://db1?tells=everything").contains("\"bus\""));
    assert!(refused("redis://db1?response_timeot=1").contains("`response_timeout`"));
    assert!(refused("redis://db1?tls_ca=/etc/ca.pem").contains("rediss://"));
    assert!(refused("redis://db1?replicas=a/b").contains("db2:6379"));
    assert!(refused("http://db1").contains("redis://"));
    let location = Location::parse("redis://db1").unwrap();
    let place = Place { locations: vec![location], max_entries: Some(1), ..Place::default() };
    assert!(Config::from_place(place).unwrap_err().to_string().contains("maxmemory"));
}

#[test]
#[cfg(not(feature = "tls"))]
fn encryption_that_is_not_in_this_build_is_told_at_once() {
    assert!(refused("rediss://db1").contains("`Cargo.toml` add `tls` to the features of larder"));
}

#[test]
#[cfg(feature = "tls")]
fn a_certificate_comes_with_its_key() {
    assert!(refused("rediss://db1?tls_cert=/a.pem").contains("`tls_key`"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.pem");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----").unwrap();
    let file = file.display();
    let config = read(&format!("rediss://db1?tls_cert={file}&tls_key={file}&tls_ca={file}"));
    assert_eq!(servers(&config), ["Redis at db1:6379"]);
}

#[test]
fn sentinels_are_named_with_what_they_watch_over() {
    let config = read("redis+sentinel://:secret@s1,s2:7000/mymaster/3?sentinel_password=other&read_replicas=true");
    assert_eq!(servers(&config), ["Redis at s1:26379", "Redis at s2:7000"]);
    assert_eq!((config.login.database, config.reads_replicas), (3, true));
    match &config.kind {
        Topology::Sentinel { service, login } => {
            assert_eq!((&service[..], login.password.as_deref()), ("mymaster", Some("other")));
        }
        other => panic!("{other:?}"),
    }
    assert!(!format!("{config:?}").contains("secret") && !format!("{config:?}").contains("other"), "{config:?}");
    assert!(refused("redis+sentinel://s1").contains("/mymaster"));
    assert!(refused("redis+sentinel://s1/mymaster?replicas=db2").contains("no such option"));
}

#[test]
fn a_cluster_has_one_database() {
    let config = read("redis+cluster://db1,db2:7000");
    assert!(matches!(config.kind, Topology::Cluster));
    assert_eq!(servers(&config), ["Redis at db1:6379", "Redis at db2:7000"]);
    assert!(refused("redis+cluster://db1/1").contains("one database"));
    assert!(refused("redis+other://db1").contains("redis+cluster://"));
}

#[test]
#[cfg(feature = "tls")]
fn a_file_of_certificates_that_is_not_there_is_told_at_once() {
    for option in ["tls_ca=/no/such.pem", "tls_cert=/no/such.pem&tls_key=/no/such.pem"] {
        let word = &option[..option.find('=').unwrap()];
        let error = refused(&format!("rediss://:secret@db1?{option}"));
        assert!(error.starts_with(&format!("`{word}`: /no/such.pem cannot be read: ")), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let error = refused(&format!("rediss://db1?tls_ca={}", empty.display()));
    assert!(error.starts_with("`tls_ca`: ") && error.ends_with("is no PEM file of certificates"), "{error}");
}
