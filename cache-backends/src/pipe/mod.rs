//! One connection to a server for all who ask it: questions go out together, and answers come back in their order.
//!
//! | file | what it holds |
//! |---|---|
//! | `language` | what a store says of its protocol |
//! | `server` | where a server is, and how it is reached |
//! | `calls` | asking, and hearing the answer |
//! | `listen` | a connection on which a server is only listened to |
//! | `home` | the runtime that a connection lives in |
//! | `line` | what those who ask and the one who holds the connection have in common |
//! | `questions` | who waits for which answer |
//! | `hold` | the task that holds a connection |
//! | `pace` | when what was asked is sent |
//! | `patience` | how long the oldest question has waited |
//! | `watch` | looking after one whose runtime may do nothing |
//! | `deadline` | when nobody waits any more for what one call does |
//! | `backoff` | how long a server that is away is left alone |
//! | `talk` | a connection on which the greeting was answered |
//! | `inbox` | what has come and was not read yet |
//! | `trust` | what is written down of encryption |
//! | `socket`, `tls` | bytes, in the clear or encrypted |
//! | `fault` | what may happen, in sentences |

mod backoff;
mod calls;
mod deadline;
mod fault;
mod hold;
mod home;
mod inbox;
mod language;
mod line;
#[cfg(feature = "redis")]
mod listen;
mod pace;
mod patience;
mod questions;
mod server;
mod socket;
mod talk;
#[cfg(feature = "tls")]
mod tls;
mod trust;
mod watch;

use std::time::Duration;

pub(crate) use calls::Pipe;
pub(crate) use deadline::Deadline;
pub(crate) use language::{Garbled, Language, Message, Reader};
#[cfg(feature = "redis")]
pub(crate) use listen::{Heard, Listening, listen};
pub(crate) use server::{Server, Tls};

/// How long and how much somebody waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long an answer may take, with the connecting that it waits for.
    pub timeout: Duration,
    /// How many bytes may wait to be sent.
    pub waiting_bytes: usize,
}

#[cfg(test)]
mod tests;
