//! Redis behind TLS: whoever trusts the authority of its certificate is served, is told of changes, and nobody else says a word.

use std::thread;

use larder::clock::Clock;
use larder::stores::redis::{Config, Redis as Store};
use larder::testing::{self, Isolated, Larder};
use larder::{Error, Kind, Options, Settings};

use crate::faults::{Needed, own, wait};
use crate::servers::{Redis, can_certify};

const ENCRYPTED: &[Needed] = &[("redis-server", Redis::is_installed), ("openssl", can_certify)];

own!(ENCRYPTED =>
    an_encrypted_server_serves_and_tells_who_trusts_its_authority,
    a_server_that_nobody_vouches_for_is_told_no_password,
);

fn caches(url: &str) -> Result<Isolated, Error> {
    let store = Store::new(Config::new(url)?)?;
    testing::isolated_at(Clock::default(), [("default", Settings::backend(store).near(600))])
}

fn trusting(server: &Redis, its_own: bool) -> Result<Larder, String> {
    let larder = caches(&format!("{}?tls_ca={}", server.url(), server.authority(its_own)));
    larder.map(|larder| larder.handle()).map_err(|error| format!("{error:?}"))
}

fn an_encrypted_server_serves_and_tells_who_trusts_its_authority() -> Result<(), String> {
    let server = Redis::setup().encrypted().guarded().start()?;
    let larders = [trusting(&server, true)?, trusting(&server, true)?];
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

fn a_server_that_nobody_vouches_for_is_told_no_password() -> Result<(), String> {
    let server = Redis::setup().encrypted().guarded().start()?;
    let larder = trusting(&server, false)?;
    let cache = larder.cache("default");
    let error = cache.blocking().get::<String>("key").expect_err("a certificate of somebody else");
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("certificate"), "{error:?}");
    let logged_in = server.ask(&["CLIENT", "LIST"])?.concat();
    assert!(!logged_in.contains("name=larder"), "{logged_in}");
    Ok(())
}
