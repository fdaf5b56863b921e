#![doc = include_str!("docs/metrics.md")]

mod names;
mod publishing;
mod recorded;

use std::sync::PoisonError;

pub use publishing::{Publishing, every};

/// Tells the recorder of this thread, or of the program, what sites and caches have counted.
///
/// Call it whenever somebody asks for the numbers, before they are rendered. It reads what is counted anyway, and nobody
/// waits for it: a hit does not know of it. What is published are the caches of the program, also within a test with caches
/// of its own; before the first of them is used, there are none.
///
/// ```
/// use larder::{cached, metrics};
///
/// #[cached(key = "metrics:square:<number>")]
/// fn square(number: u64) -> u64 {
///     number * number
/// }
///
/// square(3);
/// metrics::publish();
/// ```
pub fn publish() {
    let mut before = recorded::BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    ::metrics::with_recorder(|recorder| {
        names::describe(recorder);
        recorded::sites(recorder, &mut before);
        recorded::caches(recorder, &mut before);
    });
}
