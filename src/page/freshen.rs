//! What an answer without a body says of a page that is kept: `304` to a question with its validators, and any to `HEAD`.

use http::header::CACHE_CONTROL;
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;

use super::hole::Holes;
use super::policy::{self, Facts, Refusal};
use super::record::{Head, Page};
use super::render::{Client, Outcome, Render};
use super::status::Status;

impl Render {
    /// Keeps what is there for longer, with what its maker says of it now. Where that is of another page, it is handed out
    /// once more, and the next one asks for all of it.
    pub(super) async fn freshen<R, E>(mut self, old: &Page, answer: &HeaderMap, client: Client<R, E>) {
        let told = Status { code: Some(StatusCode::NOT_MODIFIED.as_u16()), ..self.why() };
        let (headers, worth) = self.confirmed(old, answer);
        match worth {
            Ok(facts) if policy::freshens(&old.head().headers, answer) => {
                let kept = self.renewed(old, self.site.setup.policy.kept_headers(&headers), facts.clone());
                let stored = self.put(kept.clone()).await;
                self.land(&kept);
                // What is said to the one who asked alone is handed to nobody who waits.
                self.lead = None;
                let own = self.renewed(old, headers, facts);
                self.hand_out(&own, &Status { stored, ..told }, client);
            }
            // It may not be kept any more, and is still what was asked for.
            other => {
                let page = self.renewed(old, headers, old.facts().clone());
                drop(self.home.cache.delete(&self.quest.key).await);
                self.lead = None;
                self.hand_out(&page, &Status { detail: other.err().map(Refusal::words), ..told }, client);
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
                facts.fresh = old.facts().fresh;
            }
            let now = self.home.cache.clock().wall_millis();
            self.site.dress_anew(&mut headers, answer, facts.fresh, now);
        }
        (headers, worth)
    }

    fn renewed(&self, old: &Page, headers: HeaderMap, facts: Facts) -> Page {
        let holes = Holes::renewed(old, &self.site.setup.fillers, &headers);
        let head = Head { status: old.head().status, headers, facts };
        Page::new(head, old.body().clone(), holes, (self.site.mark, self.purges))
    }

    async fn put(&mut self, page: Page) -> bool {
        let aspects = self.aspects(&page.head().headers);
        match self.shelf(&aspects).await {
            Some(place) => place.keep(&self.site.setup, &self.home, page).await,
            None => false,
        }
    }

    /// An answer to `HEAD` is no page. It makes one that is there last longer where the two agree, and else go.
    /// Those downstream are told what an answer to `GET` tells them (RFC 9110, 9.3.2).
    pub(super) async fn answer_head<R: Body, E>(mut self, mut response: Response<R>, client: Client<R, E>) {
        let old = self.quest.old.as_ref().map(|(page, _)| page.clone());
        if let Some(old) = old.filter(|_| !policy::is_failure(response.status())) {
            self.heed(&old, response.status(), response.headers()).await;
        }
        let worth = self.facts(&response);
        self.tell_time(response.headers_mut(), &worth);
        let visitor = self.visitor();
        let answer = self.site.untouched(response, visitor, &self.why());
        client.tell(Outcome::Answer(answer));
    }

    async fn heed(&mut self, old: &Page, status: StatusCode, headers: &HeaderMap) {
        let length = old.body().len() as u64;
        if status != old.head().status || !policy::head_agrees(&old.head().headers, length, headers) {
            drop(self.home.cache.delete(&self.quest.key).await);
            return;
        }
        if let (headers, Ok(facts)) = self.confirmed(old, headers) {
            let page = self.renewed(old, self.site.setup.policy.kept_headers(&headers), facts);
            self.put(page).await;
        }
    }
}
