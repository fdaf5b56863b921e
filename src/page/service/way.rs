//! One request on its way: to a page that is kept, to one that is being made, or to the handler.

use std::panic::resume_unwind;
use std::pin::pin;

use bytes::Bytes;
use cache_core::explain::{Alone, Done, Entered, Kept, NotKept, Note, Scope, Within};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use tokio::sync::oneshot;
use tower_service::Service;

use super::spot::{Spot, Waited};
use crate::page::body::PageBody;
use crate::page::error::BoxError;
use crate::page::flights::{Lead, Turn};
use crate::page::names::is_condition;
use crate::page::nested::{Nearer, Outer};
use crate::page::policy::Pass;
#[cfg(feature = "actix")]
use crate::page::record::Page;
use crate::page::render::{Client, Outcome, Render};
#[cfg(feature = "actix")]
use crate::page::service::Lent;
use crate::page::site::{Look, Quest, Site};
use crate::page::status::{Forward, Status};
use crate::page::tell::Handling;

/// One request on its way through.
pub(in crate::page) struct Way<S> {
    pub(in crate::page) spot: Spot,
    pub(in crate::page) inner: S,
}

/// How often somebody looks again whose page was made for somebody else, before asking for one of their own.
const LOOKS: usize = 4;

impl<S> Way<S> {
    /// Goes on from what was found; of what is passed on, the note says whom to tell.
    pub(super) async fn go<B, R>(
        self,
        (look, note): (Look, Option<Note>),
        parts: Parts,
        body: B,
    ) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        match look {
            Look::Pass(pass) => self.pass((pass, note), parts, body).await,
            #[cfg(feature = "actix")]
            Look::Found(page, Some(quest), now) if parts.extensions.get::<Lent>().is_some() => {
                self.renew_first(page, now, &quest, parts, body).await
            }
            Look::Found(page, quest, now) => {
                let answer = self.spot.hit(&parts, page, now);
                if let Some(quest) = quest {
                    self.renew(&quest, parts, body);
                }
                Ok(answer)
            }
            Look::Seek(quest) if quest.wanted.only_if_cached => {
                quest.tell(Done::OnlyIfCached);
                Ok(self.spot.site.only_if_cached())
            }
            Look::Seek(quest) => self.seek(*quest, parts, body).await,
            Look::Part(quest) => self.part(*quest, parts, body).await,
        }
    }

    /// Makes a page anew behind an answer, unless somebody does already.
    fn renew<B, R>(self, quest: &Quest, parts: Parts, body: B)
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let Turn::Lead(lead) = self.spot.join(quest, &parts) else { return };
        let mut parts = parts;
        if parts.method == Method::HEAD {
            parts.method = Method::GET;
        }
        let (driver, spot, inner) = (self.spot.home.driver(), self.spot, self.inner);
        let note = quest.note.clone();
        let task = async move {
            // Somebody may have kept a new one between looking and leading.
            if let Look::Found(_, Some(anew), _) = spot.look(&parts, false).await {
                let quest = Quest { note, ..*anew };
                let render = Render::new(spot.site, spot.home, parts, quest, Some(lead));
                render.run(inner, body, Client::nobody()).await;
            }
        };
        // Without a runtime it is not renewed before somebody has to wait for that.
        drop(driver.spawn(Box::pin(task)));
    }

    /// Makes a page anew before it is answered, unless somebody does already, where nobody can do so behind the answer.
    #[cfg(feature = "actix")]
    async fn renew_first<B, R>(
        self,
        page: Page,
        now: u64,
        quest: &Quest,
        parts: Parts,
        body: B,
    ) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let turn = if quest.wanted.head { None } else { Some(self.spot.join(quest, &parts)) };
        let Some(Turn::Lead(lead)) = turn else { return Ok(self.spot.hit(&parts, page, now)) };
        // Somebody may have kept a new one between looking and leading.
        match self.spot.look(&parts, false).await {
            Look::Found(_, Some(anew), _) => {
                let quest = Quest { note: quest.note.clone(), ..*anew };
                self.make(quest, Some(lead), parts, body).await
            }
            Look::Found(page, None, now) => Ok(self.spot.hit(&parts, page, now)),
            _ => Ok(self.spot.hit(&parts, page, now)),
        }
    }

    /// Finds a page that others are making, or makes it.
    async fn seek<B, R>(self, quest: Quest, parts: Parts, body: B) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let mut quest = quest;
        for _ in 0..LOOKS {
            if quest.alone || quest.wanted.head {
                quest.tell_alone();
                break;
            }
            let turn = self.spot.join(&quest, &parts);
            if let Turn::Wait(waiter) = turn {
                let waiting = quest.begin_to_wait(&self.spot.home);
                let waited = self.spot.wait(waiter, &parts, &quest.wanted).await;
                waiting.end(&self.spot.home);
                match waited {
                    Waited::Answered(answer) => {
                        quest.tell(Done::Shared);
                        return Ok(answer);
                    }
                    Waited::InVain => {
                        quest.tell(Done::Alone(Alone::Unshared));
                        break;
                    }
                    Waited::Elsewhere => {}
                }
                match self.spot.look(&parts, false).await {
                    Look::Found(page, _, now) => {
                        quest.tell(Done::Shared);
                        return Ok(self.spot.hit(&parts, page, now));
                    }
                    Look::Seek(anew) => quest = quest.anew(*anew),
                    Look::Pass(_) | Look::Part(_) => break,
                }
                continue;
            }
            let Turn::Lead(lead) = turn else {
                quest.is_inside = true;
                quest.tell(Done::Alone(Alone::Circle));
                self.spot.count_circle();
                break;
            };
            // Somebody may have kept one between looking and leading.
            match self.spot.look(&parts, false).await {
                Look::Found(page, _, now) => {
                    quest.tell(Done::Shared);
                    return Ok(self.spot.hit(&parts, page, now));
                }
                // What it is told apart by may have become known too: then others look for it under another name.
                Look::Seek(anew) if anew.alone || !self.spot.is_one_page(&anew, &quest, &parts) => {
                    quest = quest.anew(*anew);
                }
                Look::Seek(anew) => return self.make(quest.anew(*anew), Some(lead), parts, body).await,
                Look::Pass(_) | Look::Part(_) => break,
            }
        }
        self.make(quest, None, parts, body).await
    }

    /// Makes a page. It goes on when the client leaves.
    pub(in crate::page) async fn make<B, R>(
        self,
        quest: Quest,
        lead: Option<Lead>,
        parts: Parts,
        body: B,
    ) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let (driver, inner) = (self.spot.home.driver(), self.inner);
        let flight = lead.as_ref().map(Lead::flight);
        let render = Render::new(self.spot.site, self.spot.home, parts, quest, lead);
        let own = driver.spawn(Box::pin(render.run(inner, body, Client::new(sender))));
        if let (Some(flight), Some(_)) = (&flight, &own) {
            flight.go_alone();
        }
        match Outcome::of(driver, own, receiver).await {
            Outcome::Answer(response) => Ok(response),
            Outcome::Failed(error) => Err(error),
            Outcome::Panicked(panic) => resume_unwind(panic),
        }
    }

    /// Hands a request to the handler as it is, and its answer to the client.
    pub(in crate::page) async fn pass<B, R>(
        mut self,
        (pass, note): (Pass, Option<Note>),
        mut parts: Parts,
        body: B,
    ) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>>,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let change = if pass == Pass::Method { self.spot.change(&parts) } else { None };
        let mut post = if pass == Pass::Method { self.spot.post(&parts, note.as_ref()) } else { None };
        // Whoever makes the page hides what holes are filled with, and fills them.
        let fills = pass != Pass::Inside;
        let visitor = fills.then(|| self.spot.site.setup.fillers.visitor(&mut parts)).flatten();
        let asked = self.spot.site.narrow(pass, &mut parts);
        let inside = note.as_ref().map(Note::inside).or_else(Scope::here);
        let telling = Handling::begin(note.as_ref(), &self.spot.home);
        let entered = Entered::new(inside.clone());
        let asking = pin!(self.inner.call(Request::from_parts(parts, body)));
        drop(entered);
        let asking = Within::new(inside, asking);
        let response = match &mut post {
            Some(post) => {
                post.look_around().await;
                post.hear(asking).await
            }
            None => asking.await,
        };
        telling.end(&self.spot.home, response.is_err());
        let mut response = response?;
        if let Some(asked) = asked {
            self.spot.site.setup.tell_downstream(&asked, response.headers_mut());
        }
        let posted = match post.and_then(|post| post.judge(&response)) {
            Some(posted) => posted.take_place(response.headers()).await,
            None => None,
        };
        if let Some(mut change) = change {
            if let Some(posted) = &posted {
                change.spare(posted.key());
            }
            change.end(response.status(), response.headers()).await;
        }
        if let Some(posted) = posted {
            return Ok(posted.keep(response).await);
        }
        if let Some(note) = note {
            note.kept(Kept::Not(NotKept::Alone));
        }
        Ok(self.spot.site.untouched(response, visitor, &passed(pass)))
    }
}

impl Site {
    /// Shows a handler no more of a request for its page than where that is kept: or its answer would be another one, which
    /// those downstream may keep. Returns what was asked; `None` where it is no page that is asked for.
    pub(super) fn narrow(&self, pass: Pass, request: &mut Parts) -> Option<Parts> {
        if !matches!(pass, Pass::Range | Pass::NoStore | Pass::Off) {
            return None;
        }
        let asked = request.clone();
        let is_authorized = !self.setup.guarded && asked.headers.contains_key(AUTHORIZATION);
        self.setup.view.apply(request, is_authorized);
        Outer::note(self.mark, &Nearer::default(), &self.setup.view, &asked, request);
        let conditions = asked.headers.iter().filter(|(name, _)| is_condition(name));
        request.headers.extend(conditions.map(|(name, value)| (name.clone(), value.clone())));
        Some(asked)
    }
}

/// Says in `Cache-Status` that a request was none of the cache's business.
fn passed(pass: Pass) -> Status {
    let forward = if pass == Pass::Method { Forward::Method } else { Forward::Bypass };
    Status { detail: pass.brief(), ..Status::forwarded(forward) }
}
