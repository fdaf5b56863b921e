//! Stores on servers that encrypt, by their addresses: who the server is has to be shown, and what is wrong is said.

use std::error::Error as _;

use larder::{Error, Kind, Options, builder, testing};

use super::{Needed, own};
use crate::servers::{Memcached, PASSWORD, Redis, Server, can_certify};

const OPENSSL: Needed = ("openssl", can_certify);
const BOTH: &[Needed] =
    &[("redis-server", Redis::is_installed), ("memcached with encryption", Memcached::can_encrypt), OPENSSL];

own!(BOTH =>
    redis_that_shows_who_it_is_is_spoken_to_in_secret,
    memcached_that_shows_who_it_is_is_spoken_to_in_secret,
    redis_that_nobody_vouches_for_is_refused_with_what_to_do,
    memcached_that_nobody_vouches_for_is_refused_with_what_to_do,
    memcached_that_does_not_encrypt_is_refused_with_what_to_do,
);

/// Keeps and finds something in a cache at an address.
fn keep(url: &str) -> Result<(), Error> {
    let settings = builder().cache_at("default", url)?.settings()?;
    let larder = testing::isolated_with(settings.iter().map(|(name, settings)| (name.as_str(), settings.clone())))?;
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
    }
    let said = refused(&format!("{url}?tls_ca={ours}&tls_name=cache.example"));
    assert!(said.contains("certificate") && said.contains("`tls_name`"), "{said}");
}

fn redis_that_shows_who_it_is_is_spoken_to_in_secret() -> Result<(), String> {
    let server = Redis::setup().guarded().encrypted().start()?;
    works(&server.url(), &server)
}

fn memcached_that_shows_who_it_is_is_spoken_to_in_secret() -> Result<(), String> {
    let server = Memcached::setup().encrypted().start()?;
    works(&server.encrypted_url(), &server)
}

fn redis_that_nobody_vouches_for_is_refused_with_what_to_do() -> Result<(), String> {
    let server = Redis::setup().guarded().encrypted().start()?;
    is_refused(&server.url(), &server);
    Ok(())
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
