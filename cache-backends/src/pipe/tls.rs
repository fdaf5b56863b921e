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

/// Says whether somebody wrote something wrongly, or the connection is to be tried again.
pub(super) fn refused(error: io::Error) -> Unopened {
    let said = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    match said {
        Some(rustls::Error::InvalidCertificate(why)) => Unopened::Wrong(untrusted(why)),
        Some(rustls::Error::InvalidMessage(_)) => Unopened::Wrong(
            "it does not encrypt, or not at this port: is the address to begin without the `s` of `rediss` or `memcacheds`?"
                .into(),
        ),
        Some(rustls::Error::AlertReceived(alert)) => {
            let why = match alert {
                AlertDescription::CertificateRequired => {
                    "it wants a certificate of this client: `tls_cert` and `tls_key` name one and its key"
                }
                AlertDescription::UnknownCA
                | AlertDescription::BadCertificate
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateRevoked
                | AlertDescription::AccessDenied => "it does not take the certificate of this client, `tls_cert`",
                AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion => {
                    "it and this client have no way to encrypt in common"
                }
                AlertDescription::UnrecognisedName => {
                    "it has no certificate for this host: `tls_name` says which name it is to be for"
                }
                _ => "it refuses to encrypt with this client",
            };
            Unopened::Wrong(why.into())
        }
        _ => Unopened::Io(error),
    }
}

/// Says why a certificate is not trusted, and what to write.
fn untrusted(why: &CertificateError) -> String {
    use CertificateError as Why;
    match why {
        Why::NotValidForNameContext { expected, presented } => {
            let names: Vec<_> = presented.iter().map(|name| format!("`{}`", bare(name))).collect();
            let names = if names.is_empty() { "no name".to_owned() } else { names.join(" and ") };
            let expected = expected.to_str();
            format!(
                "its certificate is for {names} and not for `{expected}`: `tls_name` says which name it is to be for, \
                 where that is not the host"
            )
        }
        Why::NotValidForName => {
            "its certificate is for another name: `tls_name` says which one it is to be for".to_owned()
        }
        Why::UnknownIssuer => {
            "its certificate is of an authority that is not trusted here: `tls_ca` names the file of \
                               one to trust, in the place of those of the system"
                .to_owned()
        }
        Why::Expired | Why::ExpiredContext { .. } => "its certificate is out of date".to_owned(),
        Why::NotValidYet | Why::NotValidYetContext { .. } => {
            "its certificate is not valid yet: is the clock of this machine right?".to_owned()
        }
        Why::Revoked => "its certificate was revoked".to_owned(),
        other => {
            format!("its certificate is not one to trust: {other}; `tls_ca` names a file of the authorities to trust")
        }
    }
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
