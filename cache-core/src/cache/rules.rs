//! What a caller says of its values: how long, which, and what becomes of failures.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use super::inherit::hand_on_of;
use crate::error::Error;
use crate::policy::{Options, Ttl};
use crate::record::Erased;
use crate::value::Keep;

/// What a site, or a caller by hand, says of the values it loads.
#[derive(Debug)]
pub struct Rules<V, E> {
    pub(crate) keep: Keep<V>,
    pub(crate) options: Options,
    /// How an error is handed to all who waited; missing where it cannot be copied.
    pub(crate) share: Option<Share<E>>,
    /// Which values are kept.
    pub(crate) when: Option<fn(&V) -> bool>,
    /// Which values say that there is none, and are not kept for that.
    pub(crate) absent: Option<fn(&V) -> bool>,
    /// How long a value is kept, by the value.
    pub(crate) ttl_with: Option<fn(&V) -> Duration>,
    /// How long a value that is nothing is kept.
    pub(crate) none_ttl: Option<NoneTtl<V>>,
    /// Which errors are kept, and how long.
    pub(crate) error_ttl: Option<ErrorTtl<E>>,
    /// How trouble of the cache becomes an error of the function.
    pub(crate) trouble: Option<fn(Error) -> E>,
    /// Whether trouble of the store is such trouble.
    pub(crate) strict: bool,
}

/// How an error of type `E` is handed to several callers.
#[derive(Debug)]
pub struct Share<E> {
    pub(crate) wrap: fn(&E) -> Arc<dyn Any + Send + Sync>,
    pub(crate) read: fn(&(dyn Any + Send + Sync)) -> Option<E>,
}

impl<E: Clone + Send + Sync + 'static> Share<E> {
    /// Shares an error by its own `Clone`.
    pub const BY_CLONE: Self =
        Self { wrap: |error| Arc::new(error.clone()), read: |error| error.downcast_ref::<E>().cloned() };
}

/// How long a value that is nothing is kept.
#[derive(Debug)]
pub struct NoneTtl<V> {
    pub(crate) is_none: fn(&V) -> bool,
    pub(crate) time: Duration,
}

/// Which errors are kept, and how long.
#[derive(Debug)]
pub struct ErrorTtl<E> {
    pub(crate) keep: Keep<E>,
    pub(crate) choose: fn(&E) -> Option<Duration>,
}

impl<V, E> Rules<V, E> {
    /// Rules for values that are all kept the same.
    pub(crate) fn new(keep: Keep<V>, options: Options) -> Self {
        Self {
            keep: kept_with(keep, &options),
            options,
            share: None,
            when: None,
            absent: None,
            ttl_with: None,
            none_ttl: None,
            error_ttl: None,
            trouble: None,
            strict: false,
        }
    }

    /// Returns whether a value is worth keeping.
    pub(crate) fn wants(&self, value: &V) -> bool {
        !self.is_absent(value) && self.when.is_none_or(|when| when(value))
    }

    /// Returns whether a value says that there is none, where that is not kept.
    pub(crate) fn is_absent(&self, value: &V) -> bool {
        self.absent.is_some_and(|absent| absent(value))
    }

    /// Returns the options for one value: what its body wished for goes before what follows from the value, and that
    /// before what is said of all.
    pub(crate) fn options_for(&self, value: &V, wish: Option<Ttl>) -> Options {
        let none = || self.none_ttl.filter(|none| (none.is_none)(value)).map(|none| Ttl::For(none.time));
        let by_value = || self.ttl_with.map(|ttl_with| Ttl::For(ttl_with(value)));
        let ttl = wish.or_else(none).or_else(by_value);
        ttl.map_or(self.options, |ttl| self.options.with_ttl(ttl))
    }

    /// Reads a value, or an error that was kept like one; `None` when the record holds something else. What is made of
    /// it gets its tags.
    #[inline]
    pub(crate) fn read(&self, record: &Erased) -> Option<Result<V, E>> {
        hand_on_of(record);
        if record.is_failure() {
            return self.error_ttl.and_then(|kept| (kept.keep.read)(record)).map(Err);
        }
        (self.keep.read)(record).map(Ok)
    }

    /// Returns whether [`read`](Self::read) would find something, without copying it.
    pub(crate) fn reads(&self, record: &Erased) -> bool {
        let readable = if record.is_failure() { self.error_ttl.map(|kept| kept.keep.of) } else { Some(self.keep.of) };
        readable == Some(record.value.type_id())
    }
}

/// Says how a value is kept with these options: whoever loads ahead of an end asks for what only a record knows, which is the lead
/// that was drawn and until when it is left alone; and, of small values, when they were made.
pub(super) fn kept_with<V>(mut keep: Keep<V>, options: &Options) -> Keep<V> {
    keep.is_plain &= !options.looks_ahead();
    keep
}

/// Function pointers can be copied whatever they point at; a derive would ask it of the values too.
macro_rules! copy_whatever_it_speaks_of {
    ($($of:ident<$($over:ident),+>)*) => {$(
        impl<$($over),+> Clone for $of<$($over),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($over),+> Copy for $of<$($over),+> {}
    )*};
}

copy_whatever_it_speaks_of! { Rules<V, E> Share<E> NoneTtl<V> ErrorTtl<E> }
