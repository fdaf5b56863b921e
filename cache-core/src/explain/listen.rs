//! Who listens, and what is told to them: a story for each piece of work that was asked about.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use super::{Asked, Done, Found, Kept, Story};
use crate::lock::{Mutex, lock, thread_local};
use crate::unusual::Unusual;

/// How many listen now: while there are none, nobody looks for them.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whom to tell what is asked on this thread now.
    static CURRENT: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

/// How many questions a story has room for. A request that asks more often has another trouble.
const MOST: usize = 1000;

/// Returns whether anybody has asked for an explanation, of whatever.
#[inline]
#[must_use]
pub fn is_anyone_asking() -> bool {
    LISTENERS.load(Ordering::Relaxed) > 0
}

/// Somebody who listens, for as long as it lives.
#[derive(Debug)]
pub(super) struct Listening {
    tree: Arc<Tree>,
    _counted: Counted,
}

#[derive(Debug)]
struct Counted {
    _unusual: Unusual,
}

impl Drop for Counted {
    fn drop(&mut self) {
        LISTENERS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What was told so far, in the order in which it was asked.
#[derive(Debug, Default)]
struct Tree(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    nodes: Vec<Node>,
    left_out: usize,
}

#[derive(Debug)]
struct Node {
    within: Option<usize>,
    asked: Asked,
}

impl Listening {
    pub(super) fn begin() -> Self {
        LISTENERS.fetch_add(1, Ordering::Relaxed);
        Self { tree: Arc::default(), _counted: Counted { _unusual: Unusual::begin() } }
    }

    /// Returns where to tell what nobody else has asked.
    pub(super) fn scope(&self) -> Scope {
        Scope { tree: Arc::clone(&self.tree), within: None }
    }

    /// Returns what was told so far.
    pub(super) fn story(&self) -> Story {
        let told = lock(&self.tree.0);
        // The last ones first: each is complete when it is put into the one that has asked it.
        let mut all: Vec<_> = told.nodes.iter().map(|node| Some(node.asked.clone())).collect();
        let mut story = Story { asked: Vec::new(), left_out: told.left_out };
        for (number, node) in told.nodes.iter().enumerate().rev() {
            let Some(mut asked) = all[number].take() else { continue };
            asked.inside.reverse();
            let outer = node.within.and_then(|outer| all[outer].as_mut());
            outer.map_or(&mut story.asked, |outer| &mut outer.inside).push(asked);
        }
        story.asked.reverse();
        story
    }
}

/// Somebody who listens to what is not one call: a request.
#[derive(Debug)]
pub struct Listener(Listening);

impl Listener {
    /// Begins to listen, to what is told within its scope.
    #[must_use]
    pub fn begin() -> Self {
        Self(Listening::begin())
    }

    /// Returns where to tell it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.0.scope()
    }

    /// Returns what was told so far.
    #[must_use]
    pub fn story(&self) -> Story {
        self.0.story()
    }
}

/// Where to tell what is asked: a story, and in it the one whose body asks.
#[derive(Clone, Debug)]
pub struct Scope {
    tree: Arc<Tree>,
    within: Option<usize>,
}

impl Scope {
    /// Returns where the running code tells, if anybody listens.
    #[inline]
    #[must_use]
    pub fn here() -> Option<Self> {
        if !is_anyone_asking() {
            return None;
        }
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Tells there what this thread asks, until what this returns is dropped.
    pub fn enter(self) -> Entered {
        Entered::new(Some(self))
    }

    /// Runs a future that tells there.
    pub fn of<F: Future + Unpin>(self, inner: F) -> Within<F> {
        Within { scope: Some(self), inner }
    }
}

/// Puts back who listened before, also after a panic.
#[derive(Debug)]
#[must_use = "it is over when this is dropped"]
pub struct Entered(Option<Before>);

#[derive(Debug)]
struct Before(Option<Scope>);

impl Entered {
    /// Tells what this thread asks there, or nobody, until it is dropped.
    #[inline]
    pub fn new(scope: Option<Scope>) -> Self {
        // While nobody asks, there is nobody to be put back either.
        Self(if is_anyone_asking() { CURRENT.try_with(|current| Before(current.replace(scope))).ok() } else { None })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let Some(Before(before)) = self.0.take() else { return };
        // Dropped outside: with the last of them goes the story.
        let _ = CURRENT.try_with(|current| current.replace(before));
    }
}

/// A future that tells somebody what it asks, or nobody.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct Within<F> {
    scope: Option<Scope>,
    inner: F,
}

impl<F: Future + Unpin> Within<F> {
    /// Runs a future that tells there, or nobody.
    pub fn new(scope: Option<Scope>, inner: F) -> Self {
        Self { scope, inner }
    }
}

impl<F: Future + Unpin> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = Entered::new(self.scope.clone());
        Pin::new(&mut self.inner).poll(context)
    }
}

/// One question in a story, to which more can be told.
#[derive(Clone, Debug)]
pub struct Note {
    tree: Arc<Tree>,
    number: usize,
}

impl Note {
    /// Notes a question, if anybody listens here.
    #[inline]
    pub fn begin(asked: impl FnOnce() -> Asked) -> Option<Self> {
        Self::at(Scope::here()?, asked)
    }

    #[cold]
    fn at(Scope { tree, within }: Scope, asked: impl FnOnce() -> Asked) -> Option<Self> {
        let asked = asked();
        let mut told = lock(&tree.0);
        let number = told.nodes.len();
        if number >= MOST {
            told.left_out += 1;
            return None;
        }
        told.nodes.push(Node { within, asked });
        drop(told);
        Some(Self { tree, number })
    }

    /// Returns where its body tells what it asks.
    #[must_use]
    pub fn inside(&self) -> Scope {
        Scope { tree: Arc::clone(&self.tree), within: Some(self.number) }
    }

    /// Tells what was found.
    pub fn found(&self, found: Found) {
        self.tell(|asked| asked.found = found);
    }

    /// Tells what was done.
    pub fn done(&self, done: Done) {
        self.tell(|asked| asked.done.push(done));
    }

    /// Tells how a body ended that was said to have begun.
    pub fn ended(&self, how: Done) {
        self.tell(|asked| match asked.done.iter_mut().find(|done| **done == Done::Began) {
            Some(began) => *began = how,
            None => asked.done.push(how),
        });
    }

    /// Tells what became of it.
    pub fn kept(&self, kept: Kept) {
        self.tell(|asked| asked.kept = Some(kept));
    }

    /// Tells more.
    pub fn tell(&self, tell: impl FnOnce(&mut Asked)) {
        if let Some(node) = lock(&self.tree.0).nodes.get_mut(self.number) {
            tell(&mut node.asked);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(key: &str) -> Option<Note> {
        Note::begin(|| Asked::new(None, "default", key))
    }

    #[test]
    fn what_a_body_asks_stands_inside_and_what_nobody_listens_to_is_not_told() {
        assert!(ask("nobody").is_none());
        let listening = Listening::begin();
        let entered = listening.scope().enter();
        let outer = ask("outer").unwrap();
        let inside = outer.inside().enter();
        let inner = ask("inner").unwrap();
        drop(inner.inside().enter());
        ask("inner too").unwrap();
        drop(Entered::new(None));
        drop(inside);
        ask("next").unwrap();
        drop(entered);
        assert!(ask("late").is_none());
        let story = listening.story();
        let keys = |asked: &[Asked]| asked.iter().map(|asked| asked.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&story.asked), ["outer", "next"]);
        assert_eq!(keys(&story.asked[0].inside), ["inner", "inner too"]);
    }

    #[test]
    fn a_story_has_an_end_and_says_how_much_was_left_out() {
        let listening = Listening::begin();
        let _entered = listening.scope().enter();
        (0..MOST + 7).for_each(|number| drop(ask(&number.to_string())));
        let story = listening.story();
        assert_eq!((story.asked.len(), story.left_out), (MOST, 7));
    }
}
