#![doc = include_str!("docs.md")]
// | file | what it holds |
// |---|---|
// | `config` | where the servers are |
// | `request`, `moment` | what is said to a server, and when an entry ends in its words |
// | `answer`, `reader`, `error` | what a server says |
// | `language`, `node` | how a server is greeted, and one of them |
// | `ring`, `fleet` | which server a name belongs to, and all of them |
// | `entry`, `adding`, `counting`, `filling`, `many` | what is done on one server |
// | `backend` | the store |

mod adding;
mod answer;
mod backend;
mod config;
mod counting;
mod entry;
mod error;
mod filling;
mod fleet;
mod language;
mod many;
mod moment;
mod node;
mod reader;
mod request;
mod ring;
mod ticket;

pub use backend::Memcached;
pub use config::Config;

/// For how many seconds the place of an entry is held for somebody who is to fill it in.
const LEASE: u32 = 600;
/// How often an entry is tried to be changed that others change at the same time. Each time one of them was faster.
const TRIES: usize = 10_000;

// Fuzzers see how a server is heard, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use reader::same_in_pieces;
