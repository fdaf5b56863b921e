#![doc = include_str!("../docs/configuration.md")]

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
pub use cache_backends::place::{Given, Host, Location, Options as StoreOptions, Place};
pub use described::Described;
pub use init::init;
