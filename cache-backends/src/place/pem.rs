//! Files of certificates and keys, as options name them: that they are there is found out before the first call.

use std::fs;
use std::fs::File;
use std::io::Read;

use cache_core::error::Error;

use super::{WrongOption, shown_path};

/// More than any file of certificates has.
const MOST: u64 = 16 << 20;

/// Looks whether the file that an option names is there, and one of its kind. What can be read once only, as a pipe, is left
/// to who needs it.
///
/// # Errors
///
/// With what is wrong with it: to a first call it would look as if the server were away.
pub(crate) fn check_file(option: &str, path: &str) -> Result<(), Error> {
    let wrong = |what: String| WrongOption::error(option, format!("`{option}`: {} {what}", shown_path(path)));
    let unreadable = |error| wrong(format!("cannot be read: {error}"));
    let there = fs::metadata(path).map_err(unreadable)?;
    if !there.is_file() && !there.is_dir() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes)).map_err(unreadable)?;
    // Whoever writes such a file begins each part of it so.
    let begins = b"-----BEGIN ";
    if bytes.windows(begins.len()).any(|window| window == begins) {
        return Ok(());
    }
    Err(wrong(format!("is no PEM file of {}", if option.ends_with("key") { "a key" } else { "certificates" })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(option: &str, path: &str) -> String {
        check_file(option, path).expect_err("it is refused").to_string()
    }

    #[test]
    fn what_is_not_there_or_of_another_kind_is_named_as_a_terminal_can_show_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("empty.pem"), "").unwrap();
        assert!(refused("sslkey", &path("empty.pem")).ends_with("empty.pem is no PEM file of a key"));
        assert!(refused("ssl-ca", &path("empty.pem")).ends_with("empty.pem is no PEM file of certificates"));
        assert!(refused("tls_ca", &path("")).contains(" cannot be read: "));
        let unseen = refused("tls_ca", "/no/\u{1b}[31msuch.pem");
        assert!(unseen.starts_with("`tls_ca`: /no/…[31msuch.pem cannot be read: "), "{unseen}");
        fs::write(path("good.pem"), "as text\n-----BEGIN CERTIFICATE-----\n").unwrap();
        check_file("sslrootcert", &path("good.pem")).unwrap();
    }
}
