//! What an answer without a body says of a page that is kept: `304` to a question with its validators, and any to `HEAD`.

use http::{HeaderMap, Response, StatusCode};

use super::aspect::Aspect;
use super::policy::{self, Facts, Refusal};
use super::record::{Head, Page};
use super::render::{Client, Outcome, Render, is_of_the_moment};
use super::status::Status;

impl Render {
    /// Keeps what is there for longer, with what its maker says of it now. Where that is of another page, it is handed out
    /// once more, and the next one asks for all of it.
    pub(super) async fn freshen<R, E>(mut self, old: &Page, answer: &HeaderMap, client: Client<R, E>) {
        let headers = policy::updated(&old.head().headers, answer);
        let aspects = self.aspects(&headers);
        let told = Status { code: Some(StatusCode::NOT_MODIFIED.as_u16()), ..self.why() };
        match self.worth(old.head().status, &headers) {
            Ok(facts) if policy::freshens(&old.head().headers, answer) => {
                let page = self.renewed(old, headers, facts);
                // Nobody waits for what a store outside takes its time for.
                if self.home.cache.is_outside() {
                    let told = Status { stored: self.filling.is_good(), ..told };
                    self.hand_out(&page, &aspects, &told, client);
                    self.put(page, &aspects).await;
                } else {
                    let told = Status { stored: self.put(page.clone(), &aspects).await, ..told };
                    self.hand_out(&page, &aspects, &told, client);
                }
            }
            // It may not be kept any more, and is still what was asked for.
            other => {
                let page = self.renewed(old, headers, old.facts().clone());
                let deleting = self.home.cache.delete(&self.quest.key);
                let told = Status { detail: other.err().map(Refusal::words), ..told };
                if self.home.cache.is_outside() {
                    self.hand_out(&page, &aspects, &told, client);
                    drop(deleting.await);
                } else {
                    drop(deleting.await);
                    self.lead = None;
                    self.hand_out(&page, &aspects, &told, client);
                }
            }
        }
    }

    fn renewed(&self, old: &Page, headers: HeaderMap, facts: Facts) -> Page {
        self.page(Head { status: old.head().status, headers, facts }, old.body().clone())
    }

    async fn put(&mut self, page: Page, aspects: &[Aspect]) -> bool {
        match self.shelf(&page.head().headers, aspects).await {
            Some(place) => self.keep(place, page).await,
            None => false,
        }
    }

    /// An answer to `HEAD` is no page. It makes one that is there last longer where the two agree, and else go.
    pub(super) async fn answer_head<R, E>(mut self, response: Response<R>, client: Client<R, E>) {
        let (status, headers) = (response.status(), response.headers().clone());
        client.tell(Outcome::Answer(self.site.untouched(response, &self.why())));
        let says_nothing = is_of_the_moment(status) || status == StatusCode::METHOD_NOT_ALLOWED;
        if let Some((old, _)) = self.quest.old.clone().filter(|_| !says_nothing) {
            self.heed(&old, status, &headers).await;
        }
    }

    async fn heed(&mut self, old: &Page, status: StatusCode, headers: &HeaderMap) {
        let length = old.body().len() as u64;
        if status != old.head().status || !policy::head_agrees(&old.head().headers, length, headers) {
            drop(self.home.cache.delete(&self.quest.key).await);
            return;
        }
        let headers = policy::updated(&old.head().headers, headers);
        if let Ok(facts) = self.worth(status, &headers) {
            let aspects = self.aspects(&headers);
            let page = self.renewed(old, headers, facts);
            self.put(page, &aspects).await;
        }
    }
}
