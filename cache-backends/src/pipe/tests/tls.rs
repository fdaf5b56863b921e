use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::*;

// Made for these tests, for the name `lines.test` and for a hundred years. The authority's key was thrown away.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pipe/tests/certificates").join(name)
}

/// Answers each line with itself, to those who show a certificate.
fn encrypted() -> Small {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file("authority.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(
            vec![CertificateDer::from_pem_file(file("server.pem")).unwrap()],
            PrivateKeyDer::from_pem_file(file("server.key")).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    Small::new(move |_, peer| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, peer.0.into_inner());
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut bytes) {
            stream.write_all(&bytes[..length]).unwrap();
        }
    })
}

fn known() -> Tls {
    Tls {
        authority: Some(file("authority.pem")),
        own: Some((file("client.pem"), file("client.key"))),
        server_name: Some("lines.test".into()),
    }
}

fn ask_with(tls: Tls) -> Result<String, Error> {
    let pipe = Pipe::new(encrypted().server.encrypted(tls), Lines, limits());
    runtime().block_on(async {
        assert_eq!(ask(&pipe, "1").await?, "1");
        ask(&pipe, &"2".repeat(1 << 20)).await
    })
}

#[test]
fn both_sides_show_their_certificates_and_are_heard() {
    assert_eq!(ask_with(known()).unwrap().len(), 1 << 20);
}

#[test]
fn a_server_that_shows_the_wrong_certificate_is_told_nothing() {
    for (tls, says) in [
        (Tls { authority: None, ..known() }, "of an authority that is not trusted here: `tls_ca` names"),
        (Tls { server_name: None, ..known() }, "and not for `127.0.0.1`: `tls_name` says"),
    ] {
        let error = ask_with(tls).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration, "{error:?}");
        assert!(error.to_string().contains("its certificate is ") && error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_server_that_wants_a_certificate_says_so() {
    let error = ask_with(Tls { own: None, ..known() }).unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration, "{error:?}");
    assert!(error.to_string().contains("`tls_cert` and `tls_key` name one and its key"), "{error}");
    let said = std::error::Error::source(&error).expect("what it has said").to_string();
    assert!(said.contains("CertificateRequired"), "{said}");
}

#[test]
fn files_that_are_not_there_are_named() {
    for name in ["nothing.pem", "server.key"] {
        let error = ask_with(Tls { authority: Some(file(name)), ..known() }).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration, "{error:?}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn whoever_is_not_greeted_asks_about_encryption_also_where_its_own_time_ends_first() {
    let small = Small::new(|_, mut peer| peer.outlast());
    let limits = Limits { timeout: Duration::from_millis(50), ..limits() };
    let pipe = Pipe::new(small.server.clone().encrypted(known()), Lines, limits);
    // No time goes by for the greeting.
    let error = Frozen::new().block_on(ask(&pipe, "1")).unwrap_err();
    assert!(error.to_string().ends_with("not answered within 50ms: does it encrypt at this port?"), "{error}");
}
