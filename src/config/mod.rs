#![doc = include_str!("../docs/configuration.md")]
// Each floor imports only the floors above it in this list, as a test sees to.
//
// | floor | what it holds |
// |---|---|
// | `word`, `expand`, `schemes` | the words, what variables put into texts, and what addresses begin with |
// | `source` | a text, and where in it something stands |
// | `origin` | where something was said |
// | `fault` | what is wrong, and where |
// | `written` | what stands behind a word |
// | `draft` | what was said of a cache |
// | `variables` | what the environment says |
// | `document`, `file` | what a file says, and which one it is |
// | `layers`, `wishes` | what is put before a store, and what is said of one |
// | `stores` | which caches share one |
// | `described` | what it comes to, for people |
// | `resolve` | what it comes to, for the engine |
// | `builder` | who takes all of it |
// | `init` | what a program calls |

mod builder;
mod described;
#[cfg(feature = "toml")]
mod document;
mod draft;
#[cfg(feature = "toml")]
mod expand;
mod fault;
mod file;
mod init;
mod layers;
mod origin;
mod resolve;
mod schemes;
#[cfg(feature = "toml")]
mod source;
mod stores;
mod variables;
mod wishes;
mod word;
mod written;

pub use builder::{Builder, builder};
#[doc(hidden)]
pub use cache_backends::place::usual_scheme;
pub use cache_backends::place::{Given, Host, Location, Options as StoreOptions, Place};
pub use described::Described;
pub use init::init;
