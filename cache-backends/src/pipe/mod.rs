//! One connection to a server for all who ask it: questions go out together, and answers come back in their order.
//!
//! | file | what it holds |
//! |---|---|
//! | `language` | what a store says of its protocol |
//! | `server` | where a server is |
//! | `calls` | asking, and hearing the answer |
//! | `listen` | a connection on which a server is only listened to |

#![allow(dead_code, unused_imports, reason = "the stores above it come one by one")]

mod calls;
mod language;
mod listen;
mod server;

use std::time::Duration;

pub(crate) use calls::Pipe;
pub(crate) use language::{Garbled, Language, Message, Reader};
pub(crate) use listen::{Heard, Listening, listen};
pub(crate) use server::{Server, Tls};

/// How long and how much somebody waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long connecting may take, and each answer.
    pub timeout: Duration,
    /// How many bytes may wait to be sent.
    pub waiting_bytes: usize,
}

#[cfg(test)]
mod tests;
