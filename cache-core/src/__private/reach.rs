//! How far the values of a site go, and how one is read that is there.

use std::any::TypeId;

use crate::cache::{self, Cache};
use crate::key::KeyText;
use crate::registry::Site;
use crate::store::Held;
use crate::value::{Keep, LocalValue, Lying, Value};

/// How far values may go: function pointers, so that only the place that makes them has to know what `V` can do.
pub struct Reach<V> {
    of: &'static TypeId,
    copy: fn(Lying<'_>) -> Option<V>,
    keep: fn() -> Keep<V>,
    /// Whether copying one runs no code but that of the standard library, so that it can be done under a lock.
    is_plain: bool,
}

/// Says how a value is kept that can go anywhere.
#[must_use]
#[inline]
pub fn shared<V: Value>(is_plain: bool) -> Reach<V> {
    Reach { of: V::OF, copy: V::read, keep: || V::keep().with_its_mark(), is_plain }
}

/// Says how a value is kept that stays in this process.
#[must_use]
#[inline]
pub fn local<V: LocalValue>(is_plain: bool) -> Reach<V> {
    Reach { of: V::OF_HERE, copy: V::read_here, keep: V::keep_here, is_plain }
}

impl<V> Clone for Reach<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Reach<V> {}

impl<V> Reach<V> {
    /// Returns how a value is kept.
    pub(super) fn keep(self) -> Keep<V> {
        let mut keep = (self.keep)();
        keep.is_plain = self.is_plain;
        keep
    }

    /// Reads what a call most often finds: a value that is there and fresh.
    #[inline(always)]
    pub(super) fn seek(self, cache: &Cache, mark: u64, site: &Site, key: &KeyText) -> Option<V> {
        seek(cache, mark, site, key, self.of)?.read(self.copy, self.is_plain)
    }
}

/// Finds a record that is there and fresh.
///
/// It knows of no types, so that it is compiled once and not for every site.
fn seek<'a>(cache: &'a Cache, mark: u64, site: &Site, key: &KeyText, of: &TypeId) -> Option<Held<'a>> {
    cache::seek(cache, cache.scope().address(mark, key.room(), key.len())?, of, &site.options)
}
