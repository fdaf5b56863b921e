//! Encryption, with rustls.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
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
        Some(rustls::Error::InvalidCertificate(why)) => {
            let repair = match why {
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    "it is for another name, and `tls_name` says which one it is to be for"
                }
                _ => "`tls_ca` names a file of the authorities to trust",
            };
            Unopened::Wrong(format!("its certificate is not one to trust: {repair} ({why:?})"))
        }
        Some(rustls::Error::InvalidMessage(_)) => Unopened::Wrong(
            "it does not encrypt, or not at this port: is the address to begin without the `s` of `rediss` or `memcacheds`?"
                .into(),
        ),
        Some(rustls::Error::AlertReceived(alert)) => {
            Unopened::Wrong(format!("it refuses to encrypt with this client ({alert:?})"))
        }
        _ => Unopened::Io(error),
    }
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
        return Err(Unopened::Wrong("this system trusts no certificates: name a file of authorities".into()));
    }
    Ok(Arc::clone(NATIVE.get_or_init(|| Arc::new(roots))))
}
