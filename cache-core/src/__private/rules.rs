//! What an attribute says of the values it loads, on top of what is usual.

use std::time::Duration;

use super::outcome::Nullable;
use super::probe::Sharing;
use crate::cache::{ErrorTtl, NoneTtl, Rules};
use crate::error::Error;
use crate::value::LocalValue;

impl<V, E> Rules<V, E> {
    #[must_use]
    pub fn sharing(mut self, share: impl Sharing<E>) -> Self {
        self.share = share.share();
        self
    }

    #[must_use]
    pub fn when(mut self, when: fn(&V) -> bool) -> Self {
        self.when = Some(when);
        self
    }

    /// Says that what is missing is not kept.
    #[must_use]
    pub fn unless_absent(mut self) -> Self
    where
        V: Nullable,
    {
        self.absent = Some(Nullable::is_none);
        self
    }

    #[must_use]
    pub fn ttl_with(mut self, ttl_with: fn(&V) -> Duration) -> Self {
        self.ttl_with = Some(ttl_with);
        self
    }

    #[must_use]
    pub fn none_ttl(mut self, time: Duration) -> Self
    where
        V: Nullable,
    {
        self.none_ttl = Some(NoneTtl { is_none: Nullable::is_none, time });
        self
    }

    #[must_use]
    pub fn error_ttl(mut self, choose: fn(&E) -> Option<Duration>) -> Self
    where
        E: LocalValue,
    {
        self.error_ttl = Some(ErrorTtl { keep: E::keep_here(), choose });
        self
    }

    #[must_use]
    pub fn or_trouble(mut self, convert: fn(Error) -> E) -> Self {
        self.trouble = Some(convert);
        self
    }
}
