//! What somebody has written down of encryption: whom to trust, and who we are.

use std::path::PathBuf;

use cache_core::error::Error;

use super::server::Tls;
use crate::place::{NO_TLS, Options, check_file};

impl Tls {
    /// Reads how connections are encrypted, if they are; `scheme` is what an address begins with where they are.
    ///
    /// # Errors
    ///
    /// With what is written wrongly, and with a file that cannot be read: nobody is to find that out by the first call.
    pub(crate) fn read(is_encrypted: bool, scheme: &str, options: &mut Options) -> Result<Option<Self>, Error> {
        let authority = options.text("tls_ca")?.map(PathBuf::from);
        let [certificate, key] = [options.text("tls_cert")?, options.text("tls_key")?];
        let server_name = options.text("tls_name")?;
        let own = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => {
                return Err(Error::configuration(
                    "`tls_cert` and `tls_key` are named together: a certificate, and the key to it",
                ));
            }
        };
        let is_named = authority.is_some() || own.is_some() || server_name.is_some();
        if is_named && !is_encrypted {
            return Err(Error::configuration(format!("an encrypted connection begins with `{scheme}://`")));
        }
        if !is_encrypted {
            return Ok(None);
        }
        if !cfg!(feature = "tls") {
            return Err(Error::configuration(NO_TLS));
        }
        let tls = Self { authority, own, server_name };
        tls.check_files().map(|()| Some(tls))
    }

    fn check_files(&self) -> Result<(), Error> {
        let own = self.own.iter().flat_map(|(certificate, key)| [("tls_cert", certificate), ("tls_key", key)]);
        let files = self.authority.iter().map(|authority| ("tls_ca", authority)).chain(own);
        files.into_iter().try_for_each(|(option, path)| check_file(option, &path.to_string_lossy()))
    }
}
