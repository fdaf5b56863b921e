//! Holes: what differs from visitor to visitor in a page that is kept for all of them.

mod fill;
mod fillers;
mod fills;
mod holes;
mod mark;
mod marked;
pub(super) mod personal;
#[cfg(test)]
mod tests;
mod through;

use std::fmt;

pub use fill::Fill;
pub(super) use fillers::Fillers;
pub(super) use fills::{Fills, Panicked};
pub(super) use holes::Holes;
use mark::Marks;
pub(super) use marked::Marked;
pub(super) use through::Through;

/// A place in a page that is filled for each visitor: a CSRF token, a user name, a nonce.
///
/// A handler writes the hole where the text is to be, and [`CacheLayer::fill`](super::CacheLayer::fill) says what that is
/// for each request. The page is made once and kept with the hole; each answer gets a text of its own, the first one too,
/// and those to visitors who read along while the page is made.
///
/// ```
/// use axum::{Router, body::Body, response::Html, routing::get};
/// use http::Request;
/// use http_body_util::BodyExt;
/// use larder::page::{Hole, cache_page};
/// use larder::testing;
/// use tower::ServiceExt;
///
/// static CSRF: Hole = Hole::new("csrf");
///
/// async fn form() -> Html<String> {
///     Html(format!("<input name='csrf' value='{CSRF}'>"))
/// }
///
/// let _larder = testing::isolated();
/// let token = |request: &http::request::Parts| format!("token of {:?}", request.headers["cookie"]);
/// let app: Router = Router::new().route("/form", get(form).layer(cache_page(900).fill(&CSRF, token)));
///
/// testing::block_on(async {
///     for visitor in ["ann", "ben"] {
///         let request = Request::get("/form").header("cookie", visitor).body(Body::empty())?;
///         let page = app.clone().oneshot(request).await?.into_body().collect().await?.to_bytes();
///         assert_eq!(page, format!("<input name='csrf' value='token of &quot;{visitor}&quot;'>"));
///     }
///     Ok::<(), Box<dyn std::error::Error>>(())
/// })
/// # .unwrap();
/// ```
///
/// # What is filled
///
/// Whatever goes through the layer: what is kept and what is not, answers to `POST` too, texts of every type, and
/// headers as well: a nonce stands in `Content-Security-Policy` and in the page. Within one answer a hole has one text,
/// wherever it stands. The content of an `image/…` other than SVG, `audio/…`, `video/…` or `font/…` is not looked into.
///
/// What a handler writes is a mark of letters and digits, which no template escapes. It differs from hole to hole and
/// from process to process, and nobody outside can guess it, so that no text of a visitor becomes a hole. What a hole
/// is filled with is not looked into either. A page that holds a mark must leave the program through a layer that fills
/// holes: whoever has seen a mark could write it.
///
/// # What comes with it
///
/// * Bodies differ by visitor, so clients are told `private, no-cache`, whatever the layer and the handler say: no
///   cache on the way may keep the page, and a browser asks each time, so that nobody sees the token of a session that
///   is over. Here it is kept for its own time.
/// * For the same reason such an answer has neither `ETag` nor `Last-Modified`, is never a 304, and never a part. Those
///   that the handler sets are what it is asked with when the page's time is over; with a 304 the page keeps its holes.
/// * While a page is made nobody knows yet whether it has holes: it is answered as if it had, and without
///   `Content-Length`.
/// * What is compressed cannot be filled. Handlers do not see `Accept-Encoding`, `Range` and `If-Range`; layers that
///   compress go outside of this one. What is compressed all the same is handed on as it is, and not kept.
///
/// # What can go wrong
///
/// A hole that no layer of the program fills writes nothing. One that the layer around its page does not fill is
/// replaced by nothing, and the page is not kept. Both are said in the log, once for each hole. A function that panics
/// fails its own answer alone: with a 500 where nothing was sent yet, and else by breaking off.
///
/// A page in a store outside takes the names of its holes along: another process fills them by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hole {
    name: &'static str,
}

impl Hole {
    /// Makes a hole of this name. Two of one name are one hole.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }
}

/// Writes the mark that is replaced on the way to the visitor.
impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(mark) = Marks::all().text(self.name) {
            return f.write_str(mark);
        }
        // A mark that is surely not replaced would only be shown to strangers.
        mark::say_once(self.name, "no layer fills it: see `CacheLayer::fill`");
        Ok(())
    }
}
