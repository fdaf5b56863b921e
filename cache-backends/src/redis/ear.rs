//! [`Ear`]: hearing of changes, from each server that is written to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cache_core::backend::Listener;

use super::bus;
use super::making::Making;
use super::recent::Recent;
use super::resp::Answer;
use crate::pipe::{Heard, Listening, Server};

/// Somebody who hears of changes from each server that is written to.
pub(super) struct Ear {
    making: Making,
    /// What names begin with.
    start: Arc<[u8]>,
    state: Mutex<State>,
}

/// The servers that are listened to. It is only said that all is heard while all of them are.
struct State {
    start: Arc<[u8]>,
    listener: Arc<dyn Listener>,
    recent: Arc<Recent>,
    lines: Vec<Line>,
    /// The number of the next line: a line that is not there any more may still have something to say.
    next: u64,
    is_told: bool,
}

/// A server that is listened to.
struct Line {
    number: u64,
    server: Server,
    is_ready: bool,
    listening: Option<Listening>,
}

impl Ear {
    pub(super) fn new(making: Making, start: &str, listener: Arc<dyn Listener>, recent: Arc<Recent>) -> Arc<Self> {
        let start: Arc<[u8]> = start.as_bytes().into();
        let state = State { start: Arc::clone(&start), listener, recent, lines: Vec::new(), next: 0, is_told: false };
        Arc::new(Self { making, start, state: Mutex::new(state) })
    }

    /// Listens to these servers and to no others.
    pub(super) fn listen_to(self: &Arc<Self>, servers: &[Server]) {
        let mut state = self.state();
        let is_there = |line: &Line, server: &Server| line.server.to_string() == server.to_string();
        // Those that are left out are dropped when nobody holds the lock: they may be about to say something.
        let (kept, left) = std::mem::take(&mut state.lines)
            .into_iter()
            .partition(|line| servers.iter().any(|server| is_there(line, server)));
        state.lines = kept;
        let new: Vec<_> =
            servers.iter().filter(|server| !state.lines.iter().any(|line| is_there(line, server))).cloned().collect();
        let numbers: Vec<_> = new.iter().map(|server| state.add(server.clone())).collect();
        state.tell();
        drop((state, left));
        for (number, server) in numbers.into_iter().zip(new) {
            self.connect(number, server);
        }
    }

    fn connect(self: &Arc<Self>, number: u64, server: Server) {
        let ear = Arc::downgrade(self);
        let heard = move |heard: Heard<Answer>| {
            let Some(ear) = ear.upgrade() else { return };
            match &heard {
                Heard::Refused(error) => ear.making.note_refusal(Some(error.clone())),
                Heard::Ready => ear.making.note_refusal(None),
                Heard::Said(_) | Heard::Lost => {}
            }
            ear.state().hear(number, heard);
        };
        let listening = self.making.listen(server, &self.start, heard);
        let mut state = self.state();
        let left = match state.lines.iter_mut().find(|line| line.number == number) {
            Some(line) => line.listening.replace(listening),
            None => Some(listening),
        };
        drop(state);
        drop(left);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, server: Server) -> u64 {
        let number = self.next;
        self.next += 1;
        self.lines.push(Line { number, server, is_ready: false, listening: None });
        number
    }

    fn hear(&mut self, number: u64, heard: Heard<Answer>) {
        let Some(line) = self.lines.iter_mut().find(|line| line.number == number) else { return };
        match heard {
            Heard::Ready => line.is_ready = true,
            Heard::Lost => line.is_ready = false,
            Heard::Said(said) => return self.said(said),
            Heard::Refused(_) => return,
        }
        self.tell();
    }

    /// Says whether all is heard, where that is another thing than before.
    fn tell(&mut self) {
        let is_whole = !self.lines.is_empty() && self.lines.iter().all(|line| line.is_ready);
        if is_whole != self.is_told {
            self.is_told = is_whole;
            // What was changed meanwhile is known to the leaders first.
            self.recent.note_all(Instant::now());
            if is_whole { self.listener.regained() } else { self.listener.lost() }
        }
    }

    fn said(&self, said: Answer) {
        let Answer::List(parts) = said else { return };
        match (bus::changed(&parts), &parts[..]) {
            (Some([]), _) => {
                self.recent.note_all(Instant::now());
                self.listener.changed_all();
            }
            (Some(name), _) => self.changed(name),
            (None, [Answer::Bytes(what), Answer::List(names)]) if what == b"invalidate" => {
                for name in names {
                    if let Answer::Bytes(name) = name {
                        self.changed(name);
                    }
                }
            }
            (None, [Answer::Bytes(what), Answer::Nothing]) if what == b"invalidate" => {
                self.recent.note_all(Instant::now());
                self.listener.changed_all();
            }
            _ => {}
        }
    }

    fn changed(&self, name: &[u8]) {
        if !name.starts_with(&self.start) {
            return;
        }
        // Those that follow may not know yet: whoever looks now is to see this change.
        self.recent.note(name, Instant::now());
        self.listener.changed(name);
    }
}
