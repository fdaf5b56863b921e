//! Bodies that run once.
//!
//! The compiler takes a closure that is called where it stands for one that can be called again, unless it goes through
//! a function that says otherwise; and only one that is called once may hand out what it borrows from a `&mut` of its own.

/// Says of a body that it is called once.
#[inline(always)]
pub fn once<R, F: FnOnce() -> R>(body: F) -> F {
    body
}

/// Says the same of one that is awaited.
#[inline(always)]
pub fn once_async<R, F: AsyncFnOnce() -> R>(body: F) -> F {
    body
}
