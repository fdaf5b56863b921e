//! What is under way between the caller and the store, and what becomes of it where it is left.

use super::super::super::Server;
use super::super::is_removed_instead;
use super::Owing;
use super::debts::{Debts, Sweep};
use crate::error::{Error, Kind};
use crate::key::Name;

/// A change under way, which is owed when it is left or fails.
pub(super) struct Change<'a> {
    pub(super) owing: &'a Owing,
    pub(super) what: What<'a>,
    pub(super) point: u64,
    pub(super) open: bool,
    /// Whether it is a removal, and the store is told of it before something that it was owed first.
    pub(super) is_early: bool,
}

#[derive(Clone, Copy)]
pub(super) enum What<'a> {
    Names(&'a [Name]),
    Name(&'a Name),
    All(&'a Sweep),
}

/// A payment under way.
pub(super) struct Payment<'a> {
    pub(super) owing: &'a Owing,
    pub(super) names: &'a [Name],
    pub(super) sweep: Option<&'a Sweep>,
}

impl Change<'_> {
    pub(super) fn end<T>(mut self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => self.settle(),
            Err(error) if is_removed_instead(error) => self.settle(),
            Err(error) => self.open = is_lost(error),
        }
    }

    fn settle(&mut self) {
        self.open = false;
        // What it was too early for may have been paid meanwhile.
        if self.owing.is_calm() && !self.is_early {
            return;
        }
        let point = self.point;
        // Asked before the lock is taken.
        let servers = if let What::All(sweep) = self.what { self.owing.servers_for(sweep) } else { Vec::new() };
        self.owing.change_debts(|debts| match self.what {
            What::Names(names) => names.iter().for_each(|name| debts.settle(name, point)),
            What::Name(name) => debts.settle(name, point),
            What::All(sweep) => debts.settle_all(sweep, point, &servers),
        });
        if self.is_early {
            self.owe(Debts::owe_anew, Debts::owe_all_anew);
        }
    }

    fn owe(&self, owe: impl Fn(&mut Debts, &Name, Server, u64), owe_all: impl Fn(&mut Debts, &Sweep, u64)) {
        let now = self.owing.clock.wall_millis();
        let server = |name: &Name| (*self.owing.store).server_of(name);
        self.owing.change_debts(|debts| match self.what {
            What::Names(names) => names.iter().for_each(|name| owe(debts, name, server(name), now)),
            What::Name(name) => owe(debts, name, server(name), now),
            What::All(sweep) => owe_all(debts, sweep, now),
        });
    }
}

impl Drop for Change<'_> {
    /// Left half-way, or failed: nobody knows whether the store has heard it.
    fn drop(&mut self) {
        if self.open {
            self.owe(Debts::owe, Debts::owe_all);
        }
    }
}

impl Drop for Payment<'_> {
    fn drop(&mut self) {
        self.owing.debts().give_back(self.names, self.sweep);
    }
}

/// Returns whether a change may not have reached the store.
fn is_lost(error: &Error) -> bool {
    error.is_transient() || error.kind() == Kind::Configuration
}

/// Takes for told what the store has understood, also what it refused: to tell it again would change nothing.
pub(super) fn understood(told: Result<(), Error>) -> Result<(), Error> {
    told.or_else(|error| if is_lost(&error) { Err(error) } else { Ok(()) })
}
