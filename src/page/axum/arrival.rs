//! What a request brings to a handler with a page of its own.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http_body::Body as _;

use super::answering::Answering;
use super::guards::Guards;
use super::once::Once;
use crate::Key;
use crate::page::error::failed;
use crate::page::grammar::Directives;
use crate::page::handler::PageSite;
use crate::page::headers::CacheControl;
use crate::page::named::Named;
use crate::page::nested::Outer;

/// The one argument of a handler with [`#[cache_page]`](macro@crate::cache_page): a request, of which `Before` was taken on
/// arrival, and `After` is taken only where there is no page.
///
/// Routers make it. Who calls a handler by hand calls `handler::uncached(…)`, which has the arguments that were written.
///
/// ```
/// use axum::{Router, extract::Path, routing::get};
/// use larder::cache_page;
///
/// #[cache_page(60)]
/// async fn article(Path(id): Path<u64>) -> String {
///     format!("article {id}")
/// }
///
/// // What a closure hands on to a handler is an arrival too.
/// let app: Router = Router::new()
///     .route("/articles/{id}", get(article))
///     .route("/news/{id}", get(async |arrival| article(arrival).await));
/// # drop(app);
///
/// # larder::testing::block_on(async {
/// assert_eq!(article::uncached(Path(7)).await, "article 7");
/// # });
/// ```
pub type Arrival<Before, After> = ByRoutersElseUncached<Before, After>;

/// An [`Arrival`]. This is the name that the compiler shows to whoever calls a handler by hand.
#[doc(hidden)]
pub struct ByRoutersElseUncached<Before: Guards, After> {
    request: Parts,
    body: Body,
    /// Whether there is a layer in front of it, or another handler like this.
    is_nested: bool,
    since: Before::Since,
    before: Before,
    after: Taker<After>,
}

/// Takes the rest out of a request, with the state that its router had.
type Taker<T> = Box<dyn FnOnce(Request) -> Taking<T> + Send>;

type Taking<T> = Pin<Box<dyn Future<Output = Result<T, Response>> + Send>>;

/// Refuses what `Before` refuses, which is answered so each time, and never kept.
impl<S, M, Before, After> FromRequest<S, (M,)> for ByRoutersElseUncached<Before, After>
where
    S: Clone + Send + Sync + 'static,
    Before: Guards + FromRequestParts<S> + Send,
    After: FromRequest<S, M> + 'static,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut request, body) = request.into_parts();
        // Whoever has to see who asks stands in front of this page, and not behind what hides that.
        let is_nested = Outer::is_before(&request);
        if is_nested {
            Outer::uncover(0, &mut request);
        }
        let (came, since) = Before::begin(&request);
        let before = Before::hear(&since, Before::from_request_parts(&mut request, state)).await;
        let before = before.map_err(|refusal| refused(refusal.into_response()))?;
        Before::end(came, &mut request);
        Ok(Self { request, body, is_nested, since, before, after: taker(state.clone()) })
    }
}

/// Says of a refusal that it is for who was refused: a cache downstream keeps what says nothing and is a redirect for good,
/// or says that nothing is there, and would hand it to those who are let in.
fn refused(mut refusal: Response) -> Response {
    if !Directives::of(refusal.headers()).public {
        CacheControl::new().private().max_age(0).apply(refusal.headers_mut());
    }
    refusal
}

/// Returns what takes the rest. Where there is no state, that needs no memory.
fn taker<S, M, After>(state: S) -> Taker<After>
where
    S: Send + Sync + 'static,
    After: FromRequest<S, M> + 'static,
{
    Box::new(move |request| {
        Box::pin(async move { After::from_request(request, &state).await.map_err(IntoResponse::into_response) })
    })
}

/// What an expansion calls.
#[doc(hidden)]
impl<Before, After> ByRoutersElseUncached<Before, After>
where
    Before: Guards + Send + 'static,
    After: Send + 'static,
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
    ) -> Answering
    where
        F: FnOnce(Before, After) -> A + Send + 'static,
        A: Future<Output = Response> + Send + 'static,
        T: IntoIterator<Item = Key>,
    {
        let Self { mut request, body, is_nested, since, before, after } = self;
        let site = pages.place();
        let later = match site.at_once(&request, !body.is_end_stream(), is_nested, named) {
            Ok(page) => return Answering::ready(page),
            Err(later) => later,
        };
        if let Some(named) = named {
            request.extensions.insert(named.tagged(tags(&before)));
        }
        Before::note(since, &mut request);
        let make = move |request: Request| async move {
            match after(request).await {
                Ok(after) => handler(before, after).await,
                Err(refusal) => failed(refusal),
            }
        };
        Answering::working(later.answer(&site, request, body, Once::new(make)))
    }
}

impl<Before: Guards, After> fmt::Debug for ByRoutersElseUncached<Before, After> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("request", &self.request).finish_non_exhaustive()
    }
}
