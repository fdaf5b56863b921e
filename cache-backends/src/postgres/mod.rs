#![doc = include_str!("docs.md")]

mod backend;
mod client;
mod config;
mod error;

pub use backend::Postgres;
pub use config::Config;
