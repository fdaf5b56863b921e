//! What all connections of a proxy have in common, and what comes by on them.

use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::connection::{Connection, Stream, Way};
use super::{Counts, Place};

/// What all connections of a proxy have in common.
#[derive(Default)]
pub(super) struct Line {
    state: Mutex<State>,
    pub changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub is_over: bool,
    pub is_holding: bool,
    pub is_refusing: bool,
    pub cut_after: Option<usize>,
    /// How many directions have something that is held back.
    pub held: usize,
    counts: Counts,
    connections: Vec<Connection>,
}

impl State {
    fn has(&self, connection: &Connection) -> bool {
        self.connections.iter().any(|other| other.number == connection.number)
    }

    /// Returns what came by until now.
    pub fn counts(&self) -> Counts {
        Counts { open: self.connections.len(), ..self.counts }
    }
}

impl Line {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wait_while(&self, goes_on: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.changed.wait_while(self.state(), |state| goes_on(state)).unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a client, and connects it, unless nobody may come.
    pub fn take(self: &Arc<Self>, client: Stream, server: &Place) {
        let is_refusing = self.state().is_refusing;
        let connected = if is_refusing { None } else { server.connect().ok() };
        let mut state = self.state();
        state.counts.connections += 1;
        match connected.and_then(|server| Connection::new(state.counts.connections, client, server).ok()) {
            Some(connection) => self.carry(&mut state, connection),
            None => state.counts.refused += 1,
        }
        self.changed.notify_all();
    }

    fn carry(self: &Arc<Self>, state: &mut State, connection: Connection) {
        for way in [Way::ToServer, Way::ToClient] {
            let (line, connection) = (Arc::clone(self), connection.clone());
            thread::spawn(move || {
                // Whoever goes first takes the other one along, as a connection that breaks does.
                while line.carry_some(&connection, way).is_ok_and(|bytes| bytes > 0) {}
                line.end(&connection);
            });
        }
        state.connections.push(connection);
    }

    fn end(&self, connection: &Connection) {
        connection.cut();
        self.state().connections.retain(|other| other.number != connection.number);
        self.changed.notify_all();
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        for connection in self.state().connections.drain(..) {
            connection.cut();
        }
        self.changed.notify_all();
    }

    fn carry_some(&self, connection: &Connection, way: Way) -> io::Result<usize> {
        let (mut from, mut to) = connection.ends(way);
        let mut bytes = [0; 16 << 10];
        let length = from.read(&mut bytes)?;
        if length > 0 {
            self.wait_until_let_go(connection);
        }
        let (length, is_cut) = self.let_by(way, length);
        to.write_all(&bytes[..length])?;
        if is_cut { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(length) }
    }

    /// Waits while everything is held back, unless the connection was cut.
    fn wait_until_let_go(&self, connection: &Connection) {
        let mut state = self.state();
        if !state.is_holding {
            return;
        }
        state.held += 1;
        self.changed.notify_all();
        let goes_on = |state: &mut State| state.is_holding && state.has(connection);
        state = self.changed.wait_while(state, goes_on).unwrap_or_else(PoisonError::into_inner);
        state.held -= 1;
    }

    /// Returns how much of what has come goes by, and whether the connection is cut behind it.
    fn let_by(&self, way: Way, length: usize) -> (usize, bool) {
        let mut state = self.state();
        let cut_after = state.cut_after.filter(|_| matches!(way, Way::ToClient) && length > 0);
        let passing = cut_after.map_or(length, |left| left.min(length));
        let is_cut = cut_after.is_some_and(|left| left <= length);
        if let Some(left) = cut_after {
            state.cut_after = (!is_cut).then(|| left - passing);
        }
        match way {
            Way::ToServer => state.counts.bytes_to_server += passing,
            Way::ToClient => state.counts.bytes_to_client += passing,
        }
        self.changed.notify_all();
        (passing, is_cut)
    }
}
