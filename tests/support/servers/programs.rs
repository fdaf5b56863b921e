//! Where the programs of servers are.

use std::fs;
use std::path::PathBuf;

/// Returns where programs are: those that only root needs, and those of PostgreSQL, are outside of the path.
pub(super) fn folders() -> impl Iterator<Item = PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort_unstable();
    let path: Vec<_> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let others = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    versions.into_iter().rev().chain(path).chain(others)
}

/// Finds a program by its name.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    folders().map(|folder| folder.join(name)).find(|program| program.is_file())
}
