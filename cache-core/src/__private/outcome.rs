//! What a function returns: a value that is kept, or one of two things of which only one is.

use std::convert::Infallible;

/// The kinds of [`Outcome`]: 0 is a plain value, 1 is a `Result`. What a function that is asked for many has for one is 2 or 3:
/// the same, of a value that may be missing.
///
/// A number instead of two traits, since one type parameter can be both and the site has to say which it means; a
/// number, too, because the compiler can work it out from a type behind an alias: see [`super::Probe`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the `Result` that its name promises",
    label = "this must be `core::result::Result`",
    note = "`#[cached]` reads a return type named `Result` as one of which only `Ok` is kept"
)]
pub trait Outcome<const KIND: u8>: Sized {
    /// What is kept.
    type Kept;
    /// What is not.
    type Error;
    /// What a companion takes and hands out: the value itself, also where it may be missing.
    type Given;

    fn split(self) -> Result<Self::Kept, Self::Error>;

    fn join(outcome: Result<Self::Kept, Self::Error>) -> Self;

    /// Returns the value, if it is one that is kept.
    fn kept(&self) -> Option<&Self::Kept>;

    fn keep(given: Self::Given) -> Self::Kept;

    fn give(kept: Self::Kept) -> Option<Self::Given>;
}

impl<T> Outcome<0> for T {
    type Kept = T;
    type Error = Infallible;
    type Given = T;

    fn split(self) -> Result<T, Infallible> {
        Ok(self)
    }

    fn join(outcome: Result<T, Infallible>) -> Self {
        match outcome {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    fn kept(&self) -> Option<&T> {
        Some(self)
    }

    fn keep(given: T) -> T {
        given
    }

    fn give(kept: T) -> Option<T> {
        Some(kept)
    }
}

impl<T, E> Outcome<1> for Result<T, E> {
    type Kept = T;
    type Error = E;
    type Given = T;

    fn split(self) -> Self {
        self
    }

    fn join(outcome: Self) -> Self {
        outcome
    }

    fn kept(&self) -> Option<&T> {
        self.as_ref().ok()
    }

    fn keep(given: T) -> T {
        given
    }

    fn give(kept: T) -> Option<T> {
        Some(kept)
    }
}

impl<T> Outcome<2> for Option<T> {
    type Kept = Self;
    type Error = Infallible;
    type Given = T;

    fn split(self) -> Result<Self, Infallible> {
        Ok(self)
    }

    fn join(outcome: Result<Self, Infallible>) -> Self {
        Outcome::<0>::join(outcome)
    }

    fn kept(&self) -> Option<&Self> {
        Some(self)
    }

    fn keep(given: T) -> Self {
        Some(given)
    }

    fn give(kept: Self) -> Self {
        kept
    }
}

impl<T, E> Outcome<3> for Result<Option<T>, E> {
    type Kept = Option<T>;
    type Error = E;
    type Given = T;

    fn split(self) -> Self {
        self
    }

    fn join(outcome: Self) -> Self {
        outcome
    }

    fn kept(&self) -> Option<&Option<T>> {
        self.as_ref().ok()
    }

    fn keep(given: T) -> Option<T> {
        Some(given)
    }

    fn give(kept: Option<T>) -> Option<T> {
        kept
    }
}

/// A value that may be nothing.
#[diagnostic::on_unimplemented(
    message = "`none_ttl` is for functions that return an `Option`, and this value is `{Self}`",
    label = "this is never `None`",
    note = "remove `none_ttl`, or return `Option<{Self}>`"
)]
pub trait Nullable {
    fn is_none(&self) -> bool;
}

impl<T> Nullable for Option<T> {
    fn is_none(&self) -> bool {
        Option::is_none(self)
    }
}
