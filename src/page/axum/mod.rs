//! Handlers of axum.
//!
//! One with `#[cache_page]` becomes a function of one argument, an [`Arrival`], which is all that a request brings. What runs
//! before its page is looked for has run when the function is called; the rest is taken out of the request when nobody has the
//! page.

mod answer;
mod answering;
mod arrival;
mod came;
mod conditions;
mod derived;
mod guards;
mod heads;
mod locale;
mod once;

pub use crate::page::arrived::Unguarded;
pub use answer::{Answer, Fallback, Outcome};
pub use answering::Answering;
pub use arrival::{Arrival, ByRoutersElseUncached};
pub use derived::{After, Derived, derived};
pub use heads::{never_cached, say_to_caches, vary_on};
