//! What an answer without a body says of a page that is kept: `304` to a question with its validators, and any to `HEAD`.

use cache_core::explain::{Done, NotKept};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;

use super::{Client, Outcome, Render};
use crate::page::answer::Asking;
use crate::page::aspect::Aspect;
use crate::page::hole::Holes;
use crate::page::policy::{self, Facts, Refusal};
use crate::page::record::{Head, Page};
use crate::page::status::Status;

impl Render {
    /// Keeps what is there for longer, with what its maker says of it now. Where that is of another page, it is handed out
    /// once more, and the next one asks for all of it.
    pub(in crate::page) async fn freshen<R, E>(
        mut self: Box<Self>,
        old: &Page,
        answer: &HeaderMap,
        client: Client<R, E>,
    ) {
        let told = Status { code: Some(StatusCode::NOT_MODIFIED.as_u16()), ..self.why() };
        self.quest.tell(Done::Confirmed);
        self.heard.as_before(old.tags());
        let (headers, worth) = self.confirmed(old, answer);
        if let Some(refusal) = self.refusal() {
            self.quest.tell_not_kept(NotKept::Page(refusal));
            let told = Status { detail: Some(refusal.brief()), ..told };
            self.keep_quiet();
            self.let_go();
            return self.answer(&self.renewed(old, headers, old.facts().clone()), &told, client);
        }
        let aspects = self.aspects(&headers);
        match worth {
            Ok(facts) if policy::freshens(&old.head().headers, answer) => {
                let kept = self.renewed(old, self.home.policy.kept_headers(&headers), facts.clone());
                self.tell_kept(&facts, &headers, self.filling.is_good());
                let own = self.renewed(old, headers, facts);
                // Nobody waits for what a store outside takes its time for. What is said to the one who asked alone is
                // handed to nobody who waits.
                if self.home.cache.is_outside() {
                    let told = Status { stored: self.filling.is_good(), ..told };
                    self.land(&kept, &aspects);
                    self.answer(&own, &told, client);
                    self.put(kept, &aspects).await;
                } else {
                    let told = Status { stored: self.put(kept.clone(), &aspects).await, ..told };
                    self.land(&kept, &aspects);
                    self.answer(&own, &told, client);
                }
            }
            // It may not be kept any more, and is still what was asked for, by whoever asked: those who wait look again.
            other => {
                let page = self.renewed(old, headers, old.facts().clone());
                let deleting = self.home.cache.delete(&self.quest.key);
                let refusal = other.err();
                self.quest.tell_not_kept(refusal.map_or(NotKept::Superseded, NotKept::Page));
                let told = Status { detail: refusal.map(Refusal::brief), ..told };
                if self.home.cache.is_outside() {
                    self.lead = None;
                    self.answer(&page, &told, client);
                    drop(deleting.await);
                } else {
                    drop(deleting.await);
                    self.lead = None;
                    self.answer(&page, &told, client);
                }
            }
        }
    }

    /// Returns what a page says that this answer confirms, and what it is worth.
    fn confirmed(&self, old: &Page, answer: &HeaderMap) -> (HeaderMap, Result<Facts, Refusal>) {
        let mut headers = policy::updated(&old.head().headers, answer);
        let mut worth = self.worth(old.head().status, &headers);
        if let Ok(facts) = &mut worth {
            // What it says is then for browsers, and not how long it is kept.
            if self.site.setup.browser.is_some() && !answer.contains_key(CACHE_CONTROL) {
                let most = self.home.policy.most(old.head().status, self.times());
                facts.fresh = most.map_or(old.facts().fresh, |most| most.min(old.facts().fresh));
            }
            self.site.dress_anew(&mut headers, answer, self.lasts(facts.fresh));
        }
        (headers, worth)
    }

    fn renewed(&self, old: &Page, headers: HeaderMap, facts: Facts) -> Page {
        let holes = Holes::renewed(old.holes(), &self.site.setup.fillers, &headers, old.body());
        self.page(Head { status: old.head().status, headers, facts }, old.body().clone(), holes)
    }

    async fn put(&mut self, page: Page, aspects: &[Aspect]) -> bool {
        match self.shelf(&page.head().headers, aspects).await {
            Some(place) => self.keep(place, page).await,
            None => false,
        }
    }

    /// Hands on an answer to `HEAD`, which is no page, or says by its conditions that it is not sent. It makes one that is there last longer where the two agree, and else go.
    /// Those downstream are told what an answer to `GET` tells them (RFC 9110, 9.3.2).
    pub(in crate::page) async fn answer_head<R: Body, E>(
        mut self: Box<Self>,
        mut response: Response<R>,
        client: Client<R, E>,
    ) {
        let (status, headers) = (response.status(), response.headers().clone());
        let worth = self.facts(&response);
        self.quest.tell_not_kept(NotKept::Page(worth.as_ref().err().copied().unwrap_or(Refusal::Head)));
        self.tell_time(response.headers_mut(), &worth);
        self.site.setup.tell_downstream(&self.request, response.headers_mut());
        let asking = Asking::new(&self.site.setup, &self.request, self.home.now());
        let head = worth.ok().map(|facts| Head { status, headers: response.headers().clone(), facts });
        let unsent = head.and_then(|head| asking.unsent_anew(&head, &self.why()));
        let answer = unsent.unwrap_or_else(|| self.site.untouched(response, self.visitor(), &self.why()));
        client.tell(Outcome::Answer(answer));
        let says_nothing = policy::is_of_the_moment(status) || status == StatusCode::METHOD_NOT_ALLOWED;
        if let Some((old, _)) = self.quest.old.clone().filter(|_| !says_nothing && self.heard.refusal().is_none()) {
            self.heard.as_before(old.tags());
            self.heed(&old, status, &headers).await;
        }
    }

    async fn heed(&mut self, old: &Page, status: StatusCode, headers: &HeaderMap) {
        let length = old.body().len() as u64;
        if status != old.head().status || !policy::head_agrees(&old.head().headers, length, headers) {
            drop(self.home.cache.delete(&self.quest.key).await);
            return;
        }
        if let (headers, Ok(facts)) = self.confirmed(old, headers) {
            let aspects = self.aspects(&headers);
            let page = self.renewed(old, self.home.policy.kept_headers(&headers), facts);
            self.put(page, &aspects).await;
        }
    }
}
