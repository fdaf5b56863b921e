//! What `#[updates]` is told of a page: it cannot be put there.

use std::future::{Ready, ready};

/// The pages of a handler, where somebody wants to put a value in the place of one: that does not compile.
#[derive(Clone, Copy, Debug)]
pub struct Unwritten;

/// A value that could stand in the place of a page; there is none.
#[diagnostic::on_unimplemented(
    message = "a page is made by its handler, and nothing else is put in its place",
    label = "names the pages of a handler",
    note = "to have them made anew, write `#[invalidates(…)]`"
)]
pub trait Written {}

impl Unwritten {
    /// Takes what is put, as the companions of functions do.
    pub fn update<E, V: Written>(self, _: &str, _: E, _: V) -> Ready<()> {
        ready(())
    }

    /// Does the same, and blocks.
    pub fn update_blocking<E, V: Written>(self, _: &str, _: E, _: V) {}

    /// Begins to watch.
    #[must_use]
    pub fn since<T>(self) -> T {
        unreachable!("what would watch for it does not compile")
    }
}
