#![doc = include_str!("docs.md")]

mod backend;
mod base;
mod client;
mod config;
mod error;
mod opening;
mod readers;
#[cfg(test)]
mod tests;
mod writer;

pub use backend::Sqlite;
pub use config::Config;
