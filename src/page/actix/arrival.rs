//! What a request brings to a handler of actix with a page of its own.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::{Payload, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, ResponseError};

use super::answer::{Answer, failed};
use super::answering::Answering;
use super::body::PageStream;
use super::derived::{Left, Rest};
use super::guards::Guards;
use super::head;
use super::lent::{Back, Brought, lend};
use super::transform::{brings_a_body, written};
use crate::Key;
use crate::page::grammar::Directives;
use crate::page::handler::PageSite;
use crate::page::headers::CacheControl;
use crate::page::named::Named;
use crate::page::nested::Outer;

/// The one argument of a handler with [`#[cache_page]`](macro@crate::actix::cache_page): a request, of which `Before` was
/// taken on arrival, and `After` is taken only where there is no page.
///
/// Routes make it. Who calls a handler by hand calls `handler::uncached(…)`, which has the arguments that were written.
pub struct Arrival<Before: Guards, After> {
    request: HttpRequest,
    payload: Payload,
    since: Before::Since,
    before: Before,
    after: PhantomData<fn() -> After>,
}

/// Refuses what `Before` refuses, which is answered so each time, and never kept.
impl<Before, After> FromRequest for Arrival<Before, After>
where
    Before: Guards + 'static,
    After: 'static,
{
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let since = Before::begin();
            let before = Before::hear(&since, Before::take(&request)).await.map_err(Refused)?;
            Ok(Self { request, payload, since, before, after: PhantomData })
        })
    }
}

/// What a guard has refused. A cache downstream keeps what says nothing and is a redirect for good, or says that nothing is
/// there, and would hand it to those who are let in.
#[derive(Debug)]
struct Refused(Error);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.0.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut refusal = self.0.as_response_error().error_response();
        let mut read = head::of_response(&refusal, ());
        if !Directives::of(read.headers()).public {
            CacheControl::new().private().max_age(0).apply(read.headers_mut());
            head::write(read.status(), read.headers(), &mut refusal);
        }
        refusal
    }
}

/// What an expansion calls.
#[doc(hidden)]
impl<Before, After> Arrival<Before, After>
where
    Before: Guards + 'static,
    After: 'static,
{
    /// Says what was taken on arrival.
    pub fn before(&self) -> &Before {
        &self.before
    }

    /// Answers with the page that is kept, or with the one that the handler makes: a page of this name, where it goes by more
    /// than its URL, and with these tags.
    pub fn answer<F, A, T>(
        self,
        pages: &'static PageSite,
        named: Option<&Named>,
        tags: impl FnOnce(&Before) -> T,
        handler: F,
    ) -> Answering<HttpResponse<PageStream>>
    where
        F: FnOnce(Before, After) -> A + 'static,
        A: Future<Output = Answer> + 'static,
        After: Rest,
        T: IntoIterator<Item = Key>,
    {
        let Self { request, mut payload, since, before, .. } = self;
        let site = pages.place();
        let Some(mut parts) = head::of(&request, &site.setup) else {
            return Answering::ready(HttpResponse::BadRequest().message_body(PageStream::empty()).expect("a status"));
        };
        // Whoever has to see who asks stands in front of this page, and not behind what hides that.
        let is_nested = Outer::is_before(&parts);
        if is_nested {
            Outer::uncover(0, &mut parts);
        }
        let brought = Brought(brings_a_body(&request, &mut payload));
        let later = match site.at_once(&parts, brought.0, is_nested, named) {
            Ok(page) => return Answering::ready(written(None, page, &parts.method)),
            Err(later) => later,
        };
        if let Some(named) = named {
            parts.extensions.insert(named.tagged(tags(&before)));
        }
        Before::note(since, &mut parts);
        let (site, method) = (site.into_owned(), parts.method.clone());
        let serve = move |before: Before, seen| async move {
            let mut left = Left { request, payload, seen };
            let response = match After::take(&mut left).await {
                Ok(after) => handler(before, after).await.respond(&left.request),
                Err(refusal) => failed(HttpResponse::from_error(refusal)),
            };
            Ok(ServiceResponse::new(left.request, response))
        };
        let (behind, mut back) = lend(before, serve);
        let answering = later.answer(&site, parts, brought, behind);
        Answering::working(async move {
            let page = answering.await;
            // Where the page is another one, or an older one, it is not there, and not waited for.
            let own = back.try_recv().ok().and_then(|back| match back {
                Back::Answered(response) => Some(response.into_parts().1),
                Back::Unused(_) | Back::Failed(_) => None,
            });
            let Ok(page) = page else {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return HttpResponse::build(status).message_body(PageStream::empty()).expect("a status");
            };
            written(own, page, &method)
        })
    }
}

impl<Before: Guards, After> fmt::Debug for Arrival<Before, After> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("request", &self.request).finish_non_exhaustive()
    }
}
