//! Folders and files that others cannot read, whatever the mask of the process.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder and those above it that are missing, each for its owner alone. Those that are there keep their rights.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    match for_owner(&mut DirBuilder::new()).create(path) {
        Ok(()) => own(path, 0o700),
        // Another process was first; or a file is in the way.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a file that nobody else can read, and makes it where the options say so.
pub(super) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<fs::File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
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

/// Returns whether a file that is open has no name any more.
#[cfg(unix)]
pub(super) fn is_removed(file: &fs::File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.nlink() == 0)
}

#[cfg(not(unix))]
pub(super) fn is_removed(_: &fs::File) -> io::Result<bool> {
    Ok(false)
}
