//! Under which keys fragments are kept.

use crate::Key;
use crate::key::{KeyPart, KeyWriter, mark};

/// Returns the key of a fragment: of the name and the parts that it was given, in a template or by
/// [`fragment!`](macro@crate::fragment).
///
/// Parts of several types are handed over as `&dyn KeyPart`. What reads alike is one part: `1` and `"1"`, a name and the
/// same text in a template; `None` and `""` are two.
///
/// ```
/// use larder::fragment::fragment_key;
/// use larder::key::KeyPart;
/// use larder::{fragment, testing};
///
/// let larder = testing::isolated();
/// let (user, page) = ("ann", 2);
/// let render = || fragment!("sidebar", user, page; "<ul>");
/// render();
/// let key = fragment_key("sidebar", [&user as &dyn KeyPart, &page]);
/// assert_eq!(key.as_str(), "fragment:sidebar:ann:2");
/// assert!(larder.cache("default").blocking().delete(key)?);
/// # Ok::<(), larder::Error>(())
/// ```
pub fn fragment_key<P: KeyPart>(name: &str, parts: impl IntoIterator<Item = P>) -> Key {
    written(name, parts, |_| {})
}

/// Writes a key that ends in something more.
pub(super) fn written<P: KeyPart>(
    name: &str,
    parts: impl IntoIterator<Item = P>,
    end: impl FnOnce(&mut KeyWriter<'_>),
) -> Key {
    Key::write(const { mark("fragment:<name>:<parts>") }, |key| {
        key.literal("fragment:").text(name);
        for part in parts {
            key.literal(":").part(&part);
        }
        end(key);
    })
}
