//! Handlers that say themselves how their pages are kept: what `#[cache_page]` is made of.
//!
//! A handler becomes a function of one argument, an [`Arrival`], which is all that a request brings. What runs before its page
//! is looked for has run when the function is called; the rest is taken out of the request when nobody has the page.

mod answer;
mod answering;
mod arrival;
mod came;
mod companion;
mod derived;
mod guards;
mod locale;
mod once;
mod site;
mod unwritten;

pub use answer::{Answer, Fallback, Outcome};
pub use answering::Answering;
pub use arrival::{Arrival, ByRoutersElseUncached};
pub use companion::PageCompanion;
pub use derived::{After, Derived, derived};
pub use guards::Unguarded;
pub use site::PageSite;
pub use unwritten::Unwritten;
