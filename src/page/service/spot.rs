//! Where a request came by: what it can find there, and for whom it waits.

use std::future::Future;
use std::sync::Arc;

use cache_core::explain::Note;
use cache_core::stats::Event;
use http::Response;
use http::request::Parts;

use crate::page::answer::Asking;
use crate::page::aspect::Aspect;
use crate::page::body::PageBody;
use crate::page::change::Change;
use crate::page::driven::Driven;
use crate::page::flights::{Landing, Start, Turn, Waiter};
use crate::page::names::Names;
use crate::page::policy::{Facts, Reuse, Wanted};
use crate::page::record::Page;
use crate::page::site::{Caller, Home, Look, Quest, Site};
use crate::page::status::{Forward, Status};
use crate::page::tell;

/// Where a request came by.
pub(in crate::page) struct Spot {
    pub(in crate::page) site: Arc<Site>,
    pub(in crate::page) home: Home,
}

/// What comes of waiting for a page that is made for somebody else.
pub(super) enum Waited<R> {
    Answered(Response<PageBody<R>>),
    /// That page is another one, or nobody makes it any more.
    Elsewhere,
    /// It is for nobody else, and the next one would not be either.
    InVain,
}

impl Spot {
    pub(super) async fn look(&self, request: &Parts, has_body: bool) -> Look {
        let names = Names::of(&request.headers);
        let caller = Caller::any(&names, has_body);
        if self.home.cache.is_outside() {
            return self.site.look_outside(&self.home, request, caller).await;
        }
        self.site.look(&self.home, request, caller)
    }

    /// Looks for the first time, which is counted; and told, where somebody listens.
    pub(super) async fn first_look(&self, request: &Parts, has_body: bool) -> (Look, Option<Note>) {
        let note = tell::begin(&self.site, self.home.cache.name(), request);
        let standing = match &note {
            Some(_) => Some(Box::pin(tell::standing(&self.site, &self.home, request)).await),
            None => None,
        };
        let mut look = self.look(request, has_body).await;
        self.site.count(&self.home, &look);
        if let (Some(note), Some(standing)) = (note.clone(), standing) {
            tell::found(note, (&self.site, &self.home), request, standing, &mut look);
        }
        (look, note)
    }

    pub(super) fn count_circle(&self) {
        self.site.note(&self.home, Event::Circle);
    }

    /// Answers with a page, as it is.
    pub(super) fn hit<R>(&self, request: &Parts, page: Page, now: u64) -> Response<PageBody<R>> {
        self.site.hit(request, &Names::of(&request.headers), page, now)
    }

    /// Waits for a page that is made for somebody else.
    pub(super) async fn wait<R>(&self, mut waiter: Waiter, request: &Parts, wanted: &Wanted) -> Waited<R> {
        let landing = self.driven(waiter.landing()).await;
        if waiter.is_unsure && !waiter.start().is_none_or(|start| self.is_current(&start, request)) {
            return Waited::Elsewhere;
        }
        let view = &self.site.setup.view;
        let is_same = |aspects: &[Aspect]| {
            let (ours, theirs) = (&request.headers, waiter.request());
            aspects.iter().all(|aspect| view.value(ours, aspect) == view.value(theirs, aspect))
        };
        let now = self.home.now();
        let asking = Asking::new(&self.site.setup, request, now);
        let told = Status { collapsed: true, ..Status::forwarded(Forward::UriMiss) };
        // What has to be asked for each time is made for one who asks, however many wait.
        let answers = |facts: &Facts| matches!(facts.reuse(wanted, now), Reuse::Fresh | Reuse::Stale);
        match landing {
            Landing::LetGo => Waited::InVain,
            Landing::Kept(page, aspects) if is_same(&aspects) && answers(page.facts()) => {
                Waited::Answered(asking.with_page(&page, &told))
            }
            Landing::Begun(head, aspects, tee) if is_same(&aspects) && answers(&head.facts) => {
                tee.join().map_or(Waited::Elsewhere, |reader| {
                    let body = PageBody::joined(reader, self.home.driver(), None);
                    Waited::Answered(asking.with_head(&head, body, &told))
                })
            }
            _ => Waited::Elsewhere,
        }
    }

    pub(super) fn is_one_page(&self, quest: &Quest, other: &Quest, request: &Parts) -> bool {
        quest.name(&self.site, &request.headers) == other.name(&self.site, &request.headers)
    }

    pub(super) fn change(&self, request: &Parts) -> Option<Change> {
        Change::begin(&self.site, &self.home, request)
    }

    async fn driven<F: Future>(&self, awaited: F) -> F::Output {
        Driven::new(self.home.driver(), None, awaited).await.0
    }

    /// Joins whoever makes the page that is looked for, or begins it.
    pub(super) fn join(&self, quest: &Quest, request: &Parts) -> Turn {
        let (name, now) = (quest.name(&self.site, &request.headers), self.home.now());
        self.home.flights.join(&name, &request.headers, now, |start| self.is_current(start, request))
    }

    /// Returns whether what was begun then is what somebody would read who began now.
    fn is_current(&self, start: &Start, request: &Parts) -> bool {
        let target = self.site.target(request);
        start.filling.as_ref().is_none_or(|filling| filling.is_undisturbed())
            && target.is_ok_and(|target| !self.home.purges.took_since(start.purges, &target))
    }
}
