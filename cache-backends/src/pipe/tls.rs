//! Encryption, with rustls.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::server::{Address, Server, Tls};
use super::socket::Unopened;
use crate::distrust::Distrust;

pub(super) type Encrypted = TlsStream<TcpStream>;

impl Tls {
    /// Encrypts a connection. Files are read anew each time, as certificates are exchanged while a program runs.
    pub(super) async fn encrypt(&self, server: &Server, stream: TcpStream) -> Result<Encrypted, Unopened> {
        let name = self.name(server)?;
        let tls = self.clone();
        let config = spawn_blocking(move || tls.config()).await.map_err(io::Error::other)??;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(refused)
    }

    fn name(&self, server: &Server) -> Result<ServerName<'static>, Unopened> {
        let name = match (&self.server_name, &server.address) {
            (Some(name), _) => name.clone(),
            (None, Address::Tcp(host, _)) => host.to_string(),
            (None, Address::Unix(_)) => String::new(),
        };
        ServerName::try_from(name).map_err(|_| Unopened::Wrong("no certificate can be for a name like this".into()))
    }

    fn config(&self) -> Result<ClientConfig, Unopened> {
        let roots = match &self.authority {
            Some(path) => Arc::new(read_roots(path)?),
            None => native_roots()?,
        };
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&error))?
            .with_root_certificates(roots);
        match &self.own {
            Some((certificate, key)) => config.with_client_auth_cert(read_chain(certificate)?, read_key(key)?),
            None => return Ok(config.with_no_client_auth()),
        }
        .map_err(|error| wrong(&error))
    }
}

/// Says whether one end does not take the other, or the connection is to be tried again.
pub(super) fn refused(error: io::Error) -> Unopened {
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage};
    match said_in(&error) {
        Some(InvalidCertificate(_) | InvalidMessage(_) | AlertReceived(_)) => Unopened::Refused(error),
        _ => Unopened::Io(error),
    }
}

fn said_in(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// Says why one end does not take the other, and what to write. Whether this end shows a certificate decides what an alarm of
/// the other means.
pub(super) fn reason(error: &io::Error, shows_own: bool) -> String {
    match said_in(error) {
        Some(rustls::Error::InvalidCertificate(why)) => untrusted(why),
        Some(rustls::Error::AlertReceived(alert)) => alarmed(*alert, shows_own).to_owned(),
        _ => "it does not encrypt, or not at this port: is the address to begin without the `s` of `rediss` or \
              `memcacheds`?"
            .to_owned(),
    }
}

/// Says what it means that the other end has refused this one.
fn alarmed(alert: AlertDescription, shows_own: bool) -> &'static str {
    match alert {
        AlertDescription::CertificateRequired => WANTED,
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::AccessDenied => {
            if shows_own {
                "it does not take the certificate of this client, `tls_cert`"
            } else {
                WANTED
            }
        }
        // Before TLS 1.3, one that wants a certificate says no more than this.
        AlertDescription::HandshakeFailure if !shows_own => {
            "it and this client have no way to encrypt in common, or it wants a certificate of this client: `tls_cert` \
             and `tls_key`"
        }
        AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion => {
            "it and this client have no way to encrypt in common"
        }
        AlertDescription::UnrecognisedName => {
            "it has no certificate for this host: `tls_name` says which name it is to be for"
        }
        _ => "it refuses to encrypt with this client",
    }
}

const WANTED: &str = "it wants a certificate of this client: `tls_cert` and `tls_key` name one and its key";

/// How many names of a certificate stand in a message: one may have hundreds.
const MOST_NAMES: usize = 3;

/// Says why a certificate is not trusted, and what to write.
fn untrusted(why: &CertificateError) -> String {
    use CertificateError as Why;
    let distrust = match why {
        Why::NotValidForNameContext { expected, presented } => Distrust::Name(
            format!("{} and not for `{}`", named(presented), expected.to_str()),
            "`tls_name` says which name it is to be for, where that is not the host",
        ),
        Why::NotValidForName => Distrust::Name("another name".to_owned(), "`tls_name` says which one it is to be for"),
        Why::UnknownIssuer => Distrust::Authority("tls_ca"),
        Why::Expired | Why::ExpiredContext { .. } => Distrust::Late,
        Why::NotValidYet | Why::NotValidYetContext { .. } => Distrust::Early,
        Why::Revoked => Distrust::Revoked,
        other => {
            let names = "`tls_ca` names a file of the authorities to trust";
            return format!("its certificate is not one to trust: {other}; {names}");
        }
    };
    format!("its certificate is {distrust}")
}

/// Returns the names that a certificate is for, or the first of them.
fn named(presented: &[String]) -> String {
    let mut names: Vec<_> = presented.iter().take(MOST_NAMES).map(|name| format!("`{}`", bare(name))).collect();
    if presented.len() > MOST_NAMES {
        names.push("others".to_owned());
    }
    if names.is_empty() { "no name".to_owned() } else { names.join(" and ") }
}

/// Returns a name without what says of which kind it is: `DnsName("localhost")`.
fn bare(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"')
}

fn wrong(error: &rustls::Error) -> Unopened {
    Unopened::Wrong(format!("its encryption cannot be set up: {error}"))
}

fn unreadable(path: &Path) -> Unopened {
    Unopened::Wrong(format!("{} cannot be read, or is no PEM file of what it is to hold", path.display()))
}

fn read_roots(path: &Path) -> Result<RootCertStore, Unopened> {
    let mut roots = RootCertStore::empty();
    for certificate in read_chain(path)? {
        roots.add(certificate).map_err(|_| unreadable(path))?;
    }
    Ok(roots)
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, Unopened> {
    let chain = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| unreadable(path))
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Unopened> {
    PrivateKeyDer::from_pem_file(path).map_err(|_| unreadable(path))
}

/// Returns what this system trusts. It is read once: there is much of it.
fn native_roots() -> Result<Arc<RootCertStore>, Unopened> {
    static NATIVE: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = NATIVE.get() {
        return Ok(Arc::clone(roots));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Unopened::Wrong("this system trusts no certificates: `tls_ca` names a file of authorities".into()));
    }
    Ok(Arc::clone(NATIVE.get_or_init(|| Arc::new(roots))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: rustls::Error, shows_own: bool) -> String {
        match refused(io::Error::new(io::ErrorKind::InvalidData, error)) {
            Unopened::Refused(error) => reason(&error, shows_own),
            _ => panic!("nothing is to be tried again"),
        }
    }

    #[test]
    fn a_server_that_refuses_may_want_a_certificate_of_who_shows_none() {
        use AlertDescription::{BadCertificate, CertificateRequired, HandshakeFailure};
        for (alert, shows_own, wants) in [
            (CertificateRequired, false, true),
            (HandshakeFailure, false, true),
            (HandshakeFailure, true, false),
            (BadCertificate, false, true),
            (BadCertificate, true, false),
        ] {
            let told = told(rustls::Error::AlertReceived(alert), shows_own);
            assert_eq!(
                told.contains("it wants a certificate of this client: `tls_cert` and `tls_key`"),
                wants,
                "{told}"
            );
            assert_eq!(told.contains("does not take"), alert == BadCertificate && shows_own, "{told}");
        }
    }

    #[test]
    fn of_a_certificate_for_many_names_three_are_told() {
        let name = |number: usize| format!("DnsName(\"host{number}\")");
        let expected = ServerName::try_from("cache.example").unwrap();
        let why = CertificateError::NotValidForNameContext { expected, presented: (1..=500).map(name).collect() };
        let told = told(rustls::Error::InvalidCertificate(why), false);
        let start = "its certificate is for `host1` and `host2` and `host3` and others and not for `cache.example`: ";
        assert!(told.starts_with(start), "{told}");
    }
}
