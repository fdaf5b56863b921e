//! The names that users know, for the examples in these docs: they are read in `larder`, and run here.

pub use crate::cache::{Blocking, Cache, Namespace};
pub use crate::codec::Codec;
pub use crate::commit::{Committed, after_commit, after_commit_blocking, committing, committing_blocking};
pub use crate::error::{Error, Kind};
pub use crate::executor::Executor;
pub use crate::explain::{explain, explain_blocking};
pub use crate::key::{Key, KeyName, KeyPart};
pub use crate::policy::{IntoTime, Options, Ttl};
pub use crate::registry::{
    Problem, Problems, Settings, Site, cache, changed, changed_blocking, check, created, created_blocking, deleted,
    deleted_blocking, invalidate_tag, invalidate_tag_blocking, on_change, on_change_blocking, sites,
};
pub use crate::stats::Stats;
pub use crate::value::{Local, LocalValue, Value};
pub use crate::{backend, clock, entry, executor, key, testing, warm};

/// What changes, and who is told of it.
pub mod events {
    pub use crate::events::{Change, Listener, Stats, Subscription, What};
    pub use crate::registry::events as stats;
}

/// Why calls were hits or misses.
pub mod explain {
    pub use crate::explain::{
        Alone, Asked, Done, Found, Kept, Level, Miss, NotKept, Place, Story, TagName, Unasked, WhoSays, Whom, WhyStale,
        page,
    };
}

/// What a request asked of caches.
pub mod report {
    pub use crate::seen::Seen;
}
