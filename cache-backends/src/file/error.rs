//! What a file system says, as a sentence.

use std::error::Error as _;
use std::io;
use std::path::Path;

use cache_core::error::{Error, Kind};

use crate::rights::is_link;

/// Says what cannot be done, where, and what to do about it.
pub(super) fn cannot(what: &str, path: &Path, source: io::Error) -> Error {
    let repair = match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": give the user of this program the right to, or the store another folder"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            ": there is no room; make some, or give the store a smaller `max_bytes`"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            ": a file is where a folder is to be; move it away"
        }
        _ if is_link(&source) => ": a link is where a file is to be, and is not followed; remove it",
        _ => "",
    };
    Error::new(Kind::Store, format!("cannot {what} `{}`{repair}", path.display())).with_source(source)
}

/// Returns whether the folder went away under the hands of whoever wrote into it.
pub(super) fn is_lost(error: &Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|source| source.kind() == io::ErrorKind::NotFound)
}
