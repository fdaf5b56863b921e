#![doc = include_str!("docs.md")]

mod backend;
mod client;
mod config;
mod error;

pub use backend::MySql;
pub use config::Config;
