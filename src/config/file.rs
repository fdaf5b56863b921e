//! Where the file of configuration is.

#[cfg(feature = "toml")]
use std::path::Path;
use std::path::PathBuf;

use cache_core::error::Error;

use super::variables::CONFIG;

/// What it is called where nobody says so.
pub(super) const USUAL: &str = "larder.toml";

/// Returns the file that is to be read: the one that is named, else the usual one if it is there.
pub(super) fn discovered(named: Option<&str>) -> Result<Option<PathBuf>, Error> {
    match named.map(PathBuf::from) {
        // What is no plain file may be read too: `/dev/null` says nothing, and a shell hands over pipes.
        Some(path) if path.is_dir() => {
            let sentence = format!("{CONFIG}: {} is a folder: write the path of a file", path.display());
            Err(Error::configuration(sentence))
        }
        Some(path) if path.exists() => Ok(Some(path)),
        Some(path) => {
            let sentence = format!("{CONFIG}: there is no file {}", path.display());
            Err(Error::configuration(sentence))
        }
        None => Ok(Some(PathBuf::from(USUAL)).filter(|path| path.exists())),
    }
}

/// Reads a file of configuration.
#[cfg(feature = "toml")]
pub(super) fn read(path: &Path) -> Result<String, Error> {
    use std::io::Read;

    /// One byte more than a configuration may have, so that it is seen.
    const MOST: u64 = (1 << 20) + 1;
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| {
        let sentence = format!("{}: this cannot be read: {error}", path.display());
        Error::configuration(sentence).with_source(error)
    })
}
