#![doc = include_str!("../docs/fragments.md")]
#![cfg_attr(feature = "askama", doc = "")]
#![cfg_attr(feature = "askama", doc = include_str!("../docs/fragments_askama.md"))]

#[doc(hidden)]
#[path = "place.rs"]
pub mod __private;
#[cfg(feature = "askama")]
mod askama;
mod key;
#[cfg(feature = "minijinja")]
pub mod minijinja;
mod rendered;
mod text;

pub use key::fragment_key;
pub use rendered::Rendered;
pub use text::Text;

/// The cache of all fragments that name none, where there is one of this name.
pub const CACHE: &str = "template_fragments";
