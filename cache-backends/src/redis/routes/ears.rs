//! [`Ears`]: those who listen while servers change their parts.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::pipe::Server;

use super::super::ear::Ear;

/// Those who listen while servers change their parts.
#[derive(Default)]
pub(super) struct Ears(Mutex<Vec<Weak<Ear>>>);

impl Ears {
    pub(super) fn add(&self, ear: &Arc<Ear>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(ear));
    }

    /// Has all listen to these servers.
    pub(super) fn listen_to(&self, servers: &[Server]) {
        self.those_there_are().iter().for_each(|ear| ear.listen_to(servers));
    }

    pub(super) fn are_none(&self) -> bool {
        self.those_there_are().is_empty()
    }

    fn those_there_are(&self) -> Vec<Arc<Ear>> {
        let mut ears = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ears.retain(|ear| ear.strong_count() > 0);
        ears.iter().filter_map(Weak::upgrade).collect()
    }
}
