//! Stores on servers that encrypt, by their addresses: who the server is has to be shown, and what is wrong is said.

use std::error::Error as _;

use larder::testing::Isolated;
use larder::{Error, Kind, Options, Settings, builder};

use super::{Needed, load};
use crate::servers::{PASSWORD, Server, can_certify};

const OPENSSL: Needed = ("openssl", can_certify);

/// Makes caches of a process, as a configuration describes them that has this address.
fn caches(url: &str, near: impl Fn(Settings) -> Settings) -> Result<Isolated, Error> {
    let (_, settings) = builder().cache_at("default", url)?.settings()?.pop().expect("a cache that was described");
    load::caches(near(settings))
}

/// Keeps and finds something in a cache at an address.
fn keep(url: &str) -> Result<(), Error> {
    let larder = caches(url, |settings| settings)?;
    let cache = larder.cache("default");
    cache.blocking().set("key", "value".to_owned(), Options::ttl(60))?;
    assert_eq!(cache.blocking().get("key")?, Some("value".to_owned()));
    assert!(cache.blocking().delete("key")?);
    Ok(())
}

/// Returns what is said of an address at which nothing can be kept, with all that it is about.
fn refused(url: &str) -> String {
    let error = keep(url).expect_err("nobody is told anything");
    assert_eq!(error.kind(), Kind::Configuration, "{error:?}");
    assert!(!error.is_transient(), "it does not become right by itself");
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    for text in [error.to_string(), format!("{error:?}"), source] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
    error.to_string()
}

fn works(url: &str, server: &Server) -> Result<(), String> {
    let ours = server.authority(true);
    let by_number = url.replace("localhost", "127.0.0.1");
    for url in [format!("{url}?tls_ca={ours}"), format!("{by_number}?tls_ca={ours}&tls_name=localhost")] {
        keep(&url).map_err(|error| format!("{url}: {error:?}"))?;
    }
    Ok(())
}

fn is_refused(url: &str, server: &Server) {
    let (ours, others) = (server.authority(true), server.authority(false));
    for authority in [String::new(), format!("&tls_ca={others}")] {
        let said = refused(&format!("{url}?response_timeout=20s{authority}"));
        assert!(said.contains("certificate") && said.contains("`tls_ca`"), "{said}");
        assert!(!said.contains("UnknownIssuer"), "that is no word for people: {said}");
    }
    let said = refused(&format!("{url}?tls_ca={ours}&tls_name=cache.example"));
    assert!(said.contains("its certificate is for `localhost`"), "{said}");
    assert!(said.contains("not for `cache.example`") && said.contains("`tls_name`"), "{said}");
    assert!(!said.contains("DnsName") && !said.contains('('), "that is no word for people: {said}");
}

#[cfg(feature = "redis")]
pub mod redis {
    use std::thread;

    use larder::Options;

    use super::super::load::wait;
    use super::super::{Needed, own};
    use super::{OPENSSL, caches, is_refused, keep, works};
    use crate::servers::Redis;

    const REDIS: &[Needed] = &[("redis-server", Redis::is_installed), OPENSSL];

    own!(REDIS =>
        redis_that_shows_who_it_is_is_spoken_to_in_secret,
        redis_that_shows_who_it_is_tells_of_changes_in_secret,
        redis_that_nobody_vouches_for_is_refused_with_what_to_do_and_is_told_no_password,
        redis_that_does_not_encrypt_is_asked_whether_it_does,
    );

    fn start() -> Result<Redis, String> {
        Redis::setup().guarded().encrypted().start()
    }

    fn redis_that_shows_who_it_is_is_spoken_to_in_secret() -> Result<(), String> {
        let server = start()?;
        works(&server.url(), &server)
    }

    fn redis_that_shows_who_it_is_tells_of_changes_in_secret() -> Result<(), String> {
        let server = start()?;
        let url = format!("{}?tls_ca={}", server.url(), server.authority(true));
        let process = || caches(&url, |settings| settings.near(600)).map_err(|error| format!("{error:?}"));
        let larders = [process()?.handle(), process()?.handle()];
        let [one, other] = larders.each_ref().map(|larder| larder.cache("default"));
        let found = || other.blocking().get::<String>("key").expect("a store that works");
        for value in ["one", "two"] {
            one.blocking().set("key", value.to_owned(), Options::forever()).map_err(|error| format!("{error:?}"))?;
            let before = other.stats().near_hits;
            wait("the value is near", || {
                let is_there = found().as_deref() == Some(value);
                thread::yield_now();
                is_there && other.stats().near_hits > before
            });
        }
        Ok(())
    }

    fn redis_that_nobody_vouches_for_is_refused_with_what_to_do_and_is_told_no_password() -> Result<(), String> {
        let server = start()?;
        is_refused(&server.url(), &server);
        let logged_in = server.ask(&["CLIENT", "LIST"])?.concat();
        assert!(!logged_in.contains("name=larder"), "{logged_in}");
        Ok(())
    }

    fn redis_that_does_not_encrypt_is_asked_whether_it_does() -> Result<(), String> {
        let server = Redis::setup().on_port().start()?;
        let url = server.url().replace("redis:", "rediss:") + "?response_timeout=500ms";
        let error = keep(&url).expect_err("it waits for the rest of a command");
        assert!(error.to_string().ends_with("has not answered within 500ms: does it encrypt at this port?"), "{error}");
        Ok(())
    }
}

#[cfg(feature = "memcached")]
pub mod memcached {
    use super::super::{Needed, own};
    use super::{OPENSSL, is_refused, refused, works};
    use crate::servers::Memcached;

    const MEMCACHED: &[Needed] = &[("memcached with encryption", Memcached::can_encrypt), OPENSSL];

    own!(MEMCACHED =>
        memcached_that_shows_who_it_is_is_spoken_to_in_secret,
        memcached_that_nobody_vouches_for_is_refused_with_what_to_do,
        memcached_that_does_not_encrypt_is_refused_with_what_to_do,
    );

    fn memcached_that_shows_who_it_is_is_spoken_to_in_secret() -> Result<(), String> {
        let server = Memcached::setup().encrypted().start()?;
        works(&server.encrypted_url(), &server)
    }

    fn memcached_that_nobody_vouches_for_is_refused_with_what_to_do() -> Result<(), String> {
        let server = Memcached::setup().encrypted().start()?;
        is_refused(&server.encrypted_url(), &server);
        Ok(())
    }

    fn memcached_that_does_not_encrypt_is_refused_with_what_to_do() -> Result<(), String> {
        let server = Memcached::setup().on_port().start()?;
        let said = refused(&server.url().replace("memcached:", "memcacheds:"));
        assert!(said.contains("does not encrypt"), "{said}");
        Ok(())
    }
}
