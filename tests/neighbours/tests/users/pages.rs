//! Pages of every kind. Each says for whom it was made: in its text and in a line of its head.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, COOKIE, ETAG, LAST_MODIFIED, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body::{Body as HttpBody, Frame};
use larder::cache_page;
use larder::page::Hole;
use tower_sessions::Session;

use super::app::{CurrentUser, MaybeUser, Member, Ticket, User, only_members};
use crate::site::Runs;

/// A page, and for whom it was made.
struct Made {
    whom: String,
    text: String,
}

/// Makes a page, and takes so long that others can ask for it meanwhile.
async fn made(runs: &Runs, whom: &str) -> Made {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    Made { whom: whom.to_owned(), text: format!("{} for {whom}", runs.one_more()) }
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let tag = format!("{:?}", self.text);
        ([("x-for", self.whom), (ETAG.as_str(), tag)], self.text).into_response()
    }
}

const DATED: (http::HeaderName, &str) = (LAST_MODIFIED, "Sat, 01 Jan 2000 00:00:00 GMT");

/// Every page by its name: it stands in the table under the same one.
macro_rules! pages {
    ($($name:literal: $route:expr;)+) => {
        pub const NAMES: &[&str] = &[$($name),+];

        pub fn router() -> Router<Runs> {
            Router::new()$(.route(concat!("/", $name), $route))+
        }
    };
}

pages! {
    "public": get(public);
    "language": get(language);
    "peeping": get(peeping);
    "peeping-at-headers": get(peeping_at_headers);
    "of-user": get(of_user);
    "of-user-by-his-name": get(of_user_by_his_name);
    "by-cookies": get(by_cookies);
    "by-session": get(by_session);
    "of-session": get(of_session);
    "by-ticket": get(by_ticket);
    "of-ticket": get(of_ticket);
    "for-members": get(for_members);
    "for-ticket-holders": get(for_ticket_holders);
    "of-anybody": get(of_anybody);
    "of-somebody": get(of_somebody);
    "of-whoever-is-known": get(of_whoever_is_known);
    "form": get(form);
    "form-of-user": get(form_of_user);
    "stream": get(stream);
    "stream-of-user": get(stream_of_user);
    "stream-for-members": get(stream_for_members);
    "cookie": get(cookie);
    "private": get(private);
    "no-store": get(no_store);
    "unkept-and-dated": get(unkept_and_dated);
    "served-stale-by-browsers": get(served_stale_by_browsers);
    "missing": get(missing);
    "missing-and-kept": get(missing_and_kept);
    "moved": get(moved);
    "extension": get(extension);
    "extension-by-session": get(extension_by_session);
    "extension-for-members": get(extension_for_members).layer(from_fn(only_members));
    "method": get(|arrival| Desk::new("left").page(arrival));
    "method-for-members": get(Desk::shared);
    "stale": get(stale);
    "stale-of-user": get(stale_of_user);
    "stale-for-members": get(stale_for_members);
    "browser-of-user": get(browser_of_user);
    "browser-by-cookies": get(browser_by_cookies);
    "browser-for-members": get(browser_for_members);
    "browser-extension": get(browser_extension);
    "tagged": get(tagged);
}

#[cache_page(60)]
async fn public(State(runs): State<Runs>) -> Made {
    made(&runs, "nobody").await
}

#[cache_page(60, vary = "Accept-Language")]
async fn language(headers: HeaderMap, State(runs): State<Runs>) -> Made {
    let language = headers.get(ACCEPT_LANGUAGE).map_or("nobody", |line| line.to_str().expect("a text"));
    made(&runs, language).await
}

/// Looks everywhere in a request for who asks.
#[cache_page(60)]
async fn peeping(State(runs): State<Runs>, request: Request) -> Made {
    let told = request.extensions().get::<CurrentUser>().cloned().and_then(|CurrentUser(user)| user);
    let seen = request.extensions().get::<Session>().is_some() || request.headers().contains_key(COOKIE);
    made(&runs, &told.map_or(if seen { "somebody" } else { "nobody" }.to_owned(), |user| user.name)).await
}

#[cache_page(60)]
async fn peeping_at_headers(State(runs): State<Runs>, headers: HeaderMap) -> Made {
    made(&runs, if headers.contains_key(COOKIE) { "somebody" } else { "nobody" }).await
}

#[cache_page(60, key = "dash:<user.id: u64>")]
async fn of_user(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, key = "name:<user.name: String>", vary = "Accept-Language")]
async fn of_user_by_his_name(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, vary(user = "Cookie"))]
async fn by_cookies(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, vary(user = cookie("id")))]
async fn by_session(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, vary(session = cookie("id")))]
async fn of_session(session: Session, State(runs): State<Runs>) -> Made {
    let user: Option<User> = session.get("user").await.expect("a store in memory");
    made(&runs, user.as_ref().map_or("nobody", |user| &user.name)).await
}

#[cache_page(60, vary(ticket = cookie("ticket")))]
async fn by_ticket(ticket: Ticket, State(runs): State<Runs>) -> Made {
    made(&runs, &ticket.0).await
}

#[cache_page(60, key = "ticket:<ticket.0: String>")]
async fn of_ticket(ticket: Ticket, State(runs): State<Runs>) -> Made {
    made(&runs, &ticket.0).await
}

#[cache_page(60, shared(user))]
async fn for_members(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, shared(_ticket))]
async fn for_ticket_holders(_ticket: Ticket, State(runs): State<Runs>) -> Made {
    made(&runs, "nobody").await
}

#[cache_page(60, key = "hello:<user.name(): String>")]
async fn of_anybody(user: MaybeUser, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name()).await
}

#[cache_page(60, vary(user = cookie("id")))]
async fn of_somebody(user: Option<User>, State(runs): State<Runs>) -> Made {
    made(&runs, user.as_ref().map_or("nobody", |user| &user.name)).await
}

#[cache_page(60, vary(user = "Cookie"))]
async fn of_whoever_is_known(user: Result<User, Redirect>, State(runs): State<Runs>) -> Made {
    made(&runs, user.as_ref().map_or("nobody", |user| &user.name)).await
}

static TOKEN: Hole = Hole::new("token");

/// The token in a form, which is good for one visitor.
fn token(request: &Parts) -> String {
    let told = request.extensions.get::<CurrentUser>().and_then(|CurrentUser(user)| user.clone());
    told.map_or("nobody".to_owned(), |user| user.name)
}

#[cache_page(60, layer = |layer| layer.fill(&TOKEN, token))]
async fn form(State(runs): State<Runs>) -> Made {
    with_token(made(&runs, "nobody").await)
}

#[cache_page(60, key = "form:<user.id: u64>", layer = |layer| layer.fill(&TOKEN, token))]
async fn form_of_user(user: User, State(runs): State<Runs>) -> Made {
    with_token(made(&runs, &user.name).await)
}

fn with_token(made: Made) -> Made {
    Made { text: format!("{} token of {TOKEN}", made.text), ..made }
}

/// A body that comes in pieces, between which others get their turn.
struct Slow {
    pieces: std::vec::IntoIter<Bytes>,
    rest: u32,
}

impl HttpBody for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest > 0 {
            self.rest -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.rest = 20;
        Poll::Ready(self.pieces.next().map(|piece| Ok(Frame::data(piece))))
    }
}

fn slowly(made: Made) -> Response {
    let pieces: Vec<_> = made.text.split_inclusive(' ').map(|piece| Bytes::from(piece.to_owned())).collect();
    let body = Body::new(Slow { pieces: pieces.into_iter(), rest: 0 });
    made.into_response().map(|_| body)
}

#[cache_page(60)]
async fn stream(State(runs): State<Runs>) -> Response {
    slowly(made(&runs, "nobody").await)
}

#[cache_page(60, key = "stream:<user.id: u64>")]
async fn stream_of_user(user: User, State(runs): State<Runs>) -> Response {
    slowly(made(&runs, &user.name).await)
}

#[cache_page(60, shared(user))]
async fn stream_for_members(user: User, State(runs): State<Runs>) -> Response {
    slowly(made(&runs, &user.name).await)
}

#[cache_page(60, key = "cookie:<user.id: u64>")]
async fn cookie(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    ([(SET_COOKIE, format!("seen={}", user.name))], made(&runs, &user.name).await)
}

#[cache_page(60, key = "private:<user.id: u64>")]
async fn private(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "private, max-age=600")], made(&runs, &user.name).await)
}

#[cache_page(60, shared(user))]
async fn no_store(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], made(&runs, &user.name).await)
}

/// Says when it was changed, from which a browser guesses how long it is good.
#[cache_page(60, key = "dated:<user.id: u64>")]
async fn unkept_and_dated(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    ([(SET_COOKIE, "seen=yes".to_owned()), (DATED.0, DATED.1.to_owned())], made(&runs, &user.name).await)
}

#[cache_page(60, key = "behind:<user.id: u64>")]
async fn served_stale_by_browsers(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "max-age=60, stale-while-revalidate=600")], made(&runs, &user.name).await)
}

type Missing = Result<Made, (StatusCode, [(http::HeaderName, &'static str); 1], Made)>;

#[cache_page(60, key = "missing:<user.id: u64>")]
async fn missing(user: User, State(runs): State<Runs>) -> Missing {
    Err((StatusCode::NOT_FOUND, [DATED], made(&runs, &user.name).await))
}

#[cache_page(60, key = "missing-and-kept:<user.id: u64>", statuses(404 = 60))]
async fn missing_and_kept(user: User, State(runs): State<Runs>) -> Missing {
    Err((StatusCode::NOT_FOUND, [DATED], made(&runs, &user.name).await))
}

#[cache_page(60, key = "moved:<user.id: u64>")]
async fn moved(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    let place = format!("/at/{}", user.name);
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, place)], made(&runs, &user.name).await)
}

impl CurrentUser {
    fn name(&self) -> String {
        self.0.as_ref().map_or("nobody".to_owned(), |user| user.name.clone())
    }
}

#[cache_page(60, key = "told:<user.name(): String>")]
async fn extension(Extension(user): Extension<CurrentUser>, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name()).await
}

#[cache_page(60, vary(user = cookie("id")))]
async fn extension_by_session(Extension(user): Extension<CurrentUser>, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name()).await
}

#[cache_page(60, shared(member))]
async fn extension_for_members(Extension(member): Extension<Member>, State(runs): State<Runs>) -> Made {
    made(&runs, &member.name).await
}

/// A handler that has something of its own.
struct Desk {
    name: &'static str,
}

impl Desk {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self { name })
    }

    #[cache_page(60, key = "desk:<self.name>:<user.id: u64>")]
    async fn page(self: Arc<Self>, user: User, State(runs): State<Runs>) -> Made {
        made(&runs, &user.name).await
    }

    #[cache_page(60, associated, shared(user))]
    async fn shared(user: User, State(runs): State<Runs>) -> Made {
        made(&runs, &user.name).await
    }
}

#[cache_page(60, stale = 600)]
async fn stale(State(runs): State<Runs>) -> Made {
    made(&runs, "nobody").await
}

#[cache_page(60, key = "stale:<user.id: u64>", stale = 600)]
async fn stale_of_user(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, shared(user), stale = 600)]
async fn stale_for_members(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, key = "browser:<user.id: u64>", browser = 60)]
async fn browser_of_user(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, vary(user = "Cookie"), browser = 60)]
async fn browser_by_cookies(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, shared(user), browser = 60)]
async fn browser_for_members(user: User, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name).await
}

#[cache_page(60, key = "browser-told:<user.name(): String>", browser = 60)]
async fn browser_extension(Extension(user): Extension<CurrentUser>, State(runs): State<Runs>) -> Made {
    made(&runs, &user.name()).await
}

/// Gets its tag from the cache.
#[cache_page(60, key = "tagged:<user.id: u64>", etag)]
async fn tagged(user: User, State(runs): State<Runs>) -> impl IntoResponse {
    let Made { whom, text } = made(&runs, &user.name).await;
    ([("x-for", whom)], text)
}
