//! Servers that want to be spoken to in secret, and are to show who they are.

use std::error::Error as _;

use cache_backends::postgres::Config;
use cache_core::error::{Error, Kind as ErrorKind};
use cache_core::testing::block_on;
use libtest_mimic::Failed;

use crate::kind::{Kind, Store, Test, name};
use crate::servers::{PASSWORD, Server};

pub fn tests<K: Kind>() -> Vec<Test> {
    vec![
        ("a_server_that_shows_who_it_is_is_spoken_to_in_secret", vouched_for::<K>),
        ("a_server_that_nobody_vouches_for_is_refused_in_one_sentence", not_vouched_for::<K>),
        ("a_server_that_wants_secrecy_refuses_who_speaks_openly", open::<K>),
        ("without_a_word_of_it_it_is_secret_where_the_server_can", unsaid::<K>),
    ]
}

/// How far the word for who is to be shown to whom goes.
#[derive(Clone, Copy)]
enum Mode {
    Open,
    Secret,
    Authority,
    Name,
}

fn mode<K: Kind>(mode: Mode) -> &'static str {
    match (K::NAME, mode) {
        ("postgres", Mode::Open) => "sslmode=disable",
        ("postgres", Mode::Secret) => "sslmode=require",
        ("postgres", Mode::Authority) => "sslmode=verify-ca",
        ("postgres", Mode::Name) => "sslmode=verify-full",
        (_, Mode::Open) => "ssl-mode=disabled",
        (_, Mode::Secret) => "ssl-mode=required",
        (_, Mode::Authority) => "ssl-mode=verify_ca",
        (_, Mode::Name) => "ssl-mode=verify_identity",
    }
}

/// What says where the certificate of an authority is.
fn authority<K: Kind>(server: &Server, is_its_own: bool) -> String {
    let word = if K::NAME == "postgres" { "sslrootcert" } else { "ssl-ca" };
    format!("&{word}={}", server.authority(is_its_own))
}

fn store<K: Kind>(url: &str) -> Result<Box<dyn Store>, Error> {
    K::store(Config::new(url)?)
}

fn assert_works(store: &dyn Store) -> Result<(), Failed> {
    store.create_table()?;
    block_on(store.set(&name("key"), b"value", None))?;
    assert_eq!(block_on(store.get(&name("key")))?, Some(b"value".to_vec()));
    Ok(())
}

/// Asks, and returns the sentence that says why there is no answer.
fn refused(store: &dyn Store) -> String {
    let error = block_on(store.get(&name("key"))).expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::Configuration, "to try again is of no use: {error:?}");
    assert!(!error.is_transient());
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    for text in [error.to_string(), format!("{error:?}"), format!("{store:?}"), source] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
    error.to_string()
}

fn vouched_for<K: Kind>() -> Result<(), Failed> {
    let server = K::start_encrypted()?;
    let ours = authority::<K>(&server, true);
    for (host, asked) in [("localhost", Mode::Name), ("localhost", Mode::Authority), ("127.0.0.1", Mode::Authority)] {
        let url = format!("{}?{}{ours}", server.encrypted_url(host), mode::<K>(asked));
        assert_works(&*store::<K>(&url)?)?;
    }
    Ok(())
}

fn not_vouched_for<K: Kind>() -> Result<(), Failed> {
    let server = K::start_encrypted()?;
    let (ours, others) = (authority::<K>(&server, true), authority::<K>(&server, false));
    let wrong_name = ("127.0.0.1", Mode::Name, &*ours);
    for (host, asked, authority) in [("localhost", Mode::Name, &*others), ("localhost", Mode::Name, ""), wrong_name] {
        let url = format!("{}?{}{authority}", server.encrypted_url(host), mode::<K>(asked));
        let sentence = refused(&*store::<K>(&url)?);
        let option = if K::NAME == "postgres" { "`sslrootcert`" } else { "`ssl-ca`" };
        let says = if host == "localhost" {
            option
        } else {
            "its certificate is for another name than that of its host: write the host"
        };
        assert!(sentence.contains("certificate") && sentence.contains(says), "{sentence}");
        assert!(sentence.contains(&format!(" at {host}:")) && !sentence.contains("UnknownIssuer"), "{sentence}");
    }
    Ok(())
}

fn open<K: Kind>() -> Result<(), Failed> {
    let server = K::start_encrypted()?;
    let url = format!("{}?{}", server.encrypted_url("localhost"), mode::<K>(Mode::Open));
    let sentence = refused(&*store::<K>(&url)?);
    assert!(sentence.contains("encrypted"), "{sentence}");
    Ok(())
}

fn unsaid<K: Kind>() -> Result<(), Failed> {
    let server = K::start_encrypted()?;
    let url = server.encrypted_url("localhost");
    assert_works(&*store::<K>(&url)?)?;
    assert_works(&*store::<K>(&format!("{url}?{}", mode::<K>(Mode::Secret)))?)
}
