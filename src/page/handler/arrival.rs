//! What a request brings to a handler with a page of its own.

use std::any::TypeId;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::came::Came;
use super::once::Once;
use super::site::PageSite;
use crate::Key;
use crate::page::arrived::Arrived;
use crate::page::body::PageBody;
use crate::page::named::Named;
use crate::page::nested::Outer;
use crate::page::service;

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
pub struct ByRoutersElseUncached<Before, After> {
    request: Parts,
    body: Body,
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
    Before: FromRequestParts<S> + Send + 'static,
    After: FromRequest<S, M> + 'static,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut request, body) = request.into_parts();
        // Whoever has to see who asks stands in front of this page, and not behind what hides that.
        Outer::uncover(0, &mut request);
        let came = (TypeId::of::<Before>() != TypeId::of::<()>()).then(|| Came::of(&request));
        // What they read may be written over before the page is begun. Those who hold nothing have nothing to show.
        if size_of::<Before>() > 0
            && let Some(now) = Arrived::now()
        {
            request.extensions.insert(now);
        }
        let before = Before::from_request_parts(&mut request, state).await.map_err(IntoResponse::into_response)?;
        if let Some(came) = came {
            came.back_into(&mut request);
        }
        let state = state.clone();
        let after: Taker<After> = Box::new(move |request| {
            Box::pin(async move { After::from_request(request, &state).await.map_err(IntoResponse::into_response) })
        });
        Ok(Self { request, body, before, after })
    }
}

impl<Before, After> ByRoutersElseUncached<Before, After>
where
    Before: Send + 'static,
    After: Send + 'static,
{
    /// Says what was taken on arrival.
    #[doc(hidden)]
    pub fn before(&self) -> &Before {
        &self.before
    }

    /// Says by what its page goes, beside its URL: the types that its handler is generic over, and a name of the handler's
    /// own, which is a tag of it too.
    #[doc(hidden)]
    #[must_use]
    pub fn named(mut self, types: &'static str, name: Option<Key>, tags: impl IntoIterator<Item = Key>) -> Self {
        self.request.extensions.insert(Named::new(types, name, tags));
        self
    }

    /// Answers with the page that is kept, or with the one that the handler makes.
    #[doc(hidden)]
    pub async fn answer<F, A>(self, site: &'static PageSite, handler: F) -> Response
    where
        F: FnOnce(Before, After) -> A + Send + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let Self { request, body, before, after } = self;
        let make = move |request: Request| async move {
            match after(request).await {
                Ok(after) => handler(before, after).await,
                Err(refusal) => refusal,
            }
        };
        let answer = service::answer(&site.place(), Request::from_parts(request, body), || Once::new(make)).await;
        match answer {
            Ok(response) => response.map(whole),
            Err(never) => match never {},
        }
    }
}

fn whole(body: PageBody<Body>) -> Body {
    Body::new(body)
}

impl<Before, After> fmt::Debug for ByRoutersElseUncached<Before, After> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("request", &self.request).finish_non_exhaustive()
    }
}
