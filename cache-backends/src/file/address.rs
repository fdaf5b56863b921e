//! Where the file of an entry is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How many drawers there are: one for each first byte of a digest.
pub(super) const DRAWERS: usize = 256;

const DIGITS: usize = 32;
const END: &str = ".larder";
/// Two digits, a slash, all digits, the end.
const LENGTH: usize = 2 + 1 + DIGITS + END.len();

/// The place of an entry in its store: a drawer, and a file in it. Neither tells anything of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub drawer: u8,
    text: [u8; LENGTH],
}

impl Address {
    pub(super) fn of(name: &[u8]) -> Self {
        let digest = blake3::hash(name);
        let digest = &digest.as_bytes()[..DIGITS / 2];
        let mut text = [b'/'; LENGTH];
        write_hex(&mut text[..2], &digest[..1]);
        write_hex(&mut text[3..3 + DIGITS], digest);
        text[3 + DIGITS..].copy_from_slice(END.as_bytes());
        Self { drawer: digest[0], text }
    }

    /// Returns the path of the file in the store that has this folder.
    pub(super) fn path(&self, folder: &Path) -> PathBuf {
        below(folder, &self.text)
    }
}

/// Returns the path of a drawer in the store that has this folder.
pub(super) fn drawer_path(folder: &Path, drawer: u8) -> PathBuf {
    let mut digits = [0; 2];
    write_hex(&mut digits, &[drawer]);
    below(folder, &digits)
}

/// Returns whether a file of this name in this drawer is that of an entry; all others are somebody else's.
pub(super) fn is_entry(file: &OsStr, drawer: u8) -> bool {
    let Some(digits) = file.to_str().and_then(|name| name.strip_suffix(END)) else { return false };
    let mut first = [0; 2];
    write_hex(&mut first, &[drawer]);
    digits.len() == DIGITS && digits.bytes().all(is_digit) && digits.as_bytes().starts_with(&first)
}

pub(super) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// Joins in one allocation, as a hit has no time for more.
fn below(folder: &Path, text: &[u8]) -> PathBuf {
    let text = str::from_utf8(text).unwrap_or_default();
    let mut path = PathBuf::with_capacity(folder.as_os_str().len() + 1 + text.len());
    path.push(folder);
    path.push(text);
    path
}

fn write_hex(out: &mut [u8], bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (out, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *out = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_always_found_in_the_same_place() {
        let address = Address::of(b"shop:1:key");
        assert_eq!(
            address.path(Path::new("/var/cache")),
            Path::new("/var/cache/3b/3be08191ac33c91724c858d1724f3a69.larder")
        );
        assert_eq!(drawer_path(Path::new("/var/cache"), address.drawer), Path::new("/var/cache/3b"));
    }

    #[test]
    fn names_that_would_leave_the_folder_or_spoil_a_path_are_digits_like_others() {
        for name in [&b"../../etc/passwd"[..], b"/", b"", b"con", &[b'x'; 250], b"A", b"a"] {
            let path = Address::of(name).path(Path::new("folder"));
            let file = path.file_name().expect("a file");
            assert!(is_entry(file, Address::of(name).drawer) && path.components().count() == 3, "{path:?}");
        }
        assert_ne!(Address::of(b"A"), Address::of(b"a"));
    }

    #[test]
    fn files_that_somebody_else_put_there_are_told_from_entries() {
        let name = |name: &str| is_entry(OsStr::new(name), 0xAB);
        let digits = "ab".repeat(16);
        assert!(name(&format!("{digits}.larder")));
        let upper = digits.to_uppercase();
        for foreign in ["", ".larder", "book.larder", "notes.txt", &digits, &format!("{upper}.larder")] {
            assert!(!name(foreign), "{foreign}");
        }
        assert!(!is_entry(OsStr::new(&format!("{digits}.larder")), 0xAC), "it is in a drawer that is not its own");
        assert!(!name(&format!("{digits}ab.larder")) && !name(&format!("{digits}.larder.bak")));
    }
}
