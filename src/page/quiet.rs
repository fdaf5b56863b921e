//! Who is not asked for a while, since asking has just failed and there is something older to answer with.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::flights::Name;

/// The pages of one cache whose making has just failed, and until when nobody tries again.
///
/// It stands beside the pages: of one that lives outside, every look makes another copy.
#[derive(Default)]
pub(super) struct Quiet(Mutex<Until>);

#[derive(Default)]
struct Until {
    times: HashMap<Name, u64>,
    /// How many there have to be before those are looked for whose time is over.
    enough: usize,
}

/// How long nobody tries again, in milliseconds.
const QUIET: u64 = 5_000;

/// How many are too few to be tidied up.
const FEW: usize = 64;

impl Quiet {
    fn until(&self) -> MutexGuard<'_, Until> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to keep quiet about a page.
    pub(super) fn begin(&self, name: Name, now: u64) {
        let mut until = self.until();
        if until.times.len() >= until.enough.max(FEW) {
            until.times.retain(|_, until| *until > now);
            until.enough = 2 * until.times.len();
        }
        until.times.insert(name, now.saturating_add(QUIET));
    }

    pub(super) fn is_kept(&self, name: &Name, now: u64) -> bool {
        self.until().times.get(name).is_some_and(|until| now < *until)
    }
}

impl fmt::Debug for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Quiet").field(&self.until().times.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Key;

    #[test]
    fn what_has_been_quiet_for_long_enough_is_forgotten() {
        let quiet = Quiet::default();
        for number in 0..10_000 {
            quiet.begin((0, Key::from(&*format!("page:{number}"))), number * QUIET);
        }
        assert!(quiet.until().times.len() <= FEW);
        let last = (0, Key::from("page:9999"));
        assert!(quiet.is_kept(&last, 10_000 * QUIET - 1) && !quiet.is_kept(&last, 10_000 * QUIET));
    }
}
