//! From a miss to a value: who runs the body, who waits, and what becomes of the outcome.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::asker::Asker;
use super::judge::{Ending, Judged};
use super::race::{First, race};
use super::rules::Rules;
use crate::backend::Ticket;
use crate::clock::Tick;
use crate::error::Error;
use crate::executor::Task;
use crate::flight::{Change, Landing, Leader, Link, News, Scoped, Token, Turn, Waiter};
use crate::key::Name;
use crate::policy::{self, Freshness};
use crate::record::Erased;
use crate::stats::Event;
use crate::tags::Tag;

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
}

/// What a caller brings along to fill the cache.
pub(crate) trait Body<V, E>: Sized {
    /// Runs it as part of the caller.
    fn run(self) -> impl Future<Output = Result<V, E>>;

    /// Makes a task of its own that loads for all; hands the leader back where the body is bound to its caller.
    fn detach(&mut self, load: &Load<V, E>, leader: Leader) -> Result<Task, Leader>;
}

/// A body that is bound to its caller.
pub(crate) struct Bound<F>(pub(crate) F);

impl<V, E, F, Fut> Body<V, E> for Bound<F>
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = Result<V, E>>,
{
    async fn run(self) -> Result<V, E> {
        (self.0)().await
    }

    fn detach(&mut self, _: &Load<V, E>, leader: Leader) -> Result<Task, Leader> {
        Err(leader)
    }
}

/// What waiting for somebody else's load came to.
enum Waited<V, E> {
    Done(Result<V, E>),
    /// The caller who loaded has left: somebody else has to.
    Again,
    /// The outcome cannot be shared: each one loads for itself, all at once.
    Alone,
}

/// How long nobody tries again after a load has failed and a stale value was served in its place.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Asks for quiet when it is dropped by a panic.
struct QuietAfter(Option<(Erased, Tick)>);

impl Drop for QuietAfter {
    fn drop(&mut self) {
        if let Some((found, until)) = &self.0
            && std::thread::panicking()
        {
            found.hush(*until);
        }
    }
}

impl<V, E> Clone for Load<V, E> {
    fn clone(&self) -> Self {
        let (asker, name, found, ticket, tags) =
            (self.asker.clone(), self.name.clone(), self.found.clone(), self.ticket.clone(), self.tags.clone());
        Self { asker, name, rules: self.rules, found, ticket, tags }
    }
}

impl<V, E> Load<V, E> {
    pub(crate) fn new(asker: Asker, name: Name, rules: &Rules<V, E>, found: Option<Erased>) -> Self {
        Self { asker, name, rules: *rules, found, ticket: None, tags: Vec::new() }
    }

    /// Gives the result a tag.
    pub(crate) fn tag(&mut self, name: &str) {
        let tag = self.asker.home().tags.tag(name);
        self.tags.push(tag);
    }

    /// Loads the value: once for all who ask now.
    pub(crate) async fn run<B: Body<V, E>>(mut self: Box<Self>, mut body: B) -> Result<V, E> {
        let mut may_detach = true;
        loop {
            match self.turn() {
                Turn::Found(record) => {
                    if let Some(outcome) = self.read(&record) {
                        self.asker.count(Event::Shared);
                        return outcome;
                    }
                }
                Turn::Wait(waiter) => match self.wait(waiter).await {
                    Waited::Done(outcome) => return outcome,
                    Waited::Again => {}
                    Waited::Alone => {
                        let token = self.asker.home().flights.token(self.name.as_bytes());
                        return self.alone(token, body).await;
                    }
                },
                Turn::Lead(leader) => {
                    let leader = match self.fetch(leader).await {
                        Ok(outcome) => return outcome,
                        Err(leader) => leader,
                    };
                    if !(may_detach && self.wants_to_detach()) {
                        return self.lead(leader, body).await;
                    }
                    let Some(waiter) = leader.waiter() else { return self.lead(leader, body).await };
                    match body.detach(&self, leader) {
                        Err(leader) => return self.lead(leader, body).await,
                        Ok(task) => match self.beside(task, waiter).await {
                            Some(outcome) => return outcome,
                            None => may_detach = false,
                        },
                    }
                }
                Turn::Alone(token) => return self.alone(token, body).await,
                Turn::Circle => {
                    self.asker.count(Event::Circle);
                    return body.run().await;
                }
            }
        }
    }

    /// Loads the value although there may be one: nobody's load under way is joined, and none that began before is kept.
    pub(crate) async fn anew<B: Body<V, E>>(mut self, body: B) -> Result<V, E> {
        let flights = &self.asker.home().flights;
        flights.change(self.name.as_bytes(), || ((), Change::New));
        let token = flights.token(self.name.as_bytes());
        self.alone(token, body).await
    }

    /// Runs the body for nobody else.
    async fn alone<B: Body<V, E>>(&mut self, token: Token, body: B) -> Result<V, E> {
        self.begin_fill().await;
        self.load(&token, Link::new(0), body).await.0
    }

    /// Looks once more and takes a place, in one step.
    fn turn(&mut self) -> Turn<Erased> {
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

    /// Runs the body for all who ask meanwhile.
    async fn lead<B: Body<V, E>>(&self, leader: Leader, body: B) -> Result<V, E> {
        let (outcome, landing) = self.load(leader.token(), Link::new(leader.id()), body).await;
        leader.land(landing);
        outcome
    }

    /// Runs the body and keeps what comes of it, unless the token has lost its worth.
    async fn load<B: Body<V, E>>(&self, token: &Token, link: Arc<Link>, body: B) -> (Result<V, E>, Landing) {
        if self.freshness_of_found() != Some(Freshness::Ahead) {
            self.asker.count(Event::Miss);
        }
        let began = self.began();
        // Until it has ended well: a body that panics is not asked again by everybody while there is a value.
        let mut quiet = QuietAfter(self.found.as_ref().map(|found| (Arc::clone(found), self.quiet_until())));
        let ending = self.within_limit(Scoped::new(Arc::clone(&link), body.run())).await;
        quiet.0 = None;
        let (outcome, judged) = self.judge(&link, began, token, ending);
        self.conclude(token, &judged).await;
        (outcome, judged.landing)
    }

    /// Concludes a load that ran as a task of its own.
    pub(crate) async fn land(&self, leader: Leader, judged: Judged) {
        self.conclude(leader.token(), &judged).await;
        leader.land(judged.landing);
    }

    /// Gives a body up after its time, where there is something else to answer with.
    async fn within_limit(&self, body: impl Future<Output = Result<V, E>>) -> Ending<V, E> {
        let Some(limit) = self.rules.options.hard_timeout else { return Ending::Ended(body.await) };
        if self.rules.trouble.is_none() && self.spare().is_none() {
            return Ending::Ended(body.await);
        }
        let Some(sleep) = self.asker.home().executor.sleep(limit) else { return Ending::NoTimer };
        match race(body, sleep).await {
            First::Left(outcome) => Ending::Ended(outcome),
            First::Right(()) => Ending::TimedOut,
        }
    }

    /// Waits for somebody else's load, or takes what the site allows to be served meanwhile.
    async fn wait(&mut self, mut waiter: Waiter) -> Waited<V, E> {
        loop {
            if let Some(outcome) = self.serve_while_others_load() {
                return Waited::Done(outcome);
            }
            match self.patiently(&mut waiter).await {
                Some(News::Landed(landing)) => return self.take(&landing),
                Some(News::Offer(record)) if self.reads(&record) => self.found = Some(record),
                Some(News::Offer(_)) => {}
                None if waiter.is_superseded() => return Waited::Again,
                None => return self.serve_spare().map_or(Waited::Again, Waited::Done),
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
            Landing::Error(error) => self.trouble_in(&**error).or_else(|| (self.rules.share?.read)(&**error)).map(Err),
            Landing::Released => None,
            Landing::Abandoned => return Waited::Again,
        };
        match outcome {
            Some(outcome) => {
                self.asker.count(Event::Shared);
                Waited::Done(outcome)
            }
            None => Waited::Alone,
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

    /// Starts the task beside the caller and serves the caller; `None` when there is nowhere to run it now.
    async fn beside(&mut self, task: Task, waiter: Waiter) -> Option<Result<V, E>> {
        // A task that is handed back is dropped here, and its leader with it: the next turn leads anew.
        self.asker.home().executor.spawn(task).ok()?;
        match self.wait(waiter).await {
            Waited::Done(outcome) => Some(outcome),
            Waited::Again | Waited::Alone => None,
        }
    }

    /// Serves a value near or past its end while somebody loads it anew, as far as the site allows.
    fn serve_while_others_load(&self) -> Option<Result<V, E>> {
        match self.freshness_of_found()? {
            Freshness::Ahead => self.read(self.found.as_ref()?),
            Freshness::Stale => self.serve_spare(),
            Freshness::Fresh | Freshness::Spare | Freshness::Gone => None,
        }
    }

    /// Serves the value that is kept for bad times.
    fn serve_spare(&self) -> Option<Result<V, E>> {
        let outcome = self.read(self.spare()?)?;
        self.asker.count(Event::Stale);
        Some(outcome)
    }

    /// Returns the value to fall back on, if there is one that may still be served.
    pub(crate) fn spare(&self) -> Option<&Erased> {
        self.found.as_ref().filter(|found| self.freshness(found) != Freshness::Gone)
    }

    fn freshness_of_found(&self) -> Option<Freshness> {
        self.found.as_ref().map(|found| self.freshness(found))
    }

    pub(crate) fn freshness(&self, record: &Erased) -> Freshness {
        if record.is_withdrawn() {
            return Freshness::Gone;
        }
        policy::freshness(record.times(), &self.rules.options, self.asker.home().clock.now())
    }

    /// Reads a value, or an error that was kept like one; `None` when the record holds something else.
    pub(crate) fn read(&self, record: &Erased) -> Option<Result<V, E>> {
        self.rules.read(record)
    }

    fn reads(&self, record: &Erased) -> bool {
        self.rules.reads(record)
    }
}
