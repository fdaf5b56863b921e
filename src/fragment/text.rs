//! The text of a fragment, as it is kept and handed out.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use cache_core::policy::at_most;
use cache_core::registry::clock;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::entry::{self, Hearing, Wishes};
use crate::{Key, Ttl};

/// The text of a fragment: as it was rendered, or as it was kept.
///
/// It reads like a `str`, and a copy of it is one more hand on the same text. In a template of askama it stands as it is: it
/// was escaped when it was rendered.
///
/// ```standalone_crate
/// use larder::{fragment, testing};
///
/// let _larder = testing::isolated();
/// let sidebar = fragment!("sidebar"; "<ul></ul>");
/// assert_eq!((&*sidebar, sidebar.len()), ("<ul></ul>", 9));
/// assert_eq!(format!("<nav>{sidebar}</nav>"), "<nav><ul></ul></nav>");
/// assert_eq!(String::from(sidebar), "<ul></ul>");
/// ```
#[derive(Clone)]
pub struct Text(Arc<Kept>);

/// What is kept of a fragment: who has it in a result of their own has to know when that ends.
#[derive(Serialize, Deserialize)]
struct Kept {
    text: Box<str>,
    /// By the clock on the wall, in milliseconds; `None` where it never ends by itself.
    until: Option<u64>,
}

/// What is known of a text before it is there.
pub(super) struct Making {
    tags: Vec<Key>,
    ttl: Ttl,
    /// The time of its cache.
    usual: Ttl,
    /// What its fragment stands in.
    around: Option<Hearing>,
}

impl Making {
    pub(super) fn new(tags: Vec<Key>, ttl: Ttl, usual: Ttl) -> Self {
        Self { tags, ttl, usual, around: Hearing::here() }
    }

    pub(super) fn tags(&self) -> &[Key] {
        &self.tags
    }

    /// Makes the text, at the end of the body that has rendered it.
    pub(super) fn text(&self, text: impl Into<Box<str>>) -> Text {
        Text(Arc::new(Kept { text: text.into(), until: self.until(&self.wishes()) }))
    }

    /// Returns what the body has said of its text. Where nothing is kept of that, it has spoken of what it stands in.
    fn wishes(&self) -> Wishes {
        let own = Hearing::here().filter(|own| !self.around.as_ref().is_some_and(|around| around.is(own)));
        own.map(|own| own.wishes()).unwrap_or_default()
    }

    fn until(&self, wishes: &Wishes) -> Option<u64> {
        let now = clock().coarse_wall_millis();
        let most = if wishes.discard { Duration::ZERO } else { wishes.at_most.unwrap_or(Duration::MAX) };
        match at_most(wishes.ttl.unwrap_or(self.ttl), self.usual, most) {
            Ttl::For(time) if time < Duration::MAX => Some(now.saturating_add(millis(time))),
            _ => None,
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Text {
    /// Tells what it is put into, if anything is being loaded here, that it lasts no longer. That it goes with its tags
    /// too is so of whatever is read.
    pub(super) fn tell_around(&self) {
        if let Some(until) = self.0.until {
            entry::keep_at_most(Duration::from_millis(until.saturating_sub(clock().coarse_wall_millis())));
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        (*text).to_owned()
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Kept::deserialize(deserializer).map(|kept| Self(Arc::new(kept)))
    }
}
