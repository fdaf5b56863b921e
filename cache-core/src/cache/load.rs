//! From a miss to a value: who runs the body, who waits, and what becomes of the outcome.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::across::Held;
use super::asker::Asker;
use super::judge::Judged;
use super::marker::Versions;
use super::race::{First, race};
use super::rules::Rules;
use super::run::{Role, Run};
use super::tell::Bare;
use crate::backend::Ticket;
use crate::clock::Tick;
use crate::error::Error;
use crate::executor::Task;
use crate::explain::{Alone, Done, Note, Whom, WhyStale};
use crate::flight::{Change, Landing, Leader, News, Token, Turn, Waiter, hand_on};
use crate::key::{Key, Name};
use crate::policy::Freshness;
use crate::record::Erased;
use crate::stats::Event;
use crate::tags::{Tag, fingerprint};
use crate::trace::Span;

/// A caller who found nothing, or nothing fresh enough.
#[derive(Debug)]
pub(crate) struct Load<V, E> {
    pub(crate) asker: Asker,
    pub(crate) name: Name,
    pub(crate) rules: Rules<V, E>,
    /// What was found all the same: past its time, or near its end.
    pub(crate) found: Option<Erased>,
    /// What a store outside said when this load began, for when it ends.
    pub(crate) ticket: Option<Ticket>,
    /// The tags that are known before the body runs.
    pub(crate) tags: Vec<Tag>,
    /// Their fingerprints, where the store is outside.
    pub(crate) fingerprints: Vec<u64>,
    /// What their markers said before the body ran.
    pub(super) versions: Versions,
    /// Why a store outside did not answer just now. It is not asked the same again.
    pub(super) failed: Option<Error>,
    /// What had happened to its name by [`Flights::events`](crate::flight::Flights::events) before a store in place said that
    /// it has nothing.
    pub(super) nothing_as_of: Option<u64>,
    /// What keeps other processes from running the body meanwhile. It is rare, and large.
    pub(super) lock: Option<Box<Held>>,
    /// Whether it has waited for a load that may be older than what is kept, and looked there again.
    pub(super) has_looked_again: bool,
    /// Whether its cache or its site is switched off, which is told and nothing else.
    pub(crate) is_off: bool,
    /// Who is told what becomes of it.
    pub(crate) note: Option<Note>,
    /// The same for whoever traces, once its body begins.
    pub(crate) span: Span,
}

/// What a caller is to do next who found nothing.
///
/// Nothing here knows the body: whoever has one asks what is next, so that all of this is compiled once for a type of
/// values, and not for every body.
pub(crate) enum Next<V, E> {
    /// Return this: it was there, or nobody can tell, which is trouble for a strict site.
    Found(Result<V, E>),
    /// Return this: somebody else has loaded it, or loads it anew just now.
    Done(Result<V, E>),
    /// Run the body.
    Run(Run<V, E>),
}

/// A load that a task may take over, so that its caller is served meanwhile.
pub(crate) struct Beside<V, E> {
    pub(crate) load: Box<Load<V, E>>,
    pub(crate) leader: Leader,
    pub(crate) waiter: Waiter,
}

/// What waiting for somebody else's load came to.
pub(super) enum Waited<V, E> {
    Done(Result<V, E>),
    /// The caller who loaded has left: somebody else has to.
    Again,
    /// It began before the body that asks, and so may be older than what is kept there: that has to be looked at.
    Older,
    /// The outcome cannot be shared: each one loads for itself, all at once.
    Alone(Alone),
}

/// How long nobody tries again after a load has failed and a stale value was served in its place.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl<V, E> Clone for Load<V, E> {
    fn clone(&self) -> Self {
        let (asker, name, found, ticket) =
            (self.asker.clone(), self.name.clone(), self.found.clone(), self.ticket.clone());
        let (tags, fingerprints, versions) = (self.tags.clone(), self.fingerprints.clone(), self.versions.clone());
        let (rules, failed, nothing_as_of) = (self.rules, self.failed.clone(), self.nothing_as_of);
        let (lock, has_looked_again, is_off) = (None, self.has_looked_again, self.is_off);
        let (note, span) = (self.note.clone(), self.span.clone());
        Self {
            asker,
            name,
            rules,
            found,
            ticket,
            tags,
            fingerprints,
            versions,
            failed,
            nothing_as_of,
            lock,
            has_looked_again,
            is_off,
            note,
            span,
        }
    }
}

impl<V, E> Load<V, E> {
    #[inline(always)]
    pub(crate) fn new(asker: Asker, name: Name, rules: &Rules<V, E>, found: Option<Erased>) -> Self {
        let (tags, fingerprints, versions) = (Vec::new(), Vec::new(), Versions::default());
        let (rules, ticket, failed, nothing_as_of, lock, is_off) = (*rules, None, None, None, None, false);
        let (has_looked_again, note, span) = (false, None, Span::NONE);
        Self {
            asker,
            name,
            rules,
            found,
            ticket,
            tags,
            fingerprints,
            versions,
            failed,
            nothing_as_of,
            lock,
            has_looked_again,
            is_off,
            note,
            span,
        }
    }

    /// Returns the same load for a task that runs the body in its place.
    pub(crate) fn for_task(&mut self) -> Self {
        let lock = self.lock.take();
        Self { lock, ..self.clone() }
    }

    /// Gives the result the tags of a key.
    pub(crate) fn with_tags_of(mut self, key: &Key) -> Self {
        self.tags = self.asker.cache.tags_of(key);
        self.fingerprints = self.asker.cache.fingerprints_of(key);
        self
    }

    /// Gives the result a tag.
    pub(crate) fn tag(&mut self, name: &str) {
        let home = self.asker.home();
        let tag = home.tags.tag(name);
        if home.outside().is_some() {
            self.fingerprints.push(fingerprint(name));
        }
        self.tags.push(tag);
    }

    /// Finds out what its caller is to do, who loads once for all who ask now.
    pub(crate) async fn next(self: Box<Self>) -> Next<V, E> {
        match self.next_or_beside().await {
            Ok(next) => next,
            Err(beside) => beside.lead().await,
        }
    }

    /// Does the same for a caller whose body may be able to run beside it.
    pub(crate) async fn next_or_beside(mut self: Box<Self>) -> Result<Next<V, E>, Beside<V, E>> {
        if self.is_off {
            return Ok(self.bare());
        }
        if self.asker.cache.is_changed_here(&self.name) {
            // What is read in a transaction is neither kept nor handed to those who stand outside of it.
            self.asker.count(Event::Bypassed);
            self.tell(Done::Alone(Alone::Changed));
            return Ok(self.bare());
        }
        loop {
            match self.turn() {
                Turn::Found(record) => {
                    if let Some(outcome) = self.read(&record) {
                        self.asker.count(Event::Shared);
                        self.tell(Done::Shared);
                        return Ok(Next::Done(outcome));
                    }
                }
                Turn::Wait(waiter) => match self.wait(waiter).await {
                    Waited::Done(outcome) => return Ok(Next::Done(outcome)),
                    // Meanwhile the store may have come back.
                    Waited::Again => {
                        self.failed = None;
                        self.tell(Done::TookOver);
                    }
                    Waited::Older => {
                        self.failed = None;
                        self.tell(Done::LookedAgain);
                    }
                    Waited::Alone(why) => {
                        self.tell(Done::Alone(why));
                        let token = self.asker.home().flights.token(self.name.as_bytes());
                        return Ok(self.alone(token).await);
                    }
                },
                Turn::Lead(leader) => {
                    let leader = match self.fetch(leader).await {
                        Ok(next) => return Ok(next),
                        Err(leader) => leader,
                    };
                    if self.is_outrun(&leader) {
                        drop(leader);
                        self.tell(Done::Alone(Alone::Outrun));
                        let token = self.asker.home().flights.token(self.name.as_bytes());
                        return Ok(self.alone(token).await);
                    }
                    return match self.wants_to_detach().then(|| leader.waiter()).flatten() {
                        Some(waiter) => Err(Beside { load: self, leader, waiter }),
                        None => Ok(self.lead(leader).await),
                    };
                }
                Turn::Alone(token) => {
                    self.tell(Done::Alone(Alone::OtherLoad));
                    return Ok(self.alone(token).await);
                }
                Turn::Circle => {
                    self.asker.count(Event::Circle);
                    self.tell(Done::Alone(Alone::Circle));
                    return Ok(self.bare());
                }
            }
        }
    }

    /// Does the same for a caller who loads although there may be a value: nobody's load under way is joined, and none
    /// that began before is kept.
    pub(crate) async fn anew(mut self: Box<Self>) -> Next<V, E> {
        self.be_anew();
        let flights = &self.asker.home().flights;
        flights.change(self.name.as_bytes(), || ((), Change::New));
        let token = flights.token(self.name.as_bytes());
        self.alone(token).await
    }

    /// Has the body run, and nothing kept of it.
    fn bare(self: Box<Self>) -> Next<V, E> {
        Next::Run(Run::Bare(self.bare_end(self.begin_span())))
    }

    /// Tells that a body begins of which nothing is kept, and returns what tells of its end.
    pub(super) fn bare_end(&self, span: Span) -> Bare {
        self.hand_on_known();
        Bare::begin(self.note.clone(), span, || self.asker.home().clock.clone())
    }

    /// Returns whether there is something else to answer with, where its body is given up.
    pub(super) fn can_do_without(&self) -> bool {
        self.rules.trouble.is_some() || self.spare().is_some()
    }

    /// Notes what was said of its tags, where that was asked for many at once.
    pub(super) fn set_versions(&mut self, versions: &Versions) {
        self.versions = versions.of_these(&self.fingerprints);
    }

    /// Has the body run for nobody else.
    async fn alone(mut self: Box<Self>, token: Token) -> Next<V, E> {
        self.prepare().await;
        Run::begin(self, Role::Alone(token)).await
    }

    /// Has the body run for all who ask meanwhile.
    async fn lead(self: Box<Self>, leader: Leader) -> Next<V, E> {
        Run::begin(self, Role::Leader(leader)).await
    }

    /// Looks once more and takes a place, in one step.
    pub(super) fn turn(&mut self) -> Turn<Erased> {
        let home = self.asker.home();
        // Dropped at the end, outside of the lock under which it is looked for.
        let mut there = None;
        let again = || {
            there = home.memory()?.peek(&self.name);
            let record = there.as_ref().filter(|record| self.is_own(record))?;
            (self.freshness(record) == Freshness::Fresh).then(|| Arc::clone(record))
        };
        let turn = home.flights.join(self.name.as_bytes(), self.name.mark(), self.rules.keep.of, again);
        if home.memory().is_some() && matches!(turn, Turn::Lead(_)) {
            // What was found before may have been invalidated since; those who come later must not be handed it.
            self.found = there.filter(|record| self.is_own(record));
        }
        turn
    }

    fn is_own(&self, record: &Erased) -> bool {
        record.mark() == self.name.mark() && self.reads(record)
    }

    /// Returns until when nobody tries again who has something to serve meanwhile.
    pub(super) fn quiet_until(&self) -> Tick {
        self.asker.home().clock.now().after(RETRY_AFTER)
    }

    /// Leaves what was found alone for so long.
    pub(super) fn hush_for(&self, time: Duration) {
        let home = self.asker.home();
        let now = home.clock.now();
        let until = now.after(time);
        self.found.iter().for_each(|found| found.hush(until));
        home.quiet.hush(self.name.as_bytes(), until, now);
    }

    /// Concludes a load that ran as a task of its own.
    pub(crate) async fn land(mut self, leader: Leader, judged: Judged) {
        self.conclude(leader.token(), &judged).await;
        leader.land(judged.landing);
        self.let_lock_go().await;
    }

    /// Waits for somebody else's load, or takes what the site allows to be served meanwhile.
    pub(super) async fn wait(&mut self, mut waiter: Waiter) -> Waited<V, E> {
        // What another process has invalidated since, nobody here has heard of, and what the body makes of it would be kept.
        let outside = self.asker.home().outside();
        let trusts = outside.is_some_and(|outside| outside.is_trusted() && waiter.is_made_of_by_none());
        if trusts && self.has_looked_again {
            // There may be such a one whenever it looks: it waits once.
            return self.find_alone().await.map_or(Waited::Alone(Alone::Older), Waited::Done);
        }
        let is_older = trusts || (outside.is_some() && waiter.is_from_before());
        self.tell_joined();
        loop {
            if let Some(outcome) = self.serve_while_others_load(WhyStale::Refreshing) {
                return Waited::Done(outcome);
            }
            let waiting = self.begin_to_wait();
            let news = self.patiently(&mut waiter).await;
            waiting.end(Whom::Caller);
            match news {
                Some(News::Landed(Landing::Value(_) | Landing::Spare(_) | Landing::Error(..))) if is_older => {
                    self.has_looked_again = true;
                    return Waited::Older;
                }
                Some(News::Landed(landing)) => return self.take(&landing),
                Some(News::Offer(record)) if !is_older && self.reads(&record) => self.found = Some(record),
                Some(News::Offer(_)) => {}
                None if waiter.is_superseded() => return Waited::Again,
                None => return self.serve_spare(WhyStale::Impatient).map_or(Waited::Again, Waited::Done),
            }
        }
    }

    /// Waits for a load as long as the site's patience lasts, where there is a value to fall back on.
    async fn patiently(&self, waiter: &mut Waiter) -> Option<News> {
        let executor = &self.asker.home().executor;
        let news = poll_fn(|context| {
            executor.drive(context.waker());
            Pin::new(&mut *waiter).poll(context)
        });
        let limit = self.rules.options.soft_timeout.filter(|_| self.spare().is_some());
        match limit.and_then(|limit| executor.sleep(limit)) {
            None => Some(news.await),
            Some(sleep) => match race(news, sleep).await {
                First::Left(news) => Some(news),
                First::Right(()) => None,
            },
        }
    }

    /// Takes what somebody else's load came to.
    fn take(&self, landing: &Landing) -> Waited<V, E> {
        let outcome = match landing {
            // A tag of it was invalidated since, and who asked after that is not to have it.
            Landing::Value(record) if record.is_withdrawn() => return Waited::Again,
            Landing::Spare(record) if self.freshness(record) == Freshness::Gone => None,
            Landing::Value(record) | Landing::Spare(record) => self.read(record),
            Landing::Error(error, bonds) => {
                bonds.as_deref().map_or_else(|| self.hand_on_known(), hand_on);
                self.trouble_in(&**error).or_else(|| (self.rules.share?.read)(&**error)).map(Err)
            }
            Landing::Released => None,
            Landing::Abandoned => return Waited::Again,
        };
        match outcome {
            Some(outcome) => {
                self.asker.count(Event::Shared);
                self.tell(Done::Shared);
                Waited::Done(outcome)
            }
            None => Waited::Alone(Alone::Unshared),
        }
    }

    /// Returns the error of a strict site, where the store failed and not the body.
    fn trouble_in(&self, error: &(dyn Any + Send + Sync)) -> Option<E> {
        let convert = self.rules.trouble.filter(|_| self.rules.strict)?;
        error.downcast_ref::<Error>().cloned().map(convert)
    }

    /// Returns whether the caller can be served before the load is over, so that a task of its own is worth making.
    fn wants_to_detach(&self) -> bool {
        match self.freshness_of_found() {
            Some(Freshness::Ahead | Freshness::Stale) => true,
            Some(Freshness::Spare) => self.rules.options.soft_timeout.is_some(),
            _ => false,
        }
    }

    /// Serves a value near or past its end while somebody loads it anew, as far as the site allows.
    pub(super) fn serve_while_others_load(&self, why: WhyStale) -> Option<Result<V, E>> {
        match self.freshness_of_found()? {
            Freshness::Ahead => {
                let outcome = self.read(self.found.as_ref()?)?;
                self.asker.count(Event::Hit);
                self.tell(Done::Ahead);
                Some(outcome)
            }
            Freshness::Stale => self.serve_spare(why),
            Freshness::Fresh | Freshness::Spare | Freshness::Gone => None,
        }
    }

    /// Serves the value that is kept for bad times.
    pub(super) fn serve_spare(&self, why: WhyStale) -> Option<Result<V, E>> {
        let outcome = self.read(self.spare()?)?;
        self.asker.count(Event::Stale);
        self.tell_stale(why);
        Some(outcome)
    }

    /// Returns the value to fall back on, if there is one that may still be served.
    pub(crate) fn spare(&self) -> Option<&Erased> {
        self.found.as_ref().filter(|found| self.freshness(found) != Freshness::Gone)
    }

    pub(super) fn freshness_of_found(&self) -> Option<Freshness> {
        self.found.as_ref().map(|found| self.freshness(found))
    }

    pub(crate) fn freshness(&self, record: &Erased) -> Freshness {
        if record.is_withdrawn() {
            return Freshness::Gone;
        }
        record.freshness(&self.rules.options, self.asker.home().clock.now())
    }

    /// Reads a value, or an error that was kept like one; `None` when the record holds something else.
    pub(crate) fn read(&self, record: &Erased) -> Option<Result<V, E>> {
        self.rules.read(record)
    }

    fn reads(&self, record: &Erased) -> bool {
        self.rules.reads(record)
    }
}

impl<V, E> Beside<V, E> {
    /// Has the caller run the body after all.
    pub(crate) async fn lead(self) -> Next<V, E> {
        self.load.lead(self.leader).await
    }

    /// Starts the task that was made for its leader and serves the caller; who is not served does not try that again.
    pub(crate) async fn start(mut load: Box<Load<V, E>>, waiter: Waiter, task: Task) -> Next<V, E> {
        load.tell(Done::Beside);
        // A task that is handed back is dropped here, and its leader with it: the next turn leads anew.
        if load.asker.home().executor.spawn(task).is_ok()
            && let Waited::Done(outcome) = load.wait(waiter).await
        {
            return Next::Done(outcome);
        }
        load.next().await
    }
}
