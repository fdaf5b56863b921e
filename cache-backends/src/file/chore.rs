//! Work for the store's own thread that is done in small steps, so that whoever waits for a lock is looked after between.

use super::client::Folder;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// There is more to do.
    More,
    /// Somebody else holds a lock that is needed.
    Waiting,
    /// It is done, or was given up.
    Done,
}

pub(super) trait Chore: Send {
    /// Does a little of it. Of a drawer it can be asked whether a change of before is still to be made in it.
    fn step(&mut self, folder: &Folder, is_waited_for: &dyn Fn(u8) -> bool) -> Progress;
}
