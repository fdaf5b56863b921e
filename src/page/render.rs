//! How a page is made: the handler is asked, its answer is judged, and what may be kept is kept when all of it is there.

mod both;
mod caught;
mod client;
mod freshen;
mod opening;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use cache_core::explain::{Done, NotKept, Note, Scope, WhyStale};
use cache_core::trace::Span;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, ETAG, EXPIRES, LAST_MODIFIED, RANGE};
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, SizeHint};
use tower_service::Service;

use super::answer::{Asking, Lasts};
use super::arrived::Arrived;
use super::aspect::Aspect;
use super::digest;
use super::error::{BoxError, Failed};
use super::flights::{Landing, Lead, Start};
use super::heard::Heard;
use super::hole::Holes;
use super::locale::Locale;
use super::names::Names;
use super::nested::{Nearer, Outer};
use super::policy::{self, Facts, Refusal, Times};
use super::purge::Point;
use super::record::{Begun, Head, Page};
use super::shelf::{self, Shelf};
use super::site::{Caller, Home, Look, Quest, Site, locale};
use super::status::{Forward, Status};
use super::tell::Handling;
use super::variant::{self, Front, Variants};
use crate::entry::{Hearing, Scoped};
use crate::report::Counted;
use crate::{Filling, Key, Options};
pub(super) use caught::Caught;
pub(super) use client::{Client, Outcome};

/// A page on its way.
pub(super) struct Render {
    pub(super) site: Arc<Site>,
    pub(super) home: Home,
    /// The request as the client wrote it.
    pub(super) request: Parts,
    pub(super) quest: Quest,
    /// Present where others may wait for it.
    pub(super) lead: Option<Lead>,
    pub(super) filling: Arc<Filling>,
    pub(super) purges: Point,
    /// When the handler was asked.
    asked: u64,
    nearer: Nearer,
    hearing: Hearing,
    heard: Heard,
}

/// How long nobody waits for the answers of a URL that were not to be kept, in seconds.
const PASS: u64 = 10;

impl Render {
    /// Begins it: what is invalidated from here on is not kept.
    pub(super) fn new(site: Arc<Site>, home: Home, request: Parts, mut quest: Quest, lead: Option<Lead>) -> Box<Self> {
        let (came, asked) = (Arrived::of(&request), home.now());
        let (filling, purges) = match &came {
            Some(came) => (came.fill(&home.cache, &quest.key), home.purges.at(came.purges())),
            None => (home.cache.fill(&quest.key), home.purges.now()),
        };
        let filling = Arc::new(filling);
        if let Some(lead) = &lead {
            lead.starts(Start { filling: Some(Arc::clone(&filling)), purges });
        }
        let inside = quest.note.as_ref().map(Note::inside).or_else(Scope::here);
        quest.span = Span::begin(site.place().as_ref(), home.cache.name(), || quest.key.as_str().to_owned());
        let hearing = Hearing::told(lead.as_ref().map(Lead::id), inside, quest.span.clone());
        if let Some(came) = &came {
            hearing.take_over(came.hearing());
        }
        let (nearer, heard) = (Nearer::default(), Heard::default());
        // It is handed on by one step to the next, each of which would have room for it.
        Box::new(Self { site, home, request, quest, lead, filling, purges, asked, nearer, hearing, heard })
    }

    /// Asks the handler, answers the client as soon as there is something to say, and goes on until all is kept.
    pub(super) async fn run<S, B, R>(mut self: Box<Self>, mut inner: S, body: B, client: Client<R, S::Error>)
    where
        S: Service<Request<B>, Response = Response<R>>,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.look_around().await;
        let request = Request::from_parts(self.for_handler(), body);
        let counts = self.request.extensions.get().cloned();
        // In a block of its own, so that what the handler takes is given back before its answer is judged.
        let telling = Handling::begin(self.quest.note.as_ref(), &self.home);
        let asked = {
            let asking = pin!(Counted::new(counts, async move { inner.call(request).await }));
            Caught(pin!(self.hear(asking))).await
        };
        let has_failed = !matches!(&asked, Ok(Ok(response)) if !policy::is_failure(response.status()));
        telling.end(&self.home, has_failed);
        self.quest.span.ran(has_failed);
        let failure = match asked {
            Ok(Ok(response)) => {
                self.listen();
                return self.judge(response, client).await;
            }
            Ok(Err(error)) => Outcome::Failed(error),
            Err(panic) => Outcome::Panicked(panic),
        };
        match self.spare().await {
            Some(page) => self.stand_in(&page, None, client),
            None => self.fail(failure, client),
        }
    }

    /// Looks at how things stand in a store outside before the handler reads anything: the tags of the page, and what other
    /// processes have invalidated.
    pub(super) async fn look_around(&mut self) {
        if !self.home.cache.is_outside() {
            return;
        }
        let tags = shelf::known_tags(&self.site.setup, &self.request);
        self.home.heard(self.filling.look_at_tags(tags).await);
        if locale(&self.request) != Locale::default() {
            self.home.purges.note_more();
        }
        let came = Arrived::of(&self.request).map(|came| came.purges());
        let begun = self.home.purges.begin(&self.home.cache, self.purges, came).await;
        if let Some(purges) = self.home.heard(begun) {
            self.purges = purges;
            if let Some(lead) = &self.lead {
                lead.starts(Start { filling: Some(Arc::clone(&self.filling)), purges });
            }
        }
    }

    /// Runs what speaks of the page: its handler, and then its body.
    pub(super) fn hear<F: Future + Unpin>(&self, speaker: F) -> Scoped<F> {
        self.hearing.of(speaker)
    }

    /// Takes down what has been said so far.
    pub(super) fn listen(&mut self) {
        self.heard = self.hearing.wishes().into();
    }

    /// Tells the client that there is no answer. Whoever waited tries on their own, all at once and not one after another.
    fn fail<R, E>(&self, outcome: Outcome<R, E>, client: Client<R, E>) {
        self.keep_quiet();
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

    /// Returns a page that may be handed out although asking for a newer one has failed. It is looked for once more: what
    /// was invalidated, or was as old as it may be, while the handler was asked, stands in for nothing.
    async fn spare(&self) -> Option<Page> {
        self.quest.old.as_ref()?;
        let names = Names::of(&self.request.headers);
        match self.site.look_outside(&self.home, &self.request, Caller::any(&names, false)).await {
            Look::Found(page, ..) => Some(page),
            Look::Seek(quest) => quest.old.filter(|(_, if_error)| *if_error).map(|(page, _)| page),
            Look::Pass(_) | Look::Part(_) => None,
        }
    }

    async fn judge<R, E>(self: Box<Self>, response: Response<R>, client: Client<R, E>)
    where
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let status = response.status();
        if policy::is_failure(status)
            && let Some(page) = self.spare().await
        {
            return self.stand_in(&page, Some(status), client);
        }
        match &self.quest.old {
            _ if self.quest.wanted.head => self.answer_head(response, client).await,
            Some((page, _)) if status == StatusCode::NOT_MODIFIED => {
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
        if self.quest.is_inside {
            return Err(Refusal::Inside);
        }
        if self.nearer.is_there() {
            return Err(Refusal::Nearer);
        }
        let setup = &self.site.setup;
        // Behind a layer, the status alone decides.
        let has_failed = setup.annotated.is_some() && response.extensions().get::<Failed>().is_some();
        if has_failed && !setup.failures.contains(&response.status()) {
            return Err(Refusal::Failed);
        }
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let facts = self.worth(response.status(), response.headers())?;
        // The head of an answer to `HEAD` speaks of a body that is not there.
        let is_head = self.quest.wanted.head;
        let said = said_length(response).or(is_head.then(SizeHint::default)).ok_or(Refusal::Length)?;
        match () {
            () if said.lower() > self.site.setup.limit => Err(Refusal::TooLarge),
            () if self.site.setup.fillers.are_blind_to(response.headers()) => Err(Refusal::Encoded),
            () => Ok(facts),
        }
    }

    /// Returns why the page is not to be kept, where its handler says so, or what it was made of.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let refusal = self.heard.refusal()?;
        if refusal == Refusal::TooManyTags {
            self.home.cache.tell_too_many_tags("pages");
        }
        Some(refusal)
    }

    /// Returns what a page is worth that says this of itself.
    pub(super) fn worth(&self, status: StatusCode, headers: &HeaderMap) -> Result<Facts, Refusal> {
        let mut facts = self.worth_by_itself(status, headers)?;
        if let Some(time) = self.heard.at_most() {
            facts.shorten(time, self.home.now());
        }
        Ok(facts)
    }

    fn worth_by_itself(&self, status: StatusCode, headers: &HeaderMap) -> Result<Facts, Refusal> {
        let times = self.times();
        let wanted = policy::Wanted { head: false, ..self.quest.wanted };
        let policy = &self.home.policy;
        if self.is_part(status) {
            return policy.keep_part(&wanted, headers, times);
        }
        if self.quest.posted {
            return policy.keep_explicit(&wanted, status, headers, times);
        }
        policy.keep(&wanted, status, headers, times)
    }

    fn times(&self) -> Times {
        Times { asked: self.asked, answered: self.home.now(), good_for: self.heard.time() }
    }

    /// Returns whether this answers a request for a part that is to be kept.
    fn is_part(&self, status: StatusCode) -> bool {
        status == StatusCode::PARTIAL_CONTENT && self.quest.range.is_some()
    }

    /// Returns what a page is told apart by that says this of itself.
    pub(super) fn aspects(&self, headers: &HeaderMap) -> Box<[Aspect]> {
        variant::list(&self.site.setup.aspects, Site::varies_on(headers))
    }

    /// Finds the shelf on which the page is to be kept. Whoever looks for it there finds this render.
    pub(super) async fn shelf(&mut self, headers: &HeaderMap, aspects: &[Aspect]) -> Option<Shelf> {
        if self.is_withdrawn(headers) {
            return None;
        }
        if self.quest.variants.is_none() && aspects.is_empty() {
            return Some(Shelf::Url(Arc::clone(&self.filling)));
        }
        let variants = self.quest.variants.clone().unwrap_or_else(|| Variants::new(aspects.into()));
        let key = variants.key(aspects, &self.site, &self.request.headers);
        let purges = self.purges;
        if let Some(lead) = &mut self.lead {
            // Before anybody can read the list: whoever has read it looks for this key.
            lead.starts(Start { filling: None, purges });
            lead.is_also(&(self.site.mark, key.clone()));
        }
        let (variants, filling) =
            shelf::list((&self.site, &self.home), &self.quest, &self.filling, variants, aspects).await?;
        if let Some(lead) = &self.lead {
            lead.starts(Start { filling: Some(filling), purges });
        }
        Some(Shelf::Beside(Box::new((self.filling.beside(&key), key)), variants))
    }

    /// Writes a list of variants for a page that says this of itself, whatever is under its URL; says whether that was
    /// invalidated by nobody since the page was begun.
    pub(super) async fn take_place(&mut self, headers: &HeaderMap) -> bool {
        let aspects = self.aspects(headers);
        let (place, variants) = ((&*self.site, &self.home), Variants::new(aspects.clone()));
        let settled = shelf::list(place, &self.quest, &self.filling, variants, &aspects).await;
        let Some((variants, filling)) = settled else { return false };
        self.quest.variants = Some(variants);
        self.filling = filling;
        true
    }

    /// Returns whether a page that says this of itself was invalidated since it was begun. It must not even take the place
    /// of one that was begun later.
    fn is_withdrawn(&self, headers: &HeaderMap) -> bool {
        let target = self.site.target(&self.request);
        let tags = shelf::tags(&self.site.setup, &self.request, headers);
        self.filling.is_withdrawn(tags.into_iter().chain(self.heard.tags()))
            || target.map_or(true, |target| self.home.purges.took_since(self.purges, &target))
    }

    /// Says in `Cache-Status` why the handler was asked.
    pub(super) fn why(&self) -> Status {
        Status::forwarded(match (&self.quest.old, &self.quest.variants) {
            _ if self.quest.posted => Forward::Method,
            _ if self.quest.wanted.no_cache => Forward::Request,
            (Some(_), _) => Forward::Stale,
            (None, Some(_)) => Forward::VaryMiss,
            (None, None) => Forward::UriMiss,
        })
    }

    /// Answers with what is there, and leaves those alone for a while who could not be asked.
    fn stand_in<R, E>(self: Box<Self>, page: &Page, failure: Option<StatusCode>, client: Client<R, E>) {
        self.keep_quiet();
        self.quest.tell(Done::Stale(WhyStale::Failed));
        let told = Status { code: failure.map(|status| status.as_u16()), ..self.why() };
        let aspects = self.aspects(&page.head().headers);
        self.hand_out(page, &aspects, &told, client);
    }

    /// Answers whoever asked, and all who wait, with a page that is whole.
    pub(super) fn hand_out<R, E>(&self, page: &Page, aspects: &[Aspect], told: &Status, client: Client<R, E>) {
        self.land(page, aspects);
        self.answer(page, told, client);
    }

    /// Answers whoever asked with a page that is whole.
    pub(super) fn answer<R, E>(&self, page: &Page, told: &Status, client: Client<R, E>) {
        let now = self.home.now();
        client.tell(Outcome::Answer(Asking::new(&self.site.setup, &self.request, now).with_page(page, told)));
    }

    /// Tells all who wait that there is a page.
    pub(super) fn land(&self, page: &Page, aspects: &[Aspect]) {
        if let Some(lead) = &self.lead {
            lead.land(Landing::Kept(page.clone(), aspects.into()));
        }
    }

    /// Leaves those alone for a while who make the page, if there is an older one to answer with.
    fn keep_quiet(&self) {
        if self.quest.old.is_some() {
            self.home.quiet.begin(self.quest.name(&self.site, &self.request.headers), self.home.now());
        }
    }

    /// Hands the answer to the client alone. Whoever waits is let go, and those who come next do not begin to.
    async fn pass<R: Body, E>(self: Box<Self>, mut response: Response<R>, refusal: Refusal, client: Client<R, E>) {
        self.tell_time(response.headers_mut(), &Err(refusal));
        self.site.setup.tell_downstream(&self.request, response.headers_mut());
        self.quest.tell_not_kept(NotKept::Page(refusal));
        let told = Status { detail: Some(refusal.brief()), ..self.why() };
        let is_awaited = self.lead.as_ref().is_some_and(Lead::is_awaited);
        let says_nothing = policy::is_of_the_moment(response.status());
        let is_by_handler = self.heard.refusal() == Some(refusal);
        self.let_go();
        client.tell(Outcome::Answer(self.site.untouched(response, self.visitor(), &told)));
        match &self.quest.old {
            _ if says_nothing => self.keep_quiet(),
            // As if it had not been made: what there is goes on.
            Some((_, true)) if is_by_handler => self.keep_quiet(),
            _ if is_awaited => self.note_pass().await,
            // What others are shown is not up to an answer that is for one client.
            Some(_) if !is_by_handler && !self.quest.wanted.authorized && !self.quest.is_inside => {
                drop(self.home.cache.delete(self.name()).await);
            }
            _ => {}
        }
    }

    /// Returns the key under which the page would be looked for first.
    fn name(&self) -> Key {
        self.quest.name(&self.site, &self.request.headers).1
    }

    /// Notes that answers to such a request are not to be kept.
    async fn note_pass(&self) {
        let name = self.name();
        let beside = self.quest.variants.as_ref().map(|_| self.filling.beside(&name));
        let filling = beside.as_ref().unwrap_or(&self.filling);
        drop(filling.keep(Front::Pass, Options::ttl(PASS)).await);
    }

    /// Tells those downstream for how long an answer is fresh that is not kept here.
    pub(super) fn tell_time(&self, headers: &mut HeaderMap, worth: &Result<Facts, Refusal>) {
        let fresh = match worth {
            Ok(facts) => facts.fresh,
            // That it is kept for no time goes for everybody.
            Err(Refusal::Useless) if self.site.setup.policy.time == Some(0) => 0,
            Err(Refusal::Discarded) if !says_a_time(headers) => 0,
            Err(_) => return,
        };
        self.site.dress(headers, self.lasts(fresh));
    }

    /// Returns what is to be told of a page that is fresh for so many milliseconds.
    fn lasts(&self, fresh: u64) -> Lasts {
        let heard = &self.heard;
        let is_said = heard.time().is_some() || heard.at_most().is_some() || heard.is_discarded();
        Lasts { fresh, is_said, now: self.home.now() }
    }

    /// Makes a page that knows when it was begun.
    pub(super) fn page(&self, mut head: Head, body: Bytes, holes: Holes) -> Page {
        if self.site.setup.tagged && holes.is_empty() {
            tag(&mut head.headers, &body);
        }
        let begun = Begun { site: self.site.mark, after: self.purges.stand() };
        Page::new(head, body, holes, begun, self.heard.names().into())
    }

    /// Keeps a page, and says whether it is kept: not where it was invalidated meanwhile.
    pub(super) async fn keep(&self, place: Shelf, page: Page) -> bool {
        // As in `is_withdrawn`; tags are looked at by the cache.
        self.home.heard(self.home.purges.settle(&self.home.cache).await).is_some()
            && !self.site.is_gone(&self.home, &self.request, &page)
            && place.keep((&self.site.setup, &self.home), &self.request, &self.hearing, page).await
    }
}

/// Returns how long a body is, as it says or as its head says; `None` where they do not agree.
fn said_length<R: Body>(response: &Response<R>) -> Option<SizeHint> {
    let hint = response.body().size_hint();
    let mut lines = response.headers().get_all(CONTENT_LENGTH).iter();
    let Some(line) = lines.next() else { return Some(hint) };
    let digits = line.to_str().ok().filter(|line| line.bytes().all(|byte| byte.is_ascii_digit()))?;
    let length = digits.parse().ok()?;
    let agrees = hint.exact().is_none_or(|exact| exact == length) && lines.all(|other| other == line);
    agrees.then(|| SizeHint::with_exact(length))
}

/// Returns whether a response says to caches itself how it is to be used.
fn says_a_time(headers: &HeaderMap) -> bool {
    headers.contains_key(CACHE_CONTROL) || headers.contains_key(EXPIRES)
}

/// Gives a page an `ETag` of its bytes, unless it has one or says when it was changed.
fn tag(headers: &mut HeaderMap, body: &[u8]) {
    if !headers.contains_key(ETAG) && !headers.contains_key(LAST_MODIFIED) {
        headers.insert(ETAG, digest::tag(headers, body));
    }
}
