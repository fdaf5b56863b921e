//! The load that the running code is part of: what it wishes for its own result, and which loads it stands in.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::next_id;
use crate::explain::{Entered, Scope};
use crate::key::TagName;
use crate::lock::{Mutex, lock, thread_local};
use crate::policy::Ttl;
use crate::tags::{Bonds, Inherited, Seen};
use crate::trace::{self, Span};

thread_local! {
    static CURRENT: RefCell<Option<Arc<Link>>> = const { RefCell::new(None) };
}

/// A load, linked to the load whose body started it.
#[derive(Debug)]
pub struct Link {
    /// The number of its flight; 0 for a load without company, which nobody can wait for.
    flight: u64,
    /// Those of the other flights that the same body loads for.
    others: Vec<u64>,
    /// Drawn from the same numbers as those of flights, when its body begins: those of flights that had begun are less.
    began: u64,
    parent: Option<Arc<Link>>,
    /// Whether nothing is kept of what it makes itself, so that it may read what is near.
    is_before: bool,
    /// Made with the first word: most bodies say nothing, and a guard runs on each request.
    said: Mutex<Option<Box<Said>>>,
    /// Who is told what its body asks.
    scope: Option<Scope>,
    /// What is entered while its body runs.
    span: Span,
}

/// What a body said, and what it has read.
#[derive(Debug, Default)]
struct Said {
    wishes: Wishes,
    inherited: Inherited,
}

/// What a body said of its own result.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Wishes {
    /// How long to keep it.
    pub ttl: Option<Ttl>,
    /// How long to keep it at most, whatever else is said.
    pub at_most: Option<Duration>,
    /// Not to keep it at all.
    pub discard: bool,
    /// Its tags, in the order in which they were said, and those of what it was made of.
    pub tags: Vec<TagName>,
    /// Whether the tags are only those that were said.
    pub own_tags: bool,
    /// Whether what it was made of has more tags than it could have itself: then it is not to be kept.
    pub too_many_tags: bool,
    /// What versions they had where they came from.
    pub(crate) seen: Vec<Seen>,
}

impl Link {
    /// Makes the link of a load that is about to run its body here.
    #[must_use]
    pub fn new(flight: u64) -> Arc<Self> {
        Self::told(flight, Scope::here(), Span::NONE)
    }

    /// Makes the same, whose body tells there what it asks.
    #[must_use]
    pub fn told(flight: u64, scope: Option<Scope>, span: Span) -> Arc<Self> {
        Self::make((flight, Vec::new()), current(), scope, span)
    }

    /// Makes the link of one body that loads for several flights.
    #[must_use]
    pub fn of_many(flights: Vec<u64>, scope: Option<Scope>, span: Span) -> Arc<Self> {
        Self::make((0, flights), current(), scope, span)
    }

    /// Makes the link of a load that runs as a task of its own: it stands in no other body.
    #[must_use]
    pub fn detached(flight: u64, scope: Option<Scope>, span: Span) -> Arc<Self> {
        Self::make((flight, Vec::new()), None, scope, span)
    }

    /// Makes the link of what goes before a body and is none itself: it may read what is near, and somebody else takes over the
    /// tags of that.
    #[must_use]
    pub fn before() -> Arc<Self> {
        let link = Self { is_before: true, ..Self::open((0, Vec::new()), current(), Scope::here(), Span::NONE) };
        Arc::new(link)
    }

    fn make(flights: (u64, Vec<u64>), parent: Option<Arc<Self>>, scope: Option<Scope>, span: Span) -> Arc<Self> {
        Arc::new(Self::open(flights, parent, scope, span))
    }

    fn open((flight, others): (u64, Vec<u64>), parent: Option<Arc<Self>>, scope: Option<Scope>, span: Span) -> Self {
        let (began, said) = (next_id(), Mutex::default());
        Self { flight, others, began, parent, is_before: false, said, scope, span }
    }

    /// Returns what the body has said of its result so far.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        let said = lock(&self.said);
        let Some(said) = &*said else { return Wishes::default() };
        let mut wishes = said.wishes.clone();
        if !wishes.own_tags {
            wishes.tags.extend(said.inherited.names());
            wishes.seen = said.inherited.seen();
            wishes.too_many_tags = said.inherited.are_too_many();
        }
        wishes
    }

    /// Returns the link of the body that this is part of, innermost first: what goes before one may stand in another.
    fn bodies(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |link| link.parent.as_deref()).filter(|link| !link.is_before)
    }

    /// Hands the tags of what was read here to what it stands in.
    pub fn hand_up(&self) {
        if let Some(parent) = &self.parent {
            parent.take_over(self);
        }
    }

    /// Takes over the tags of what was read there.
    pub fn take_over(&self, before: &Self) {
        let read = lock(&before.said).as_ref().map(|said| said.inherited.clone());
        if let Some(read) = read {
            self.say(|said| said.inherited.take_all(&read));
        }
    }

    /// Notes a wish.
    pub fn wish(&self, say: impl FnOnce(&mut Wishes)) {
        self.say(|said| say(&mut said.wishes));
    }

    fn say(&self, say: impl FnOnce(&mut Said)) {
        say(lock(&self.said).get_or_insert_default());
    }

    /// Returns the flights whose bodies the running code stands in, innermost first.
    pub(super) fn chain(&self) -> Vec<u64> {
        std::iter::successors(Some(self), |link| link.parent.as_deref())
            .flat_map(|link| link.others.iter().copied().chain([link.flight]))
            .filter(|flight| *flight != 0)
            .collect()
    }
}

/// Hands the tags of what was just read to the load that the running code is part of, if there is one.
#[inline(never)]
pub fn hand_on(bonds: &Bonds) {
    let _ = CURRENT.try_with(|current| {
        if let Some(link) = &*current.borrow() {
            link.say(|said| said.inherited.take(bonds));
        }
    });
}

/// Hands that load the tag of something that is kept nowhere.
pub fn hand_on_name(name: &str) {
    let _ = CURRENT.try_with(|current| {
        if let Some(link) = &*current.borrow() {
            link.say(|said| said.inherited.take_name(name));
        }
    });
}

/// Returns whether the running code is part of a load whose body began after this flight.
pub(super) fn began_after(flight: u64) -> bool {
    CURRENT.try_with(|current| current.borrow().as_ref().is_some_and(|link| flight < link.began)).unwrap_or(false)
}

/// Returns whether the running code is part of a load.
#[must_use]
pub fn is_anything_loading() -> bool {
    CURRENT.try_with(|current| current.borrow().is_some()).unwrap_or(false)
}

/// Returns whether it is part of a body, of which something may be kept.
#[must_use]
pub fn is_in_body() -> bool {
    let is_in_one = |link: &Arc<Link>| link.bodies().next().is_some();
    CURRENT.try_with(|current| current.borrow().as_ref().is_some_and(is_in_one)).unwrap_or(false)
}

/// Notes a wish of the body that the running code is part of, and returns whether there is one.
pub fn wish(say: impl FnOnce(&mut Wishes)) -> bool {
    current().is_some_and(|link| link.bodies().next().map(|link| link.wish(say)).is_some())
}

/// Returns the load that the running code is part of.
#[must_use]
pub fn current() -> Option<Arc<Link>> {
    // A thread that is ending may still call cached functions, and stands in no load.
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// A body, running as part of its load. It is pinned by whoever has it.
#[derive(Debug)]
#[must_use = "a body runs only when somebody waits for it"]
pub struct Scoped<F> {
    link: Arc<Link>,
    body: F,
}

impl<F: Future + Unpin> Scoped<F> {
    /// Runs `body` as part of the load `link`.
    pub fn new(link: Arc<Link>, body: F) -> Self {
        Self { link, body }
    }
}

impl<F: Future + Unpin> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = Inside::enter(Arc::clone(&self.link));
        Pin::new(&mut self.body).poll(context)
    }
}

/// Puts the load back that was current before, also when the body panics.
#[derive(Debug)]
pub struct Inside {
    before: Option<Arc<Link>>,
    _told: Entered,
    _span: trace::Entered,
}

impl Inside {
    /// Makes a load the current one, until this is dropped.
    #[must_use]
    pub fn enter(link: Arc<Link>) -> Self {
        // Also where nobody is told: whoever drives this may be listened to.
        let told = Entered::new(link.scope.clone());
        let span = link.span.enter();
        Self {
            before: CURRENT.try_with(|current| current.replace(Some(link))).ok().flatten(),
            _told: told,
            _span: span,
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let before = self.before.take();
        let _ = CURRENT.try_with(|current| current.replace(before));
    }
}
