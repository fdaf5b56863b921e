//! How a page is made: the handler is asked, its answer is judged, and what may be kept is kept when all of it is there.

use std::any::Any;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, RANGE};
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, SizeHint};
use tokio::sync::oneshot;
use tower_service::Service;

use super::answer::Asking;
use super::aspect::Aspect;
use super::body::{BoxError, PageBody};
use super::caught::Caught;
use super::driven::Driver;
use super::flights::{Landing, Lead, Start};
use super::hole::{Holes, Marked};
use super::nested::{Nearer, Outer};
use super::policy::{self, Facts, Refusal, Times};
use super::record::{Head, Page};
use super::shelf::Shelf;
use super::site::{Home, Quest, Site};
use super::status::{Forward, Status};
use super::tee::{Reader, Tee};
use super::variant::{self, Front};
use crate::report::Counted;
use crate::{Filling, Options};

/// What becomes of a request whose page is made.
pub(super) enum Outcome<R, E> {
    Answer(Response<PageBody<R>>),
    Failed(E),
    /// The handler panicked; so does whoever asked.
    Panicked(Box<dyn Any + Send>),
}

/// Who is answered; nobody, where a page is made anew behind an answer.
pub(super) struct Client<R, E>(Option<oneshot::Sender<Outcome<R, E>>>);

/// A page on its way.
pub(super) struct Render {
    pub(super) site: Arc<Site>,
    pub(super) home: Home,
    /// The request as the client wrote it.
    pub(super) request: Parts,
    pub(super) quest: Quest,
    /// Present where others may wait for it.
    pub(super) lead: Option<Lead>,
    filling: Arc<Filling>,
    pub(super) purges: u64,
    asked: u64,
    nearer: Nearer,
}

/// How long nobody asks again after that has failed, in milliseconds, while there is something to answer with.
const QUIET: u64 = 5_000;

/// How long nobody waits for the answers of a URL that were not to be kept, in seconds.
const PASS: u64 = 10;

impl<R, E> Client<R, E> {
    pub(super) fn new(sender: oneshot::Sender<Outcome<R, E>>) -> Self {
        Self(Some(sender))
    }

    pub(super) fn nobody() -> Self {
        Self(None)
    }

    /// Tells the client, who may have left.
    pub(super) fn tell(self, outcome: Outcome<R, E>) {
        if let Some(sender) = self.0 {
            drop(sender.send(outcome));
        }
    }
}

impl Render {
    /// Begins it: what is invalidated from here on is not kept.
    pub(super) fn new(site: Arc<Site>, home: Home, request: Parts, quest: Quest, lead: Option<Lead>) -> Self {
        let filling = Arc::new(home.cache.fill(&quest.key));
        let (purges, asked) = (home.purges.count(), home.cache.clock().wall_millis());
        if let Some(lead) = &lead {
            lead.starts(Start { filling: Arc::clone(&filling), purges });
        }
        Self { site, home, request, quest, lead, filling, purges, asked, nearer: Nearer::default() }
    }

    /// Asks the handler, answers the client as soon as there is something to say, and goes on until all is kept.
    pub(super) async fn run<S, B, R>(self, mut inner: S, body: B, client: Client<R, S::Error>)
    where
        S: Service<Request<B>, Response = Response<R>>,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let request = Request::from_parts(self.for_handler(), body);
        let counts = self.request.extensions.get().cloned();
        let asking = Counted::new(counts, async move { inner.call(request).await });
        match Caught(pin!(asking)).await {
            Err(panic) => self.fail(Outcome::Panicked(panic), client),
            Ok(Ok(response)) => self.judge(response, client).await,
            Ok(Err(error)) => match self.spare() {
                Some(page) => self.stand_in(&page, None, client),
                None => self.fail(Outcome::Failed(error), client),
            },
        }
    }

    /// Tells the client that there is no answer. Whoever waited tries on their own, all at once and not one after another.
    fn fail<R, E>(&self, outcome: Outcome<R, E>, client: Client<R, E>) {
        self.let_go();
        client.tell(outcome);
    }

    /// Lets go whoever waits: the answer is for nobody else.
    fn let_go(&self) {
        if let Some(lead) = &self.lead {
            lead.land(Landing::LetGo);
        }
    }

    /// Returns what the handler gets to see: with the validators of a page that is there already.
    fn for_handler(&self) -> Parts {
        let mut parts = self.request.clone();
        let view = &self.site.setup.view;
        view.apply(&mut parts, self.quest.wanted.authorized);
        Outer::note(self.site.mark, &self.nearer, view, &self.request, &mut parts);
        parts.headers.extend(self.quest.range.clone().map(|range| (RANGE, range)));
        if let Some((page, _)) = self.quest.old.as_ref().filter(|_| !self.quest.wanted.head) {
            parts.headers.extend(policy::conditions(&page.head().headers));
        }
        parts
    }

    /// Returns the request that holes are filled with, where they are filled at all.
    pub(super) fn visitor(&self) -> Option<Parts> {
        (!self.site.setup.fillers.is_empty()).then(|| self.request.clone())
    }

    /// Returns a page that may be handed out although asking for a newer one has failed.
    fn spare(&self) -> Option<Page> {
        self.quest.old.as_ref().filter(|(_, if_error)| *if_error).map(|(page, _)| page.clone())
    }

    async fn judge<R, E>(self, response: Response<R>, client: Client<R, E>)
    where
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let status = response.status();
        match (&self.quest.old, self.spare()) {
            _ if self.quest.wanted.head => self.answer_head(response, client).await,
            (_, Some(page)) if policy::is_failure(status) => self.stand_in(&page, Some(status), client),
            (Some((page, _)), _) if status == StatusCode::NOT_MODIFIED => {
                let page = page.clone();
                self.freshen(&page, response.headers(), client).await;
            }
            _ => match self.facts(&response) {
                Ok(facts) => self.make(facts, response, client).await,
                Err(refusal) => self.pass(response, refusal, client).await,
            },
        }
    }

    pub(super) fn facts<R: Body>(&self, response: &Response<R>) -> Result<Facts, Refusal> {
        if self.nearer.is_there() {
            return Err(Refusal::Nearer);
        }
        let facts = self.worth(response.status(), response.headers())?;
        let is_too_large = said_length(response).lower() > self.site.setup.limit;
        match () {
            () if is_too_large => Err(Refusal::TooLarge),
            () if self.site.setup.fillers.are_blind_to(response.headers()) => Err(Refusal::Encoded),
            () => Ok(facts),
        }
    }

    /// Returns what a page is worth that says this of itself.
    pub(super) fn worth(&self, status: StatusCode, headers: &HeaderMap) -> Result<Facts, Refusal> {
        let times = Times { asked: self.asked, answered: self.home.cache.clock().wall_millis() };
        let wanted = policy::Wanted { head: false, ..self.quest.wanted };
        let policy = &self.site.setup.policy;
        if self.is_part(status) {
            return policy.keep_part(&wanted, headers, times);
        }
        policy.keep(&wanted, status, headers, times)
    }

    /// Returns whether this answers a request for a part that is to be kept.
    fn is_part(&self, status: StatusCode) -> bool {
        status == StatusCode::PARTIAL_CONTENT && self.quest.range.is_some()
    }

    /// Returns what a page is told apart by that says this of itself.
    pub(super) fn aspects(&self, headers: &HeaderMap) -> Box<[Aspect]> {
        variant::list(&self.site.setup.aspects, Site::varies_on(headers))
    }

    /// Finds the place where the page is to be kept. Whoever looks for it there finds this render.
    pub(super) async fn shelf(&mut self, aspects: &[Aspect]) -> Option<Shelf> {
        let place = (&*self.site, &self.home);
        let (found, filling) = Shelf::find(place, &self.request, &self.quest, &self.filling, aspects).await?;
        if let (Some(lead), Some(key)) = (&mut self.lead, found.key()) {
            lead.starts(Start { filling, purges: self.purges });
            lead.is_also(&(self.site.mark, key.clone()));
        }
        Some(found)
    }

    /// Says in `Cache-Status` why the handler was asked.
    pub(super) fn why(&self) -> Status {
        Status::forwarded(match (&self.quest.old, &self.quest.variants) {
            _ if self.quest.wanted.no_cache => Forward::Request,
            (Some(_), _) => Forward::Stale,
            (None, Some(_)) => Forward::VaryMiss,
            (None, None) => Forward::UriMiss,
        })
    }

    /// Answers with what is there, and leaves those alone for a while who could not be asked.
    fn stand_in<R, E>(self, page: &Page, failure: Option<StatusCode>, client: Client<R, E>) {
        page.hush(self.home.cache.clock().wall_millis().saturating_add(QUIET));
        let told = Status { code: failure.map(|status| status.as_u16()), ..self.why() };
        self.hand_out(page, &told, client);
    }

    /// Answers whoever asked, and all who wait, with a page that is whole.
    pub(super) fn hand_out<R, E>(self, page: &Page, told: &Status, client: Client<R, E>) {
        self.land(page);
        let now = self.home.cache.clock().wall_millis();
        client.tell(Outcome::Answer(Asking::new(&self.site.setup, &self.request, now).with_page(page, told)));
    }

    /// Tells all who wait that there is a page.
    pub(super) fn land(&self, page: &Page) {
        if let Some(lead) = &self.lead {
            lead.land(Landing::Kept(page.clone(), self.aspects(&page.head().headers).into()));
        }
    }

    /// Hands the answer to the client alone. Whoever waits is let go, and those who come next do not begin to.
    async fn pass<R: Body, E>(self, mut response: Response<R>, refusal: Refusal, client: Client<R, E>) {
        self.tell_time(response.headers_mut(), &Err(refusal));
        let told = Status { detail: Some(refusal.words()), ..self.why() };
        let is_awaited = self.lead.as_ref().is_some_and(Lead::is_awaited);
        self.let_go();
        let answer = self.site.untouched(response, self.visitor(), &told);
        if is_awaited && !policy::is_failure(answer.status()) {
            drop(self.filling.keep(Front::Pass, Options::ttl(PASS)).await);
        }
        client.tell(Outcome::Answer(answer));
    }

    /// Tells those downstream for how long an answer is fresh that is not kept here.
    pub(super) fn tell_time(&self, headers: &mut HeaderMap, worth: &Result<Facts, Refusal>) {
        let fresh = match worth {
            Ok(facts) => facts.fresh,
            // That it is kept for no time goes for everybody.
            Err(Refusal::Useless) if self.site.setup.policy.time == Some(0) => 0,
            Err(_) => return,
        };
        self.site.dress(headers, fresh, self.home.cache.clock().wall_millis());
    }

    /// Answers while the page is made, and keeps it when all of it is there.
    async fn make<R, E>(mut self, facts: Facts, response: Response<R>, client: Client<R, E>)
    where
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let said = said_length(&response);
        let (mut parts, body) = response.into_parts();
        self.site.dress(&mut parts.headers, facts.fresh, self.home.cache.clock().wall_millis());
        let kept = self.site.setup.policy.kept_headers(&parts.headers);
        let aspects = self.aspects(&parts.headers);
        let place = match &self.quest.range {
            Some(range) if self.is_part(parts.status) => Some(Shelf::part(&self.quest.key, range, &self.filling)),
            _ => self.shelf(&aspects).await,
        };
        let fillers = self.site.setup.fillers.clone();
        let body = Marked::new(body, fillers.look_into(&parts.headers));
        let (tee, driver) = Tee::with_length(body, said, self.site.setup.limit);
        let reader = tee.join();
        let head = Head { status: parts.status, headers: kept, facts };
        match (&self.lead, &place) {
            (Some(lead), Some(_)) => lead.land(Landing::Begun(Arc::new(head.clone()), aspects.into(), tee)),
            // It was invalidated meanwhile: whoever waits looks again, now and not when its body has ended.
            _ => self.lead = None,
        }
        let first = Head { headers: parts.headers, ..head.clone() };
        let told = Status { stored: place.is_some(), ..self.why() };
        let body = self.joined(reader);
        client.tell(Outcome::Answer(self.first(&first, body, &told)));
        if let (Ok(body), Some(place)) = (driver.await, place) {
            let Some(holes) = Holes::of(&fillers, &head.headers, &body) else { return };
            let page = Page::new(head, body, holes, (self.site.mark, self.purges));
            place.keep(&self.site.setup, &self.home, page).await;
        }
    }

    fn joined<R>(&self, reader: Option<Reader>) -> PageBody<R> {
        let driver = Driver::new(self.home.cache.executor());
        reader.map_or_else(PageBody::empty, |reader| PageBody::joined(reader, driver, None))
    }

    /// Answers the client whose request made the page: with all that the handler said, and no age.
    fn first<R>(&self, head: &Head, body: PageBody<R>, told: &Status) -> Response<PageBody<R>> {
        let now = self.home.cache.clock().wall_millis();
        Asking::new(&self.site.setup, &self.request, now).with_new(head, body, told)
    }
}

/// Returns how long a body says it is, or its head says.
fn said_length<R: Body>(response: &Response<R>) -> SizeHint {
    let hint = response.body().size_hint();
    let line = response.headers().get(CONTENT_LENGTH).and_then(|line| line.to_str().ok()?.parse().ok());
    match line {
        Some(length) if hint.exact().is_none() => SizeHint::with_exact(length),
        _ => hint,
    }
}
