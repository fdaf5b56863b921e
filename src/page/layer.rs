//! The layer: what a place in a program is told, and what it makes of a service.

use std::panic::Location;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderName, HeaderValue};
use tower_layer::Layer;

use super::aspect::Aspect;
use super::by_body::PostLayer;
use super::hide::{Offer, Query, View};
use super::hole::{Fill, Fillers, Hole};
use super::key::Extension;
use super::named::Naming;
use super::policy::{Policy, Statuses};
use super::sent::{KIND, Sent};
use super::service::CacheService;
use super::site::{Choice, Setup, Site, Spot};
use crate::key::KeyPart;
use crate::{Cache, IntoTime, Key};

/// Keeps the pages of a route, of a router or of a whole site.
///
/// Around a route or a router of axum, or any other service that is a tower service of `http`:
///
/// ```
/// use axum::{Router, routing::get};
/// use larder::page::{CacheLayer, cache_page};
///
/// async fn front() -> &'static str {
///     "a page"
/// }
///
/// let app: Router = Router::new()
///     .route("/", get(front).layer(cache_page(60 * 15)))
///     .layer(CacheLayer::new().vary("Accept-Language"));
/// # drop(app);
/// ```
///
/// What is kept, for how long, and whom it answers follows RFC 9111; [the manual](crate::page) says what that means, and
/// what a handler behind it gets to see.
///
/// Two layers are two places, and neither reads a page of the other, unless they are told the same **and** are made at one place in
/// the source, as those of the workers of a server are, or those that a function of yours makes: that has `#[track_caller]`, where
/// different services stand behind what it makes. [`key_prefix`](Self::key_prefix) names a layer instead: then its place does not
/// count, and its pages are found by a later build too, in which the lines have moved.
///
/// What it makes of a service is ready at any time: a page that is kept does not wait until there is room for one that is
/// made. The service behind it is waited for where it is asked, by the request that asks it. So a layer outside that turns
/// requests away while what is inside is not ready turns none away here; one that limits how many are made stands behind
/// the cache.
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing before it is put around something"]
pub struct CacheLayer {
    setup: Setup,
}

/// Keeps each page for at most this long: a layer for a line of a routing table.
///
/// ```
/// use axum::{Router, routing::get};
/// use larder::page::cache_page;
///
/// let app: Router = Router::new().route("/", get(async || "a page").layer(cache_page(60 * 15)));
/// # drop(app);
/// ```
#[track_caller]
pub fn cache_page(time: impl IntoTime) -> CacheLayer {
    CacheLayer::new().time(time)
}

/// How many bytes a page may have that is kept, where nobody says so.
const LIMIT: u64 = 1 << 20;

/// How many variants of one URL are kept, where nobody says so.
const VARIANTS: usize = 256;

impl Default for CacheLayer {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl CacheLayer {
    /// Makes a layer that keeps a page for as long as it says, or where it says nothing for as long as its cache keeps what
    /// says nothing: 300 seconds, unless that was told otherwise.
    #[track_caller]
    pub fn new() -> Self {
        let policy = Policy { targeted: Vec::new(), ..Policy::default() };
        let setup = Setup {
            choice: Choice::Named("default".to_owned()),
            spot: Some(Spot(Location::caller())),
            annotated: None,
            prefix: String::new(),
            policy,
            is_usual: true,
            aspects: Vec::new(),
            extensions: Vec::new(),
            naming: Naming::Unnamed,
            view: View::default(),
            guarded: false,
            failures: Vec::new(),
            fillers: Fillers::default(),
            browser: None,
            limit: LIMIT,
            variants: VARIANTS,
            posts: false,
            parts: false,
            by_body: false,
            tagged: false,
            tells: true,
            tags: Vec::new(),
            tags_from: vec![HeaderName::from_static("surrogate-key")],
        };
        Self { setup }
    }

    /// Makes a layer that does all that RFC 9111 lets a shared cache do, obeys its clients and hides nothing: for what
    /// stands before another server, which says in `Vary` what it has read.
    #[track_caller]
    pub fn rfc() -> Self {
        Self::new()
            .see_everything()
            .by_meaning()
            .keep_parts()
            .with(|setup| (setup.policy, setup.is_usual, setup.posts) = (Policy::rfc(), false, true))
    }

    pub(super) fn into_setup(self) -> Setup {
        self.setup
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Setup)) -> Self {
        change(&mut self.setup);
        self
    }
}

/// For how long.
impl CacheLayer {
    /// Keeps each page for at most this long; what it says itself may only be shorter. Those downstream are told too.
    pub fn time(self, time: impl IntoTime) -> Self {
        self.with(|setup| setup.policy.time = Some(time.into_time().as_secs()))
    }

    /// Keeps a page for this long that says nothing itself; where nothing is said, for as long as its cache keeps what says
    /// nothing.
    pub fn usual(self, time: impl IntoTime) -> Self {
        self.with(|setup| (setup.policy.usual, setup.is_usual) = (Some(time.into_time().as_secs()), false))
    }

    /// Keeps only pages that say for how long.
    pub fn explicit_only(self) -> Self {
        self.with(|setup| (setup.policy.usual, setup.is_usual) = (None, false))
    }

    /// Tells browsers to keep a page this long, however long it is kept here.
    pub fn browser(self, time: impl IntoTime) -> Self {
        self.with(|setup| setup.browser = Some(time.into_time().as_secs()))
    }

    /// Answers with a page whose time is over for this much longer, while it is made anew behind the answer.
    pub fn stale(self, time: impl IntoTime) -> Self {
        self.with(|setup| setup.policy.stale = time.into_time().as_secs())
    }

    /// Answers with a page whose time is over for this much longer, where making it anew fails.
    pub fn stale_if_error(self, time: impl IntoTime) -> Self {
        self.with(|setup| setup.policy.stale_if_error = time.into_time().as_secs())
    }

    /// Guesses a time for pages that say none, from when they were changed last (RFC 9111, 4.2.2).
    pub fn heuristics(self) -> Self {
        self.with(|setup| setup.policy.heuristics = true)
    }

    /// Says whether a page is asked for each time whose `Age` is anything but one number, since nobody can tell how old it
    /// is. That is so where nothing is said, but for [`rfc`](Self::rfc): RFC 9111, 5.1, takes the first number, and what is
    /// none for nothing.
    pub fn doubt_age(self, doubts: bool) -> Self {
        self.with(|setup| setup.policy.doubt_age = doubts)
    }
}

/// What is told apart, and what is seen.
impl CacheLayer {
    /// Tells pages apart by this header, and lets handlers see it.
    ///
    /// # Panics
    ///
    /// When this is no name of a header.
    #[track_caller]
    pub fn vary(self, header: &str) -> Self {
        let name = header_name(header);
        self.with(|setup| {
            setup.view.headers.push(name.clone());
            setup.aspects.push(name.into());
        })
    }

    /// Tells pages apart by this one cookie, and lets handlers see it and none of the others.
    pub fn vary_cookie(self, name: &str) -> Self {
        self.with(|setup| {
            setup.view.cookies.push(name.into());
            setup.aspects.push(Aspect::Cookie(name.into()));
        })
    }

    /// Tells pages apart by what a layer outside of this one has put into the extensions of requests: the user that it
    /// has found in a session, say. Extensions are the one thing in a request that is not hidden.
    ///
    /// ```
    /// use larder::KeyPart;
    /// use larder::page::CacheLayer;
    ///
    /// #[derive(Clone, KeyPart)]
    /// struct User(u64);
    ///
    /// let layer = CacheLayer::new().vary_extension::<User>();
    /// # drop(layer);
    /// ```
    pub fn vary_extension<T: KeyPart + Clone + Send + Sync + 'static>(self) -> Self {
        self.with(|setup| setup.extensions.push(Extension::of::<T>()))
    }

    /// Tells pages apart by these parameters of the query only, and hides all others.
    pub fn query<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.with(|setup| setup.view.query = Query::These(names))
    }

    /// Lets handlers see a header by which pages are not told apart: it must not shape them, unless they name it in
    /// `Vary`.
    ///
    /// # Panics
    ///
    /// When this is no name of a header.
    #[track_caller]
    pub fn see(self, header: &str) -> Self {
        let name = header_name(header);
        self.with(|setup| setup.view.headers.push(name))
    }

    /// Lets handlers see everything: for what stands before another server, which says in `Vary` what it has read.
    pub fn see_everything(self) -> Self {
        self.with(|setup| setup.view.everything = true)
    }

    /// Tells pages apart by what headers say and not by how they are written: in one line or in several, with spaces around
    /// the commas or without, and `Accept-Language` in any case and order (RFC 9111, 4.1). `Cookie` and `Authorization`
    /// are told apart by each letter all the same.
    pub fn by_meaning(self) -> Self {
        self.with(|setup| setup.view.by_letter = false)
    }

    /// Takes a header by which clients choose, like `Accept-Language`, for the best of these choices, which is all that
    /// handlers see of it: pages are told apart by the choice, and not by a thousand ways to wish for it. Where a client says
    /// nothing, or wants none of them, handlers do not see the header.
    ///
    /// A handler with pages of its own says `layer = |layer| layer.offer("Accept-Language", ["en", "de"])`.
    ///
    /// # Panics
    ///
    /// When this is no name of a header, or a choice cannot be the value of one.
    #[track_caller]
    pub fn offer<'a>(self, header: &str, choices: impl IntoIterator<Item = &'a str>) -> Self {
        let header = header_name(header);
        let value = |choice: &str| {
            HeaderValue::from_str(choice).unwrap_or_else(|_| panic!("`{choice}` is no value of a header"))
        };
        let choices = choices.into_iter().map(value).collect();
        self.with(|setup| {
            setup.aspects.push(header.clone().into());
            setup.view.offers.push(Offer { header, choices });
        })
    }

    /// Begins the keys of these pages with a word of its own, which names this layer: one that is told the same, and has the same
    /// name, has the same pages, wherever it is made.
    pub fn key_prefix(self, prefix: impl Into<String>) -> Self {
        self.with(|setup| (setup.prefix, setup.spot) = (prefix.into(), None))
    }
}

/// What is kept, and whom it answers.
impl CacheLayer {
    /// Keeps the pages in the cache of this name.
    pub fn cache(self, name: impl Into<String>) -> Self {
        self.with(|setup| setup.choice = Choice::Named(name.into()))
    }

    /// Keeps the pages in this cache.
    pub fn in_cache(self, cache: &Cache) -> Self {
        self.with(|setup| setup.choice = Choice::Given(cache.clone()))
    }

    /// Keeps pages of these status codes.
    pub fn statuses(self, statuses: Statuses) -> Self {
        self.with(|setup| setup.policy.statuses = statuses)
    }

    /// Keeps errors of the server too, where [`statuses`](Self::statuses) has them. Without this none is kept, even where it
    /// does.
    pub fn keep_errors(self) -> Self {
        self.with(|setup| setup.policy.keep_errors = true)
    }

    /// Keeps pages that set cookies, with their cookies: everybody who is handed such a page is handed the cookie.
    pub fn keep_cookies(self) -> Self {
        self.with(|setup| setup.policy.keep_cookies = true)
    }

    /// Keeps parts of pages that are not there as a whole, where a client asks for one and the page says itself for how
    /// long: who asks for that part, or for a part of it, is answered with it. A part is never taken for the whole, and
    /// pages with variants have none. Where this is not said, what a client has as its range never shapes what is kept.
    pub fn keep_parts(self) -> Self {
        self.with(|setup| setup.parts = true)
    }

    /// Obeys what clients ask of caches: `no-cache`, `max-age`, `only-if-cached` and the like. Strangers can then have
    /// every page made anew.
    pub fn trust_client(self) -> Self {
        self.with(|setup| setup.policy.trust_client = true)
    }

    /// Obeys this field in the place of `Cache-Control`, where a page has it: `CDN-Cache-Control` and others of RFC 9213,
    /// or `Surrogate-Control`, which is older, and written in its own way.
    ///
    /// # Panics
    ///
    /// When this is no name of a header.
    #[track_caller]
    pub fn targeted(self, header: &str) -> Self {
        let name = header_name(header);
        self.with(|setup| setup.policy.targeted.push(name))
    }

    /// Keeps pages of at most this many bytes; one mebibyte, where nothing is said.
    pub fn limit(self, bytes: u64) -> Self {
        self.with(|setup| setup.limit = bytes)
    }

    /// Keeps at most this many variants of one URL; 256, where nothing is said.
    pub fn variants(self, most: usize) -> Self {
        self.with(|setup| setup.variants = most)
    }

    /// Gives pages that are kept an `ETag` of their bytes, and of the headers that say how to read them, where they have none
    /// and do not say when they were changed: who has such a page is answered with `304`, also when it was made anew and has
    /// not changed. It is first said when all of a page is there, and so not in the answer to who made it.
    pub fn etag(self) -> Self {
        self.with(|setup| setup.tagged = true)
    }

    /// Gives all its pages this tag, with which they are invalidated in one step.
    pub fn tag(self, tag: impl Into<Key>) -> Self {
        self.with(|setup| setup.tags.push(tag.into()))
    }

    /// Takes the words in this header of a page for its tags, beside those in `Surrogate-Key`.
    ///
    /// # Panics
    ///
    /// When this is no name of a header.
    #[track_caller]
    pub fn tags_from(self, header: &str) -> Self {
        let name = header_name(header);
        self.with(|setup| setup.tags_from.push(name))
    }

    /// Keeps answers to `POST` too, told apart by what was sent, for as long as they say or the layer does. For questions that
    /// do not fit into a URL: such a `POST` is answered without its handler, so it must not change anything.
    ///
    /// Bodies of more than `limit` bytes, and those that do not say how long they are, go to the handler as before, and so
    /// does every `POST` that finds nothing.
    ///
    /// ```
    /// use axum::{Router, routing::post};
    /// use larder::page::cache_page;
    ///
    /// async fn search(question: String) -> String {
    ///     format!("what is known of {question}")
    /// }
    ///
    /// let app: Router = Router::new().route("/search", post(search).layer(cache_page(60).posts(64 << 10)));
    /// # drop(app);
    /// ```
    pub fn posts(self, limit: u64) -> PostLayer {
        let sent = Extension::of::<Sent>().of_nobody();
        let layer = self.with(|setup| {
            setup.extensions.push(sent);
            setup.view.headers.extend(KIND);
            setup.aspects.extend(KIND.map(Aspect::from));
            setup.by_body = true;
        });
        PostLayer::new(Site::new(layer.setup), limit)
    }

    /// Says nothing in `Cache-Status`.
    pub fn silent(self) -> Self {
        self.with(|setup| setup.tells = false)
    }
}

/// What differs from visitor to visitor.
impl CacheLayer {
    /// Fills a [`Hole`] in each answer with what this makes of the visitor's request: all of it, also what handlers do
    /// not see.
    ///
    /// The text is escaped for HTML: it can stand between tags, and in an attribute in quotes; [`Fill::raw`] is written
    /// as it is. What has to be waited for is fetched by a layer outside, which puts it into the extensions of the
    /// request: see [`fill_for`](Self::fill_for).
    pub fn fill<T: Into<Fill>>(self, hole: &Hole, filler: impl Fn(&Parts) -> T + Send + Sync + 'static) -> Self {
        self.with(|setup| {
            setup.view.no_encodings = true;
            setup.fillers = setup.fillers.with_hole(hole, move |request| filler(request).into());
        })
    }

    /// Fills a [`Hole`] in each answer for whoever a layer outside has found: with what this makes of a `W` in the
    /// extensions of the visitor's request, or of `None` where nobody has put one there.
    ///
    /// Pages are not told apart by it, as they are by [`vary_extension`](Self::vary_extension): there is one for all,
    /// and each visitor finds their own in the hole.
    ///
    /// ```
    /// use larder::page::{CacheLayer, Hole};
    ///
    /// static GREETING: Hole = Hole::new("greeting");
    ///
    /// #[derive(Clone)]
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// let greeting = |user: Option<&User>| user.map_or("Log in".to_owned(), |user| format!("Hello, {}", user.name));
    /// let layer = CacheLayer::new().fill_for(&GREETING, greeting);
    /// # drop(layer);
    /// ```
    pub fn fill_for<W: Clone + Send + Sync + 'static, T: Into<Fill>>(
        self,
        hole: &Hole,
        filler: impl Fn(Option<&W>) -> T + Send + Sync + 'static,
    ) -> Self {
        self.with(|setup| {
            setup.view.no_encodings = true;
            setup.fillers = setup.fillers.with_hole_for(hole, move |who| filler(who).into());
        })
    }
}

#[track_caller]
fn header_name(name: &str) -> HeaderName {
    name.parse().unwrap_or_else(|_| panic!("`{name}` is no name of a header"))
}

impl<S> Layer<S> for CacheLayer {
    type Service = CacheService<S>;

    fn layer(&self, inner: S) -> CacheService<S> {
        CacheService::new(Arc::new(Site::new(self.setup.clone())), inner)
    }
}
