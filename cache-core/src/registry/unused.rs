//! Caches that somebody has described, and that no annotated place uses.

use super::{Registry, Site};
use crate::nearest::nearest;

/// A cache that no annotated place uses.
pub(super) struct Unused {
    name: String,
    /// The name that was meant, where it is known: one that places use, and that nobody has described.
    meant: Option<&'static str>,
}

impl Unused {
    /// Returns what is surely a mistake, where it is one.
    pub(super) fn mistake(&self) -> Option<String> {
        let (name, meant) = (&self.name, self.meant?);
        Some(format!("the cache `{name}` is used by no function, and `{meant}` is, which nobody describes: rename it"))
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Returns the caches that somebody has described, and that none of these places uses. By hand they may be used all the same.
pub(super) fn unused(sites: &[&'static Site], registry: &Registry) -> Vec<Unused> {
    let is_used = |name: &str| sites.iter().any(|site| site.cache_name() == name);
    let unused = registry.described.iter().filter(|name| !is_used(name));
    let unknown = || sites.iter().map(|site| site.cache_name()).filter(|used| !registry.described.contains(*used));
    unused.map(|name| Unused { name: name.to_string(), meant: nearest(name, unknown()) }).collect()
}
