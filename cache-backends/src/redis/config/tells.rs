//! [`Tells`]: by which way a store tells of its changes.

use cache_core::error::Error;

/// By which way a store tells of its changes, so that others can keep near what is in it.
///
/// ```
/// use cache_backends::redis::{Config, Tells};
///
/// let config = Config::new("redis://cache1?tells=bus")?;
/// let same = Config::new("redis://cache1")?.tells(Tells::Bus);
/// assert_eq!(format!("{config:?}"), format!("{same:?}"));
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tells {
    /// The server does, of each change, whoever makes it (`CLIENT TRACKING`).
    #[default]
    Tracking,
    /// Each process says what it changes on a channel, and hears what others say there. What anything else than larder changes, and
    /// a process that says nothing, is not heard of.
    Bus,
    /// It does not: what is near is good for its time.
    Nothing,
}

impl Tells {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        match text {
            "tracking" => Ok(Self::Tracking),
            "bus" => Ok(Self::Bus),
            "nothing" => Ok(Self::Nothing),
            _ => Err(Error::configuration(
                "`tells` is \"tracking\" (the server tells of changes), \"bus\" (each process says what it changes) or \"nothing\"",
            )),
        }
    }
}
