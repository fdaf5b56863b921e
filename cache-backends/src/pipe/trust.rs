//! What somebody has written down of encryption: whom to trust, and who we are.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use cache_core::error::Error;

use super::server::Tls;
use crate::place::{NO_TLS, Options, WrongOption};

/// More than any file of certificates has.
const MOST: u64 = 16 << 20;

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
        files.into_iter().try_for_each(|(option, path)| check_file(option, path))
    }
}

fn check_file(option: &'static str, path: &Path) -> Result<(), Error> {
    let wrong = |what: String| WrongOption::error(option, format!("`{option}`: {} {what}", path.display()));
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
    // Whoever writes such a file begins each part of it so.
    let begins = b"-----BEGIN ";
    if bytes.windows(begins.len()).any(|window| window == begins) {
        return Ok(());
    }
    Err(wrong(format!("is no PEM file of {}", if option == "tls_key" { "a key" } else { "certificates" })))
}
