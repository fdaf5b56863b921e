//! What a store is still to be told: a list, and nothing that asks anybody.

use std::collections::{HashMap, HashSet};

use ahash::RandomState;

use super::super::super::Server;
use crate::codec::wire::Wire;
use crate::key::Name;

/// By how many milliseconds the clocks of those who share a store may be apart, before a record from before the horizon
/// passes for one from after it.
const APART: u64 = 60_000;

/// How many names are remembered one by one, and how many scopes.
const NAMES: usize = 4_096;
const SWEEPS: usize = 64;

/// What was to be removed, and is not known to be.
#[derive(Debug, Default)]
pub(super) struct Debts {
    names: HashMap<Box<[u8]>, Debt, RandomState>,
    sweeps: Vec<(Sweep, Debt)>,
    /// What was written until then, in milliseconds since 1970, may be what somebody removed whose name was too many.
    horizon: Option<u64>,
    /// How many debts there had been when that was drawn.
    drawn: u64,
    /// On which servers nothing is from before the horizon.
    emptied: Vec<Server>,
    /// Names under which nothing is from before the horizon.
    clean: HashSet<Box<[u8]>, RandomState>,
    /// Raised with each debt.
    count: u64,
}

#[derive(Clone, Debug)]
struct Debt {
    /// When it was owed first, which is its place in the order in which the store is told.
    first: u64,
    /// When it was owed last.
    since: u64,
    /// Somebody is telling the store just now.
    paying: bool,
    name: Option<(Name, Server)>,
}

/// Many entries at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sweep {
    /// What of a scope is on one server.
    Scope(Box<str>, Server),
    /// What of the store is on one server.
    Store(Server),
}

/// What is owed for one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing.
    Clear,
    /// It, or many entries with it: the store has been told when all has been paid that was owed by then.
    Owed(u64),
    /// Somebody else is telling the store just now.
    BeingPaid,
}

/// What the store is to be told next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Names(Vec<Name>),
    Sweep(Sweep),
}

impl Sweep {
    fn covers(&self, name: &[u8], server: Server) -> bool {
        match self {
            Self::Scope(scope, on) => *on == server && name.starts_with(scope.as_bytes()),
            Self::Store(on) => *on == server,
        }
    }

    pub(super) fn server(&self) -> Server {
        let (Self::Scope(_, server) | Self::Store(server)) = self;
        *server
    }

    fn holds(&self, other: &Self) -> bool {
        match other {
            Self::Scope(scope, server) => self.covers(scope.as_bytes(), *server),
            Self::Store(_) => self == other,
        }
    }
}

impl Debt {
    fn new(count: u64, name: Option<(Name, Server)>) -> Self {
        Self { first: count, since: count, paying: false, name }
    }

    /// Gives it the place of when it was owed last.
    fn put_last(&mut self) {
        self.first = self.since;
    }

    /// Does the same where nobody is telling the store of it just now.
    fn move_back(&mut self) {
        if !self.paying {
            self.put_last();
        }
    }
}

impl Debts {
    /// Returns the point in time of now, as a count: debts made later are not paid by what began before.
    pub(super) fn point(&self) -> u64 {
        self.count
    }

    pub(super) fn are_none(&self) -> bool {
        self.names.is_empty() && self.sweeps.is_empty() && self.horizon.is_none()
    }

    /// Returns whether there is something to tell the store.
    pub(super) fn can_be_paid(&self) -> bool {
        !self.names.is_empty() || !self.sweeps.is_empty()
    }

    pub(super) fn owe(&mut self, name: &Name, server: Server, now: u64) {
        self.count += 1;
        self.clean.remove(name.as_bytes());
        if self.names.len() >= NAMES && !self.names.contains_key(name.as_bytes()) {
            return self.lose_count(now);
        }
        let debt = Debt::new(self.count, Some((name.clone(), server)));
        self.names.entry(name.as_bytes().into()).and_modify(|debt| debt.since = self.count).or_insert(debt);
    }

    pub(super) fn owe_all(&mut self, sweep: &Sweep, now: u64) {
        self.count += 1;
        let is_full = self.sweeps.len() >= SWEEPS;
        match self.sweeps.iter_mut().find(|(there, _)| there == sweep) {
            Some((_, debt)) => debt.since = self.count,
            None if is_full => self.lose_count(now),
            None => self.sweeps.push((sweep.clone(), Debt::new(self.count, None))),
        }
    }

    /// Owes once more what the store has just been told, behind all that it is owed.
    pub(super) fn owe_anew(&mut self, name: &Name, server: Server, now: u64) {
        self.owe(name, server, now);
        self.names.get_mut(name.as_bytes()).into_iter().for_each(Debt::move_back);
    }

    pub(super) fn owe_all_anew(&mut self, sweep: &Sweep, now: u64) {
        self.owe_all(sweep, now);
        self.sweeps.iter_mut().filter(|(there, _)| there == sweep).for_each(|(_, debt)| debt.move_back());
    }

    /// Returns whether something that was owed by then is still to be told, of what is for a server that is there, and beside
    /// what goes with this sweep.
    pub(super) fn are_older(&self, point: u64, beside: Option<&Sweep>, is_away: impl Fn(&Name) -> bool) -> bool {
        let is_older = |debt: &Debt| debt.first <= point;
        let is_apart = |(name, server): &(Name, Server)| {
            !is_away(name) && !beside.is_some_and(|sweep| sweep.covers(name.as_bytes(), *server))
        };
        let mut sweeps = self.sweeps.iter().filter(|(_, debt)| is_older(debt));
        sweeps
            .any(|(sweep, _)| !is_away(&sweep.server().any_name()) && !beside.is_some_and(|beside| beside.holds(sweep)))
            || self.names.values().any(|debt| is_older(debt) && debt.name.as_ref().is_some_and(is_apart))
    }

    /// Distrusts everything that was written until now, and forgets which entries it was about. What somebody is paying
    /// stays: that removal may still arrive, and is not to take away what is added after.
    fn lose_count(&mut self, now: u64) {
        self.names.retain(|_, debt| debt.paying);
        self.sweeps.retain(|(sweep, debt)| debt.paying || matches!(sweep, Sweep::Store(_)));
        self.clean.clear();
        self.emptied.clear();
        (self.horizon, self.drawn) = (self.horizon.max(Some(now)), self.count);
    }

    pub(super) fn standing(&self, name: &[u8], server: Server) -> Standing {
        let sweep = self.sweeps.iter().find(|(sweep, _)| sweep.covers(name, server));
        let debt = sweep.map(|(_, debt)| debt).or_else(|| self.names.get(name));
        match debt {
            None => Standing::Clear,
            Some(debt) if debt.paying => Standing::BeingPaid,
            Some(debt) => Standing::Owed(debt.first),
        }
    }

    /// Takes what was owed first of all that was owed by then, for its taker to tell the store: up to `most` names, or a sweep.
    /// What is for a server that is away is left out. `None` where that is all there is, or where somebody else is telling
    /// the store: what was owed later waits for that.
    pub(super) fn take(&mut self, most: usize, until: u64, is_away: impl Fn(&Name) -> bool) -> Option<Due> {
        let is_there = |debt: &Debt| !debt.name.as_ref().is_some_and(|(name, _)| is_away(name));
        let sweep = self
            .sweeps
            .iter_mut()
            .filter(|(sweep, debt)| debt.first <= until && !is_away(&sweep.server().any_name()))
            .min_by_key(|(_, debt)| debt.first);
        let until = sweep.as_ref().map_or(until, |(_, debt)| debt.first);
        let mut owed: Vec<_> = self.names.values_mut().filter(|debt| debt.first <= until && is_there(debt)).collect();
        if owed.is_empty() {
            let (sweep, debt) = sweep.filter(|(_, debt)| !debt.paying)?;
            debt.paying = true;
            return Some(Due::Sweep(sweep.clone()));
        }
        owed.sort_unstable_by_key(|debt| debt.first);
        owed.truncate(most);
        if owed.iter().any(|debt| debt.paying) {
            return None;
        }
        let take = |debt: &mut Debt| {
            debt.paying = true;
            debt.name.as_ref().map(|(name, _)| name.clone())
        };
        Some(Due::Names(owed.into_iter().filter_map(take).collect()))
    }

    /// Gives back what was taken.
    pub(super) fn give_back(&mut self, names: &[Name], sweep: Option<&Sweep>) {
        for name in names {
            if let Some(debt) = self.names.get_mut(name.as_bytes()) {
                debt.paying = false;
            }
        }
        self.sweeps.iter_mut().filter(|(there, _)| Some(there) == sweep).for_each(|(_, debt)| debt.paying = false);
    }

    /// Notes that nothing from before this point is under the name any more. What somebody is paying stays until it is paid:
    /// that removal may still arrive, and nobody is to win a lock that it takes away.
    pub(super) fn settle(&mut self, name: &Name, point: u64) {
        if self.names.get(name.as_bytes()).is_some_and(|debt| !debt.paying) {
            self.paid(name, point);
        }
    }

    /// Notes the same for whoever has taken it.
    pub(super) fn paid(&mut self, name: &Name, point: u64) {
        let Some(debt) = self.names.get(name.as_bytes()).filter(|debt| debt.since <= point) else { return };
        if self.is_owed_within(debt) {
            self.names.get_mut(name.as_bytes()).into_iter().for_each(Debt::put_last);
        } else {
            self.names.remove(name.as_bytes());
        }
    }

    /// Returns whether something else was owed after this was owed first, and before it was owed last. Told of this alone, the
    /// store may be given it anew by another process, of what is still there: so this has to go once more, behind that.
    fn is_owed_within(&self, debt: &Debt) -> bool {
        let all = self.names.values().chain(self.sweeps.iter().map(|(_, debt)| debt));
        debt.first < debt.since && all.into_iter().any(|other| debt.first < other.first && other.first < debt.since)
    }

    /// Notes that everything from before this point is gone that a sweep covers, of a store with these servers.
    pub(super) fn settle_all(&mut self, sweep: &Sweep, point: u64, servers: &[Server]) {
        let is_covered = |(name, server): &(Name, Server)| sweep.covers(name.as_bytes(), *server);
        self.names.retain(|_, debt| debt.paying || debt.since > point || !debt.name.as_ref().is_some_and(is_covered));
        self.sweeps.retain(|(there, debt)| debt.paying || debt.since > point || !sweep.holds(there));
        if let Sweep::Store(server) = sweep
            && self.horizon.is_some()
            && self.drawn <= point
        {
            self.trust_emptied(*server, servers);
        }
    }

    /// Notes the same for whoever has taken it.
    pub(super) fn paid_all(&mut self, sweep: &Sweep, point: u64, servers: &[Server]) {
        let debt = self.sweeps.iter().find(|(there, debt)| there == sweep && debt.since <= point);
        match debt.map(|(_, debt)| self.is_owed_within(debt)) {
            Some(true) => {
                self.sweeps.iter_mut().filter(|(there, _)| there == sweep).for_each(|(_, debt)| debt.put_last());
            }
            Some(false) => self.sweeps.retain(|(there, _)| there != sweep),
            None => {}
        }
        self.settle_all(sweep, point, servers);
    }

    /// Notes that nothing on this server is from before the horizon, and trusts everything again where that is so on all.
    fn trust_emptied(&mut self, server: Server, servers: &[Server]) {
        if !self.emptied.contains(&server) {
            self.emptied.push(server);
        }
        if servers.iter().all(|server| self.emptied.contains(server)) {
            self.horizon = None;
            self.clean.clear();
            self.emptied.clear();
        }
    }

    pub(super) fn has_horizon(&self) -> bool {
        self.horizon.is_some()
    }

    /// Returns whether these bytes may be from before the horizon. Of a number nobody knows when it was written, nor of a
    /// record that says it was just after, or is yet to be: the clock of its writer may be ahead, or this one set back.
    pub(super) fn distrusts(&self, name: &Name, bytes: &[u8], now: u64) -> bool {
        let Some(horizon) = self.horizon else { return false };
        let created = Wire::read(bytes).map(|wire| wire.header.created);
        match created {
            Some(created) if created <= horizon => true,
            Some(created) if created > horizon.saturating_add(APART) && created <= now => false,
            _ => !self.clean.contains(name.as_bytes()),
        }
    }

    /// Notes that what is under this name, if anything, was written since this point.
    pub(super) fn trust(&mut self, name: &Name, point: u64) {
        if self.horizon.is_none() || point < self.drawn {
            return;
        }
        if self.clean.len() >= NAMES {
            // Some are removed once more: better that than one too old.
            self.clean.clear();
        }
        self.clean.insert(name.as_bytes().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::wire::Header;
    use crate::key::Scope;

    const HERE: Server = Server::ONLY;

    fn name(key: &str) -> Name {
        Scope::new("shop", "1", None).unwrap().name(&key.into())
    }

    fn standing(debts: &Debts, key: &str) -> Standing {
        debts.standing(name(key).as_bytes(), HERE)
    }

    fn scope(text: &str) -> Sweep {
        Sweep::Scope(text.into(), HERE)
    }

    fn take(debts: &mut Debts) -> Option<Due> {
        debts.take(9, u64::MAX, |_| false)
    }

    fn names(keys: &[&str]) -> Due {
        Due::Names(keys.iter().map(|key| name(key)).collect())
    }

    #[test]
    fn what_is_paid_was_owed_before_the_payment_began() {
        let mut debts = Debts::default();
        debts.owe(&name("a"), HERE, 0);
        let point = debts.point();
        debts.owe(&name("a"), HERE, 0);
        debts.settle(&name("a"), point);
        assert_eq!(standing(&debts, "a"), Standing::Owed(1), "it was owed once more meanwhile");
        debts.settle(&name("a"), debts.point());
        assert!(debts.are_none());
    }

    #[test]
    fn one_pays_at_a_time() {
        let mut debts = Debts::default();
        debts.owe(&name("a"), HERE, 0);
        assert_eq!((take(&mut debts), take(&mut debts)), (Some(names(&["a"])), None));
        debts.settle(&name("a"), debts.point());
        assert_eq!(standing(&debts, "a"), Standing::BeingPaid, "that may still arrive");
        debts.give_back(&[name("a")], None);
        assert_eq!(take(&mut debts), Some(names(&["a"])));
    }

    #[test]
    fn they_are_paid_in_the_order_in_which_they_were_made() {
        let mut debts = Debts::default();
        debts.owe(&name("b"), HERE, 0);
        debts.owe(&name("a"), HERE, 0);
        debts.owe_all(&scope("other:"), 0);
        debts.owe(&name("c"), HERE, 0);
        debts.owe(&name("b"), HERE, 0);
        assert_eq!(debts.take(9, 0, |_| false), None, "nothing was owed by then");
        assert_eq!(debts.take(1, u64::MAX, |_| false), Some(names(&["b"])));
        assert_eq!(take(&mut debts), None, "what comes after it waits for whoever is at it");
        debts.paid(&name("b"), debts.point());
        debts.give_back(&[name("b")], None);
        assert_eq!(
            debts.take(9, u64::MAX, |owed| *owed == name("a")),
            Some(Due::Sweep(scope("other:"))),
            "one is away"
        );
        debts.paid_all(&scope("other:"), debts.point(), &[HERE]);
        assert_eq!(take(&mut debts), Some(names(&["a", "c", "b"])), "what was owed again behind others is told again");
    }

    #[test]
    fn what_is_owed_again_behind_others_goes_before_them_and_once_more_behind_them() {
        let mut debts = Debts::default();
        for _ in 0..2 {
            debts.owe_all(&scope("some:"), 0);
            debts.owe_all(&scope("other:"), 0);
        }
        let mut told = Vec::new();
        while let Some(Due::Sweep(sweep)) = take(&mut debts) {
            debts.paid_all(&sweep, debts.point(), &[HERE]);
            debts.give_back(&[], Some(&sweep));
            told.push(sweep);
        }
        assert_eq!(told, ["some:", "other:", "some:", "other:"].map(scope));
        assert!(debts.are_none());
    }

    #[test]
    fn a_sweep_covers_the_names_that_begin_with_it_until_it_is_paid() {
        let mut debts = Debts::default();
        debts.owe_all(&scope("shop:1:"), 0);
        assert_eq!(standing(&debts, "a"), Standing::Owed(1));
        assert_eq!(debts.standing(b"shop:2:a", HERE), Standing::Clear);
        assert_eq!(take(&mut debts), Some(Due::Sweep(scope("shop:1:"))));
        assert_eq!((take(&mut debts), standing(&debts, "a")), (None, Standing::BeingPaid));
        debts.owe(&name("a"), HERE, 0);
        debts.settle_all(&scope("shop:1:"), debts.point(), &[HERE]);
        assert_eq!(standing(&debts, "a"), Standing::BeingPaid, "that may still arrive");
        debts.paid_all(&scope("shop:1:"), debts.point(), &[HERE]);
        assert!(debts.are_none());
        debts.owe_all(&scope("shop:1:"), 0);
        debts.settle_all(&Sweep::Store(HERE), debts.point(), &[HERE]);
        assert!(debts.are_none());
    }

    #[test]
    fn what_a_server_is_owed_is_nothing_to_another() {
        let mut debts = Debts::default();
        debts.owe_all(&scope("shop:1:"), 0);
        assert_eq!(debts.standing(name("a").as_bytes(), Server::called("another")), Standing::Clear);
        debts.settle_all(&Sweep::Scope("shop:1:".into(), Server::called("another")), debts.point(), &[HERE]);
        assert_eq!(standing(&debts, "a"), Standing::Owed(1));
        debts.settle_all(&Sweep::Store(Server::called("another")), debts.point(), &[HERE]);
        assert_eq!(standing(&debts, "a"), Standing::Owed(1));
    }

    fn record(created: u64) -> Vec<u8> {
        Header { created, ..Header::PLAIN }.write(&[], b"value")
    }

    #[test]
    fn beyond_its_bounds_a_record_from_a_clock_that_is_ahead_is_distrusted_once() {
        let mut debts = Debts::default();
        let now = 10 * APART;
        debts.lose_count(now);
        let any = name("whatever");
        for (ahead, later) in [(1, APART), (APART, 2 * APART), (5 * APART, 0)] {
            assert!(debts.distrusts(&any, &record(now + ahead), now + later), "ahead by {ahead}, read after {later}");
        }
        debts.trust(&any, debts.point());
        assert!(!debts.distrusts(&any, &record(now + 1), now + APART), "what was there before is gone");
        assert!(!debts.distrusts(&any, &record(now + 5 * APART), now));
        debts.lose_count(1);
        assert!(debts.distrusts(&any, &record(now), 2 * now), "a clock that was set back moves no horizon back");
    }

    #[test]
    fn beyond_its_bounds_what_is_being_paid_stays_until_it_is_paid() {
        let mut debts = Debts::default();
        debts.owe(&name("a"), HERE, 0);
        debts.owe(&name("b"), HERE, 0);
        debts.owe_all(&scope("other:"), 0);
        assert_eq!(debts.take(1, u64::MAX, |_| false), Some(names(&["a"])));
        let point = debts.point();
        debts.lose_count(0);
        assert_eq!(standing(&debts, "a"), Standing::BeingPaid, "that may still arrive");
        assert_eq!([standing(&debts, "b"), debts.standing(b"other:key", HERE)], [Standing::Clear; 2]);
        debts.paid(&name("a"), point);
        debts.owe_all(&scope("other:"), 0);
        assert_eq!(take(&mut debts), Some(Due::Sweep(scope("other:"))));
        let point = debts.point();
        debts.lose_count(0);
        assert_eq!(debts.standing(b"other:key", HERE), Standing::BeingPaid);
        debts.paid_all(&scope("other:"), point, &[HERE]);
        assert!(!debts.can_be_paid());
    }

    #[test]
    fn beyond_its_bounds_everything_written_before_is_distrusted() {
        let mut debts = Debts::default();
        for number in 0..=NAMES {
            debts.owe(&name(&number.to_string()), HERE, 1_000);
        }
        assert!(!debts.can_be_paid() && !debts.are_none());
        let any = name("whatever");
        let distrusts = |debts: &Debts, bytes: &[u8]| debts.distrusts(&any, bytes, 1_000_000);
        let (before, after) = (record(1_000), record(1_001 + APART));
        assert!(distrusts(&debts, &before) && !distrusts(&debts, &after));
        assert!(distrusts(&debts, b"42"), "a number says nothing of when it was written");
        debts.trust(&any, debts.point() - 1);
        assert!(distrusts(&debts, b"42"), "that began before");
        debts.trust(&any, debts.point());
        assert!(!distrusts(&debts, b"42") && distrusts(&debts, &before));
        let (servers, point) = ([HERE, Server::called("another")], debts.point());
        for (server, is_last) in servers.into_iter().zip([false, true]) {
            debts.settle_all(&Sweep::Store(server), point, &servers);
            assert_eq!(debts.are_none(), is_last);
        }
        debts.lose_count(1_000);
        debts.settle_all(&Sweep::Store(HERE), debts.point() - 1, &[HERE]);
        assert!(!debts.are_none(), "that began before");
    }

    #[test]
    fn a_sweep_that_is_owed_already_takes_no_room_where_there_is_none_left() {
        let mut debts = Debts::default();
        (0..SWEEPS).for_each(|number| debts.owe_all(&scope(&number.to_string()), 1));
        let point = debts.point();
        debts.owe_all(&scope("7"), 1);
        assert!(!debts.has_horizon());
        debts.paid_all(&scope("7"), point, &[HERE]);
        assert_eq!(debts.standing(b"7", HERE), Standing::Owed(8), "it was owed once more meanwhile");
        debts.owe_all(&scope("another"), 1);
        assert!(debts.has_horizon());
    }

    #[test]
    fn it_takes_bounded_memory_whatever_is_owed() {
        let mut debts = Debts::default();
        for number in 0..10_000 {
            debts.owe_all(&scope(&number.to_string()), 1);
            debts.owe(&name(&number.to_string()), HERE, 1);
            debts.trust(&name(&number.to_string()), debts.point());
        }
        assert!(debts.names.len() <= NAMES && debts.sweeps.len() <= SWEEPS && debts.clean.len() <= NAMES);
    }
}
