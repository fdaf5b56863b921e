//! A page that may be kept: its beginning is handed out while the rest is made, and all of it is kept when it is there.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use cache_core::explain::{Kept, NotKept};
use http::{HeaderMap, Response};
use http_body::Body;

use super::both::both;
use super::{Client, Outcome, Render, said_length};
use crate::page::answer::{self, Asking};
use crate::page::aspect::Aspect;
use crate::page::body::PageBody;
use crate::page::error::BoxError;
use crate::page::flights::Landing;
use crate::page::hole::{Holes, Marked};
use crate::page::policy::{Facts, Refusal};
use crate::page::record::Head;
use crate::page::shelf::{self, Shelf};
use crate::page::status::Status;
use crate::page::tee::{Reader, Tee};
use crate::page::tell;

/// The beginning of a page.
struct Opening {
    tee: Tee,
    aspects: Box<[Aspect]>,
    /// As it is kept.
    head: Head,
    /// As the client gets it whose request made the page.
    first: Head,
}

impl Render {
    /// Answers while the page is made, and keeps it when all of it is there.
    pub(in crate::page) async fn make<R, E>(
        mut self: Box<Self>,
        facts: Facts,
        response: Response<R>,
        client: Client<R, E>,
    ) where
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let said = said_length(&response).unwrap_or_default();
        let (mut parts, body) = response.into_parts();
        self.site.dress(&mut parts.headers, self.lasts(facts.fresh));
        let kept = self.home.policy.kept_headers(&parts.headers);
        let head = Head { status: parts.status, headers: kept, facts };
        let first = Head { headers: parts.headers, ..head.clone() };
        let aspects = self.aspects(&first.headers);
        let fillers = self.site.setup.fillers.clone();
        let body = Marked::new(body, fillers.look_into(&first.headers));
        let (tee, driver) = Tee::with_length(body, said, self.site.setup.limit);
        let opening = Opening { tee, aspects, head: head.clone(), first };
        let driver = pin!(driver);
        let driver = self.hear(driver);
        let (place, body) = both(self.begin(&opening, client), driver).await;
        match (body, place) {
            (Ok(body), Some(place)) => {
                let Some(holes) = Holes::of(&fillers, &head.headers, &body) else { return };
                match self.at_the_end(head) {
                    Ok(head) => {
                        if !self.keep(place, self.page(head, body, holes)).await {
                            self.quest.tell_not_kept(NotKept::Superseded);
                        }
                    }
                    Err(refusal) => {
                        self.quest.tell_not_kept(NotKept::Page(refusal));
                        self.keep_quiet();
                    }
                }
            }
            (Err(_), _) => {
                self.quest.tell_not_kept(NotKept::Page(Refusal::Body));
                self.keep_quiet();
            }
            (Ok(_), None) => {}
        }
    }

    /// Returns the head of a page with what was said while its body was sent, or why the page is not to be kept. Its
    /// beginning has been handed out: it can end sooner than that says, and not later.
    fn at_the_end(&mut self, mut head: Head) -> Result<Head, Refusal> {
        self.listen();
        let now = self.home.now();
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        if let Some(time) = self.heard.time().into_iter().chain(self.heard.at_most()).min()
            && head.facts.shorten(time, now)
        {
            answer::shorten(&mut head.headers, &head.facts, now);
        }
        Ok(head)
    }

    /// Finds the shelf for a page that has begun, and hands its beginning to the client and to all who wait. A store outside
    /// may take its time for its part of that: there nobody waits for it.
    async fn begin<R, E>(&mut self, opening: &Opening, client: Client<R, E>) -> Option<Shelf> {
        if self.home.cache.is_outside() {
            self.open(opening, self.filling.is_good(), client);
            return self.shelf_of(opening).await;
        }
        let place = self.shelf_of(opening).await;
        self.open(opening, place.is_some(), client);
        place
    }

    async fn shelf_of(&mut self, opening: &Opening) -> Option<Shelf> {
        match &self.quest.range {
            Some(range) if self.is_part(opening.head.status) => {
                Some(Shelf::part(&self.quest.key, range, &self.filling))
            }
            _ => self.shelf(&opening.first.headers, &opening.aspects).await,
        }
    }

    fn open<R, E>(&mut self, opening: &Opening, is_kept: bool, client: Client<R, E>) {
        let Opening { tee, aspects, head, first } = opening;
        let reader = tee.join();
        match &self.lead {
            Some(lead) if is_kept => {
                lead.land(Landing::Begun(Arc::new(head.clone()), aspects.clone().into(), tee.clone()));
            }
            // It was invalidated meanwhile: whoever waits looks again, now and not when its body has ended.
            _ => self.lead = None,
        }
        self.tell_kept(&head.facts, &first.headers, is_kept);
        let told = Status { stored: is_kept, ..self.why() };
        client.tell(Outcome::Answer(self.first(first, self.joined(reader), &told)));
    }

    /// Tells whether a page is to be kept, and with which tags.
    pub(super) fn tell_kept(&self, facts: &Facts, headers: &HeaderMap, is_kept: bool) {
        self.quest.tell_kept(|| {
            if !is_kept {
                return Kept::Not(NotKept::Superseded);
            }
            let tags = shelf::tags(&self.site.setup, &self.request, headers);
            tell::kept(&self.home, facts, tags.into_iter().chain(self.heard.tags()))
        });
    }

    fn joined<R>(&self, reader: Option<Reader>) -> PageBody<R> {
        let driver = self.home.driver();
        reader.map_or_else(PageBody::empty, |reader| PageBody::joined(reader, driver, None))
    }

    /// Answers the client whose request made the page: with all that the handler said, and no age.
    fn first<R>(&self, head: &Head, body: PageBody<R>, told: &Status) -> Response<PageBody<R>> {
        let now = self.home.now();
        Asking::new(&self.site.setup, &self.request, now).with_new(head, body, told)
    }
}
