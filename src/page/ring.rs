//! Which variants of a URL are kept: an entry of its own, so that what is remembered of them counts for the bound of the
//! cache as they do, and goes when room is needed. Then they are no longer counted, and go when their time is over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::site::Home;
use crate::{Key, Options};

/// The keys of the variants of one URL, oldest first.
#[derive(Clone, Debug, Default)]
struct Ring(Arc<Mutex<VecDeque<Box<str>>>>);

/// Notes that a variant is kept now, and removes those of its URL that are too many.
pub(super) async fn note(home: &Home, ring: &Key, variant: &Key, most: usize) {
    let known = home.heard(home.cache.peek_outside::<Ring>(ring).await).flatten().unwrap_or_default();
    let Some(too_many) = known.add(variant, most) else { return };
    // Written again, since it weighs more now.
    home.heard(home.cache.set(ring, known, Options::forever()).await);
    for old in too_many {
        home.heard(home.cache.delete(Key::__sealed(variant.mark(), &old)).await);
    }
}

impl Ring {
    fn keys(&self) -> MutexGuard<'_, VecDeque<Box<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns those that make room; `None` where this one was there already.
    fn add(&self, variant: &Key, most: usize) -> Option<Vec<Box<str>>> {
        let mut keys = self.keys();
        if keys.iter().rev().any(|key| **key == *variant.as_str()) {
            return None;
        }
        keys.push_back(variant.as_str().into());
        let too_many = keys.len().saturating_sub(most.max(1));
        Some(keys.drain(..too_many).collect())
    }
}

impl Serialize for Ring {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.keys().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ring {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Arc::new(Mutex::new(Deserialize::deserialize(deserializer)?))))
    }
}
