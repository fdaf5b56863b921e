//! A small application: whom it knows, how they log in, and what tells its handlers who asks.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Form, Router};
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use larder::KeyPart;
use larder::page::CacheLayer;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use super::pages;
use crate::site::Runs;

/// Somebody who has logged in. Strangers are sent to do so.
#[derive(Clone, Debug, PartialEq, Eq, KeyPart, Serialize, Deserialize)]
pub struct User {
    pub id: u64,
    pub name: String,
}

/// Somebody, or nobody.
pub struct MaybeUser(Option<User>);

/// Who has a cookie that says so, which this reads by itself.
pub struct Ticket(pub String);

/// Who asks, as a layer tells everybody behind it.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Option<User>);

/// Who was let in by a layer.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
}

impl User {
    fn of(name: String) -> Self {
        Self { id: name.bytes().map(u64::from).sum(), name }
    }

    async fn in_session(session: &Session) -> Option<Self> {
        session.get("user").await.expect("a store in memory")
    }
}

impl MaybeUser {
    pub fn name(&self) -> String {
        self.0.as_ref().map_or("nobody".to_owned(), |user| user.name.clone())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Redirect> {
        let MaybeUser(user) = MaybeUser::from_request_parts(parts, state).await.map_err(|never| match never {})?;
        user.ok_or(Redirect::to("/login"))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for User {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Infallible> {
        MaybeUser::from_request_parts(parts, state).await.map(|MaybeUser(user)| user)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeUser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let session = Session::from_request_parts(parts, state).await.expect("a layer of sessions");
        Ok(Self(User::in_session(&session).await))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ticket {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Redirect> {
        let lines = parts.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split("; "));
        let ticket = pairs.find_map(|pair| pair.strip_prefix("ticket="));
        ticket.map(|name| Self(name.to_owned())).ok_or(Redirect::to("/login"))
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
}

/// Begins a new session, as whoever logs somebody in has to.
async fn log_in(session: Session, Form(Login { name }): Form<Login>) -> impl IntoResponse {
    session.cycle_id().await.expect("a store in memory");
    session.insert("user", User::of(name.clone())).await.expect("a store in memory");
    ([(SET_COOKIE, format!("ticket={name}; Path=/"))], Redirect::to("/"))
}

/// Becomes somebody else in the same session, as nobody should.
async fn switch(session: Session, Form(Login { name }): Form<Login>) {
    session.insert("user", User::of(name)).await.expect("a store in memory");
}

async fn log_out(session: Session) -> impl IntoResponse {
    session.flush().await.expect("a store in memory");
    ([(SET_COOKIE, "ticket=; Path=/; Max-Age=0")], Redirect::to("/login"))
}

/// Tells everybody behind it who asks.
async fn tell(session: Session, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(CurrentUser(User::in_session(&session).await));
    next.run(request).await
}

/// Lets members through, and tells who they are.
pub async fn only_members(
    Extension(CurrentUser(user)): Extension<CurrentUser>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(user) = user else { return Redirect::to("/login").into_response() };
    request.extensions_mut().insert(Member { name: user.name });
    next.run(request).await
}

/// Where the layer of sessions stands, and whether there is a cache around the whole site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Sessions around all handlers.
    Plain,
    /// Sessions around a cache around all handlers.
    CacheInside,
    /// A cache around sessions, which is told by what they tell visitors apart.
    CacheOutside,
    /// A cache around sessions, which is told nothing.
    CacheOutsideUntold,
}

/// Adds what is needed to log in and out.
pub fn with_logins(router: Router<Runs>) -> Router<Runs> {
    router.route("/login", post(log_in)).route("/logout", post(log_out)).route("/switch", post(switch))
}

/// Makes the application.
pub fn app(runs: &Runs, order: Order) -> Router {
    let around = CacheLayer::new().time(600);
    let router = with_logins(pages::router());
    let router = if order == Order::CacheInside { router.layer(around.clone()) } else { router };
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let router = router.layer(from_fn(tell)).layer(sessions);
    let router = match order {
        Order::Plain | Order::CacheInside => router,
        Order::CacheOutside => router.layer(around.vary_cookie("id")),
        Order::CacheOutsideUntold => router.layer(around),
    };
    router.with_state(runs.clone())
}
