//! The suite that anybody's store is held against.

use std::time::Duration;

use larder::Error;
use larder::backend::ErasedBackend;
use larder::testing::conformance::Suite;

use crate::stores::{Kind, Store};

crate::tests!(Kind::keeps_bytes => the_conformance_suite_holds);

/// No time of an entry is over before it is let pass, however slow a machine is.
const UNIT: Duration = Duration::from_secs(60);

fn the_conformance_suite_holds(store: &Store) -> Result<(), Error> {
    assert_holds(store, store.backend());
    Ok(())
}

/// Asks everything of a backend that stands on this store.
pub fn assert_holds(store: &Store, backend: &dyn ErasedBackend) {
    let pass = |time| store.pass(time);
    let suite = Suite::new(backend, &pass);
    let report = if store.ages_tickets() { suite.hours() } else { suite.unit(UNIT) }.run();
    assert!(report.failures.is_empty(), "{report}");
    assert!(report.held.len() > 60, "{report}");
}
