//! Fragments: parts of pages that are rendered where they are not kept.

#[cfg(feature = "askama")]
mod askama;
mod by_hand;
#[cfg(feature = "minijinja")]
mod escaping;
mod nesting;
#[cfg(all(feature = "tokio", feature = "minijinja"))]
mod runtimes;
#[cfg(feature = "minijinja")]
mod templates;
