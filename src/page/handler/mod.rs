//! Handlers that say themselves how their pages are kept: what `#[cache_page]` is made of, on every framework.

mod companion;
mod site;
mod unwritten;

pub use companion::PageCompanion;
pub use site::PageSite;
pub use unwritten::Unwritten;
