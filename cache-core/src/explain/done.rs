//! What was done where there was no plain hit.

use std::time::Duration;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Done {
    /// Its body began, and had not ended when this was told.
    Began,
    /// Its body ran.
    Ran {
        /// How long that took.
        took: Duration,
        /// Whether it returned an error.
        failed: bool,
    },
    /// Its body goes on in a task of its own, beside the caller.
    Beside,
    /// Its body was given up after its time limit.
    TimedOut,
    /// Its body was not run: it has a time limit, and there is no timer.
    NoTimer,
    /// Its body ran for this caller alone.
    Alone(Alone),
    /// It waited for somebody else.
    Waited {
        /// For whom.
        whom: Whom,
        /// How long.
        took: Duration,
    },
    /// It was handed what somebody else has loaded.
    Shared,
    /// Whoever it waited for has left, or it was invalidated meanwhile, and it went on to load it itself.
    TookOver,
    /// What it waited for began before the body that asks, and so may be older than what is kept: it looked there again.
    LookedAgain,
    /// It was served what is past its time.
    Stale(WhyStale),
    /// It was served what is near its end, while somebody loads it anew.
    Ahead,
    /// It was answered with the trouble of the store as an error, as `strict` asks for.
    Strict,
    /// What is there was confirmed by its handler, with `304`.
    Confirmed,
    /// It was answered without asking the handler, since the client wants no more than what is kept: `only-if-cached`.
    OnlyIfCached,
}

/// Why a body ran for one caller alone, so that nobody is handed what it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alone {
    /// Waiting would have been waiting for itself: the load under way waits for this one.
    Circle,
    /// The work that it is part of has invalidated it, and has not committed yet: what it reads may never come true.
    Changed,
    /// The load under way is of another pattern or type.
    OtherLoad,
    /// What the other caller's load came to cannot be shared: an error that is not `Clone`, or a panic.
    Unshared,
    /// What the load under way comes to may be older than what is kept, as was that of one for which it has waited already.
    Older,
    /// It was invalidated while this one waited for another process.
    Outrun,
    /// Nobody waits for pages of this URL at the moment, since the last one was not to be kept.
    NotKeptLately,
    /// Its request has `Authorization`, and so its page may be for nobody else.
    Authorized,
}

/// Whom somebody waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Whom {
    /// Another caller in this process, who was loading it.
    Caller,
    /// Another process, which has its lock.
    Process,
}

/// Why what is past its time was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyStale {
    /// Somebody else is loading it anew.
    Refreshing,
    /// Another process is loading it anew.
    Locked,
    /// Loading it anew has failed just now.
    Failed,
    /// Loading it anew has failed a moment ago, or came to something that is not kept, and nobody tries again yet.
    Hushed,
    /// Loading it anew takes longer than `soft_timeout`.
    Impatient,
    /// Loading it anew took longer than `hard_timeout`, and was given up.
    TimedOut,
}
