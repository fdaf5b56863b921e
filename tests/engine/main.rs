//! The engine, where a user meets it: through the handle, the attribute and the test support.

mod batches;
mod batches_outside;
mod bottom_up;
mod by_hand;
mod chance;
mod codecs;
mod commits;
mod contested;
mod early;
mod events;
mod events_committed;
mod events_faults;
mod explain;
mod explain_loads;
mod explain_outside;
mod freshness;
mod hit;
mod in_place;
mod inherited;
mod inherited_many;
mod inherited_meanwhile;
mod inherited_outside;
mod inherited_races;
mod invalidation;
mod isolation;
mod joined;
mod levels;
mod levels_races;
mod levels_within;
mod locks;
mod looking;
mod one_load;
mod outages;
mod outside;
mod patterns;
mod shared_store;
mod sites;
mod switches;
mod tags;
mod tags_outside;
mod time_limits;
mod usual;
mod verify;
mod verify_meanwhile;
mod warming;

#[path = "../support/lines.rs"]
mod lines;
#[path = "../support/runs.rs"]
mod runs;

use runs::Runs;
