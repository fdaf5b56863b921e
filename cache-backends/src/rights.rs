//! Folders and files that others cannot read, whatever the mask of the process.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder and those above it that are missing, each for its owner alone. Those that are there keep their rights.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_folder(parent)?;
    }
    match for_owner(&mut DirBuilder::new()).create(path) {
        Ok(()) => own(path, 0o700),
        // Another process was first; or a file is in the way.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a file that nobody else can read, and makes it where the options say so. It follows no link: whoever could put one
/// there would choose a file of this process's owner to be written over.
pub(crate) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<fs::File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options.open(path)
}

/// Opens a file to read it. Where somebody has put a pipe in its place, nobody is waited for at its other end.
#[cfg(feature = "file")]
pub(crate) fn open_to_read(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.read(true).open(path)
}

/// Returns whether a link was met where none is followed.
#[cfg(all(feature = "file", unix))]
pub(crate) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

#[cfg(all(feature = "file", not(unix)))]
pub(crate) fn is_link(_: &io::Error) -> bool {
    false
}

#[cfg(unix)]
fn for_owner(builder: &mut DirBuilder) -> &mut DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    builder.mode(0o700)
}

/// What the mask took from the owner comes back: with it, a store would be shut to the next call.
#[cfg(unix)]
fn own(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn for_owner(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

#[cfg(not(unix))]
fn own(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
