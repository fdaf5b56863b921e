//! One call of an annotated function: look, and on a miss load.

use std::borrow::Cow;
use std::future::Future;
use std::panic::Location;

use super::entry::{Entry, Since, Watched};
use super::outcome::Outcome;
use super::reach::Reach;
use super::spawn::Detached;
use crate::cache::{self, Asker, Bare, Beside, Cache, First, Load, Next, Rules, Run, Running, once_only};
use crate::error::Error;
use crate::executor::{Task, block_on};
use crate::explain::{Asked, Found, Note, Scope, Unasked};
use crate::flight::{Leader, Link, Scoped, hand_on_name, is_anything_loading};
use crate::key::{self, Key, KeyText, KeyWriter};
use crate::policy::Ttl;
use crate::registry::Site;
use crate::registry::effects::By;
use crate::stats::{Event, Stats};
use crate::trace;
use crate::value::Keep;

/// What an expansion knows of its site, with the types of the function it stands on.
///
/// A few pointers: a hit needs little of what an attribute says, and the rules are only made where a body has to run.
pub struct Call<R: Outcome<KIND>, const KIND: u8> {
    site: &'static Site,
    reach: Reach<R::Kept>,
    say: Say<R::Kept, R::Error>,
    /// The name of the type around a method, where that has parameters: its key may have forgotten one of them.
    around: Option<fn() -> &'static str>,
}

/// How the rules of a site are said: made from what is usual.
type Say<V, E> = fn(Rules<V, E>) -> Rules<V, E>;

/// Why there is no cache to ask.
enum Away {
    /// It is switched off, or the site is.
    Off(Cow<'static, Cache>),
    /// Nobody configured it.
    Missing(Error),
}

impl<R: Outcome<KIND>, const KIND: u8> Clone for Call<R, KIND> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Outcome<KIND>, const KIND: u8> Copy for Call<R, KIND> {}

/// What the wrapper does.
impl<R: Outcome<KIND>, const KIND: u8> Call<R, KIND> {
    #[must_use]
    #[inline]
    pub fn new(site: &'static Site, reach: Reach<R::Kept>, say: Say<R::Kept, R::Error>) -> Self {
        Self { site, reach, say, around: None }
    }

    /// Says that what is kept belongs to one type around the method alone.
    #[must_use]
    #[inline]
    pub fn within(mut self, around: fn() -> &'static str) -> Self {
        self.around = Some(around);
        self
    }

    fn mark(&self) -> u64 {
        let mark = self.mark_within(self.site.mark());
        if self.around.is_some() {
            self.site.note_mark(mark);
        }
        mark
    }

    #[inline]
    fn mark_within(&self, mark: u64) -> u64 {
        self.around.map_or(mark, |name| key::mark_of(mark, name()))
    }

    /// Looks for a value: what the function returns, or what it takes to load it.
    ///
    /// # Errors
    ///
    /// A miss, which is no failure: whoever gets it runs the body through it.
    #[inline(always)]
    pub fn look(self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Result<R, Miss<R, KIND>> {
        self.look_among(&mut false, write)
    }

    /// Does the same for one of many: that their body runs uncached is counted once.
    #[inline(always)]
    pub(super) fn look_among(
        self,
        is_counted: &mut bool,
        write: impl FnOnce(&mut KeyWriter<'_>),
    ) -> Result<R, Miss<R, KIND>> {
        let mut key = KeyText::empty();
        key.write(write);
        if let Some((cache, mark)) = self.site.ready()
            && let Some(value) = self.reach.seek(cache, self.mark_within(*mark), self.site, &key)
        {
            self.site.count_hit();
            return Ok(R::join(Ok(value)));
        }
        self.look_closer(&key, is_counted)
    }

    /// Looks for what is not simply there and fresh, and where a call is something special.
    #[cold]
    #[inline(never)]
    fn look_closer(self, key: &KeyText, is_counted: &mut bool) -> Result<R, Miss<R, KIND>> {
        let cache = match self.cache() {
            Ok(cache) => cache,
            Err(Away::Off(cache)) => {
                if !std::mem::replace(is_counted, true) {
                    self.site.asker(&cache).count(Event::Bypassed);
                }
                return Err(Miss(self.told_of_off(&cache, key)));
            }
            Err(Away::Missing(trouble)) => {
                self.tell_missing(|| key.to_text(), &trouble);
                return match self.trouble(&trouble) {
                    Some(error) => Ok(R::join(Err(error))),
                    None => Err(Miss(None)),
                };
            }
        };
        // A test with caches of its own goes the way that programs go, and so does everybody while others ask why.
        if Scope::here().is_none()
            && let Some(value) = self.reach.seek(&cache, self.mark(), self.site, key)
        {
            if let Cow::Owned(cache) = &cache {
                self.site.asker(cache).count(Event::Hit);
                cache.home().count_near_hit();
            } else {
                self.site.count_hit();
            }
            return Ok(R::join(Ok(value)));
        }
        let name = cache.scope().name_of(self.mark(), key);
        match cache::look(cache, Some(self.site.named()), name, &self.rules()) {
            Ok(outcome) => Ok(R::join(outcome)),
            Err(load) => Err(Miss(Some(load))),
        }
    }

    fn rules(self) -> Rules<R::Kept, R::Error> {
        let mut rules = Rules::new(self.reach.keep(), self.site.options);
        rules.strict = self.site.strict;
        (self.say)(rules)
    }

    /// Returns the cache to ask; else the reason why there is none.
    fn cache(&self) -> Result<Cow<'static, Cache>, Away> {
        match self.site.home() {
            Ok(cache) if self.site.is_off() || cache.is_off() => Err(Away::Off(cache)),
            Ok(cache) => Ok(cache),
            Err(error) => Err(Away::Missing(error)),
        }
    }

    /// Returns a load that runs its body and tells of it, where somebody asks why nothing is looked for.
    fn told_of_off(self, cache: &Cache, key: &KeyText) -> Option<Box<Load<R::Kept, R::Error>>> {
        // What is made of it by another body has the tags that this one is said to have.
        if Scope::here().is_none() && !trace::is_anyone_listening() && !is_anything_loading() {
            return None;
        }
        let name = cache.scope().name_of(self.mark(), key);
        let mut load = Box::new(Load::new(self.site.asker(cache), name, &self.rules(), None));
        load.be_off(self.why_off());
        Some(load)
    }

    /// Returns who asks where there is a cache; `None` where that is switched off or missing.
    pub(super) fn asker(&self) -> Option<Asker> {
        self.cache().ok().map(|cache| self.site.asker(&cache))
    }

    pub(super) fn keep(&self) -> Keep<R::Kept> {
        self.reach.keep()
    }

    fn why_off(&self) -> Unasked {
        if self.site.is_off() { Unasked::PlaceOff } else { Unasked::CacheOff }
    }

    /// Tells whoever asks that there is no cache.
    fn tell_missing(&self, key: impl FnOnce() -> String, error: &Error) {
        let note = Note::begin(|| Asked::new(Some(self.site.place()), self.site.cache_name(), &key()));
        if let Some(note) = note {
            note.found(Found::Unasked(Unasked::NoCache { error: error.to_string() }));
        }
    }

    /// Counts and logs that there is no cache, and returns the error that a strict site returns then.
    fn trouble(&self, error: &Error) -> Option<R::Error> {
        self.site.trouble(error);
        let rules = self.rules();
        rules.trouble.filter(|_| rules.strict).map(|convert| convert(error.clone()))
    }
}

/// What the companion does.
impl<R: Outcome<KIND>, const KIND: u8> Call<R, KIND> {
    #[must_use]
    pub fn key(&self, write: &dyn Fn(&mut KeyWriter<'_>)) -> Key {
        Key::write(self.mark(), write)
    }

    #[must_use]
    pub fn stats(&self) -> Stats {
        self.site.stats()
    }

    #[must_use]
    pub fn site(&self) -> &'static Site {
        self.site
    }

    #[must_use]
    pub fn entry(&self, key: Key) -> Entry {
        Entry::new(self.site, key)
    }

    pub async fn get(self, key: Key) -> Option<R::Given> {
        self.get_kept(key).await.and_then(R::give)
    }

    async fn get_kept(self, key: Key) -> Option<R::Kept> {
        let cache = match self.cache() {
            Ok(cache) => cache,
            Err(Away::Off(cache)) => {
                cache.tell_off(Some(self.site.named()), &key, || self.why_off());
                return None;
            }
            Err(Away::Missing(trouble)) => {
                self.tell_missing(|| key.as_str().to_owned(), &trouble);
                self.site.trouble(&trouble);
                return None;
            }
        };
        cache.get_kept(&key, self.reach.keep(), Some(self.site.named())).await.unwrap_or_else(|error| {
            self.site.asker(&cache).trouble(&error);
            None
        })
    }

    pub async fn put(self, key: Key, value: R::Given) {
        let value = R::keep(value);
        let cache = match self.cache() {
            Ok(cache) => cache,
            Err(Away::Missing(trouble)) => return self.site.trouble(&trouble),
            // What was kept before is older than this, and may be served again later.
            Err(Away::Off(_)) => return self.invalidate(key).await,
        };
        let rules = self.rules();
        let options = rules.options_for(&value, None);
        if let Err(error) = cache.set_kept(&key, value, rules.keep, options, cache.bonds(&key)).await {
            self.site.asker(&cache).trouble(&error);
        }
    }

    /// Keeps the value that a function has written, unless somebody has changed its entry since the function began: then
    /// nobody knows which of them wrote last, and nothing is kept.
    #[track_caller]
    pub fn update(self, by: &'static str, watched: Watched, value: R::Given) -> impl Future<Output = ()> {
        watched.entry.note(By::Function(by, Location::caller()));
        self.put_watched(watched, R::keep(value))
    }

    async fn put_watched(self, watched: Watched, value: R::Kept) {
        let Watched { entry, token, bonds } = watched;
        let (cache, token) = match (self.cache(), &token) {
            (Ok(cache), Some(token)) => (cache, token),
            (Err(Away::Missing(trouble)), _) => return self.site.trouble(&trouble),
            (Err(Away::Off(_)), _) | (_, None) => return entry.withdraw().await,
        };
        let rules = self.rules();
        if !rules.wants(&value) {
            return entry.withdraw().await;
        }
        let options = rules.options_for(&value, None);
        let kept = cache.set_since((token, None), &entry.key, value, rules.keep, options, bonds).await;
        let outcome = match kept {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.site.asker(&cache).count(Event::Superseded);
                cache.delete(&entry.key).await.map(drop)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            self.site.asker(&cache).trouble(&error);
        }
    }

    /// Notes the state of things, before a function begins whose result will say which entry it updates.
    pub async fn since(self) -> Since {
        Since::new(self.site).await
    }

    #[must_use]
    pub fn since_blocking(self) -> Since {
        block_on(self.since())
    }

    #[track_caller]
    pub fn update_blocking(self, by: &'static str, watched: Watched, value: R::Given) {
        block_on(self.update(by, watched, value));
    }

    pub async fn invalidate(self, key: Key) {
        self.entry(key).invalidate().await;
    }

    /// Runs the body for a value that is newer than any kept, and keeps it.
    pub fn refresh<Fut: Future<Output = R>>(self, key: Key, body: Fut) -> impl Future<Output = R> {
        let body = Box::pin(body);
        async move {
            match self.begin_refresh(key).await {
                Step::Found(outcome) | Step::Done(outcome) => outcome,
                Step::Run(run, old) => {
                    let (run, outcome) = Running::new(run, body).await;
                    end(run, outcome, old).await
                }
            }
        }
    }

    async fn begin_refresh(self, key: Key) -> Step<R, KIND> {
        let cache = match self.cache() {
            Ok(cache) => cache,
            Err(Away::Missing(trouble)) => {
                self.tell_missing(|| key.as_str().to_owned(), &trouble);
                return match self.trouble(&trouble) {
                    Some(error) => Step::Done(R::join(Err(error))),
                    None => Step::Run(Run::Bare(Bare::UNTOLD), None),
                };
            }
            Err(Away::Off(cache)) => {
                self.site.asker(&cache).count(Event::Bypassed);
                cache.hand_on_tags_of(&key);
                // What was kept before is older than what the body will have read.
                let bare = cache.bare_since_off(Some(self.site.named()), self.why_off(), || cache.name_of(&key));
                return Step::Run(Run::Bare(bare), Some(Box::new(self.entry(key))));
            }
        };
        let load = Load::new(self.site.asker(&cache), cache.name_of(&key), &self.rules(), None);
        Step::of(Box::new(load.with_tags_of(&key)).anew().await)
    }

    pub fn get_blocking(self, key: Key) -> Option<R::Given> {
        block_on(self.get(key))
    }

    pub fn put_blocking(self, key: Key, value: R::Given) {
        block_on(self.put(key, value));
    }

    pub fn invalidate_blocking(self, key: Key) {
        block_on(self.invalidate(key));
    }

    fn refresh_with(self, key: Key, body: &mut dyn FnMut() -> R) -> R {
        block_on(self.begin_refresh(key)).block(body)
    }

    pub fn refresh_blocking(self, key: Key, body: impl FnOnce() -> R) -> R {
        self.refresh_with(key, &mut once_only(body))
    }
}

/// A caller who found nothing. Without a load in it, the cache is switched off or cannot be found.
#[must_use = "a miss is only over when its body has run"]
pub struct Miss<R: Outcome<KIND>, const KIND: u8>(pub(super) Option<Box<Load<R::Kept, R::Error>>>);

impl<R: Outcome<KIND>, const KIND: u8> Miss<R, KIND> {
    /// Gives what will be kept a tag.
    pub fn __tag(mut self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        if self.0.is_some() || is_anything_loading() {
            self.tag(&Key::write(key::RAW, write));
        }
        self
    }

    /// Gives what will be kept these tags.
    pub fn __tags(mut self, names: impl IntoIterator<Item = Key>) -> Self {
        names.into_iter().for_each(|name| self.tag(&name));
        self
    }

    /// Where there is no cache to keep it, what is made of it has the tag all the same.
    fn tag(&mut self, name: &Key) {
        match &mut self.0 {
            Some(load) => load.tag(name.as_str()),
            None => hand_on_name(name.as_str()),
        }
    }

    /// Says how long to keep it, where that is only known when the program runs.
    pub fn __lasting(mut self, ttl: Ttl) -> Self {
        if let Some(load) = &mut self.0 {
            load.rules.options = load.rules.options.with_ttl(ttl);
        }
        self
    }

    /// Runs the body, once for all who ask now.
    pub async fn load<Fut: Future<Output = R>>(self, body: impl FnOnce() -> Fut) -> R {
        match self.begin().await {
            Step::Found(outcome) | Step::Done(outcome) => outcome,
            Step::Run(run, old) => {
                let (run, outcome) = Running::new(run, Box::pin(body())).await;
                end(run, outcome, old).await
            }
        }
    }

    /// Runs the body on this thread, once for all who ask now.
    pub fn load_blocking(self, body: impl FnOnce() -> R) -> R {
        self.load_with(&mut once_only(body))
    }

    fn load_with(self, body: &mut dyn FnMut() -> R) -> R {
        block_on(self.begin()).block(body)
    }

    pub(super) async fn begin(self) -> Step<R, KIND> {
        match self.0 {
            None => Step::Run(Run::Bare(Bare::UNTOLD), None),
            Some(load) => Step::of(load.next().await),
        }
    }

    /// Runs the body, as a task of its own where the caller can be served meanwhile.
    pub async fn load_beside<A, F, Fut, S>(self, arguments: A, body: F, detach: S) -> R
    where
        R: 'static,
        F: FnOnce(A) -> Fut,
        Fut: Future<Output = R>,
        S: FnOnce(&A) -> Option<Detached<R>>,
    {
        let step = match self.begin_beside().await {
            Ok(step) => step,
            Err(beside) => start(beside, detach(&arguments)).await,
        };
        match step {
            Step::Found(outcome) | Step::Done(outcome) => outcome,
            Step::Run(run, old) => {
                let (run, outcome) = Running::new(run, Box::pin(body(arguments))).await;
                end(run, outcome, old).await
            }
        }
    }

    pub(super) async fn begin_beside(self) -> Result<Step<R, KIND>, Beside<R::Kept, R::Error>> {
        match self.0 {
            None => Ok(Step::Run(Run::Bare(Bare::UNTOLD), None)),
            Some(load) => load.next_or_beside().await.map(Step::of),
        }
    }
}

/// What a caller is to do next who found nothing, or wants it anew.
pub(super) enum Step<R: Outcome<KIND>, const KIND: u8> {
    /// A hit.
    Found(R),
    /// Somebody else's.
    Done(R),
    /// Run the body, and forget then what was kept before.
    Run(Run<R::Kept, R::Error>, Option<Box<Entry>>),
}

impl<R: Outcome<KIND>, const KIND: u8> Step<R, KIND> {
    fn of(next: Next<R::Kept, R::Error>) -> Self {
        match next {
            Next::Found(outcome) => Self::Found(R::join(outcome)),
            Next::Done(outcome) => Self::Done(R::join(outcome)),
            Next::Run(run) => Self::Run(run, None),
        }
    }

    /// Runs a body that blocks, if it is to run.
    pub(super) fn block(self, body: &mut dyn FnMut() -> R) -> R {
        match self {
            Self::Found(outcome) | Self::Done(outcome) => outcome,
            Self::Run(run, old) => {
                let inside = run.enter();
                let outcome = body();
                drop(inside);
                block_on(end(run, Some(outcome), old))
            }
        }
    }
}

/// Decides what becomes of what a body returned, if it was not given up.
pub(super) async fn end<R: Outcome<KIND>, const KIND: u8>(
    run: Run<R::Kept, R::Error>,
    outcome: Option<R>,
    old: Option<Box<Entry>>,
) -> R {
    let outcome = run.end(outcome.map(R::split)).await;
    if let Some(entry) = old {
        entry.withdraw().await;
    }
    R::join(outcome)
}

/// Starts a body that can run as a task of its own, and serves its caller; leads where it cannot.
pub(super) async fn start<R: Outcome<KIND> + 'static, const KIND: u8>(
    beside: Beside<R::Kept, R::Error>,
    detached: Option<Detached<R>>,
) -> Step<R, KIND> {
    let Some(detached) = detached else { return Step::of(beside.lead().await) };
    let Beside { mut load, leader, waiter } = beside;
    let task = task(&mut load, leader, detached);
    Step::of(Beside::start(load, waiter, task).await)
}

/// Makes the task of a body that loads for all.
fn task<R: Outcome<KIND> + 'static, const KIND: u8>(
    load: &mut Load<R::Kept, R::Error>,
    leader: Leader,
    detached: Detached<R>,
) -> Task {
    let asker = load.asker.clone();
    let limit = load.rules.options.hard_timeout.and_then(|limit| asker.home().executor.sleep(limit));
    let told = load.note.as_ref().map(Note::inside);
    load.span = load.begin_span();
    let (load, link) = (load.for_task(), Link::detached(leader.id(), told, load.span.clone()));
    let began = load.began();
    let within = std::sync::Arc::clone(&link);
    let task = detached(Box::new(move |result: R| {
        let (_, judged) = load.judge(&link.wishes(), began, leader.token(), result.split());
        Box::pin(async move { load.land(leader, judged).await })
    }));
    let task = Scoped::new(within, task);
    let Some(limit) = limit else { return Box::pin(task) };
    Box::pin(async move {
        // Dropped with its leader, so that one of those who wait takes over.
        if let First::Right(()) = cache::race(task, limit).await {
            asker.count(Event::TimedOut);
        }
    })
}
