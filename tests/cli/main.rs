//! The program `larder`, as people run it.

mod check;
mod create_table;
#[cfg(feature = "sqlite")]
mod entries;
mod quickstart;
mod run;
#[cfg(all(feature = "file", target_os = "linux"))]
mod screen;
#[cfg(all(feature = "file", target_os = "linux"))]
mod terminal;
#[cfg(any(feature = "file", feature = "sqlite"))]
mod verbs;
