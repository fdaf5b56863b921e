//! Sites as actix has them: apps, with middleware around them.

use std::cell::{OnceCell, RefCell};
use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::test::init_service;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, Route};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::BodyExt;
use larder::page::CacheLayer;
use larder::report::ReportLayer;
use larder::testing;
use tower::ServiceExt;

use super::terms::{self, ours, theirs};
use super::turns::{Sent, Worked, block_on, enter};
use crate::play::Visitor;
use crate::visit::Visit;

/// What brings the requests.
pub const NAME: &str = "actix";

/// Whether what is stale is made anew behind the answer: actix lends a request once, so that the first caller waits.
pub const RENEWS_BEHIND: bool = false;

type Serving = Pin<Box<dyn Future<Output = Result<ServiceResponse, Error>>>>;
type Boxed = Rc<dyn Service<ServiceRequest, Response = ServiceResponse, Error = Error, Future = Serving>>;
type Asking = Pin<Box<dyn Future<Output = Response<Opened>>>>;

/// The body of what was opened.
pub type Opened = Sent<BoxBody>;

/// Layers stand around it: the last one is the outermost.
pub struct Site {
    inside: Inside,
    stack: Stack,
    ask: OnceCell<Rc<dyn Fn(Request<Body>) -> Asking>>,
}

enum Inside {
    /// Handlers are those of a router, to which a handler of actix hands what it gets to see.
    Router(Router),
    /// They are what an app is told, once.
    App(RefCell<Vec<Configure>>),
}

type Configure = Box<dyn FnOnce(&mut ServiceConfig)>;

/// Makes a site whose handlers are those of a router.
pub fn of(router: Router) -> Site {
    Site::made_of(Inside::Router(router))
}

pub async fn ask(site: &Site, request: Request<Body>) -> Visit {
    Visit::read(site.open(request).await).await
}

/// Puts a report around it.
pub fn reported(site: Site, layer: ReportLayer) -> Site {
    site.wrap(move |inner| {
        let wrapped = layer.new_transform(inner).into_inner();
        Rc::new(Whole(wrapped.expect("nothing to fail at")))
    })
}

/// Asks, and returns what is told beside the answer.
pub async fn ask_for<T: Clone + Send + Sync + 'static>(site: &Site, request: Request<Body>) -> (Visit, Option<T>) {
    let response = site.open(request).await;
    let told = response.extensions().get().cloned();
    (Visit::read(response).await, told)
}

impl Site {
    /// Makes one without any handler.
    pub fn new() -> Self {
        Self::made_of(Inside::App(RefCell::default()))
    }

    fn made_of(inside: Inside) -> Self {
        Self { inside, stack: Stack::default(), ask: OnceCell::new() }
    }

    /// Routes a path to a handler.
    pub fn route(self, path: &str, route: Route) -> Self {
        let path = path.to_owned();
        self.with(move |config| {
            config.route(&path, route);
        })
    }

    /// Gives handlers a state.
    pub fn with_state<T: 'static>(self, state: T) -> Self {
        self.with(|config| {
            config.app_data(web::Data::new(state));
        })
    }

    fn with(self, configure: impl FnOnce(&mut ServiceConfig) + 'static) -> Self {
        let Inside::App(app) = &self.inside else { panic!("a router has its own routes") };
        app.borrow_mut().push(Box::new(configure));
        self
    }

    /// Puts a layer around it.
    pub fn layer(self, layer: CacheLayer) -> Self {
        self.wrap(move |inner| {
            let wrapped = layer.new_transform(inner).into_inner();
            Rc::new(Whole(wrapped.expect("nothing to fail at")))
        })
    }

    fn wrap(mut self, wrap: impl Fn(Boxed) -> Boxed + 'static) -> Self {
        self.stack.0.push(Rc::new(wrap));
        Self { ask: OnceCell::new(), ..self }
    }

    fn open(&self, request: Request<Body>) -> Asking {
        self.ask.get_or_init(|| self.begin())(request)
    }

    fn begin(&self) -> Rc<dyn Fn(Request<Body>) -> Asking> {
        let app = actix_web::App::new().wrap(self.stack.clone()).configure(|config| match &self.inside {
            Inside::Router(router) => {
                config.default_service(web::to(handler(router.clone())));
            }
            Inside::App(app) => app.take().into_iter().for_each(|configure| configure(config)),
        });
        let service = Rc::new(block_on(init_service(app)));
        Rc::new(move |request: Request<Body>| -> Asking {
            let (parts, body) = request.into_parts();
            // A request without a body is there at once.
            let all = |body: Body| testing::block_on(body.collect()).expect("a body").to_bytes();
            let body = if body.is_end_stream() { Bytes::new() } else { all(body) };
            let sent = terms::sent(&parts, body).to_request();
            terms::tell(&parts.extensions, &mut sent.extensions_mut());
            let asking = enter(|| service.call(sent));
            Box::pin(Worked(Box::pin(async move {
                let answer = match asking.await {
                    Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
                    Err(error) => HttpResponse::from_error(error),
                };
                terms::head_of(&answer).map(|()| Sent(Box::pin(answer.into_body())))
            })))
        })
    }
}

pub fn handler(router: Router) -> impl Fn(HttpRequest, Bytes) -> Handling + Clone + 'static {
    move |seen: HttpRequest, body: Bytes| {
        let asking = router.clone().oneshot(theirs(&seen, body));
        Box::pin(async move { ours(asking.await.expect("no error can happen")) })
    }
}

type Handling = Pin<Box<dyn Future<Output = HttpResponse>>>;

/// What a program puts around a site itself.
pub trait Around: Sized {
    /// Puts this around it, which sees requests on their way in and responses on their way out.
    fn around<F, A>(self, way: F) -> Self
    where
        F: Fn(Request<Body>, Next) -> A + Clone + 'static,
        A: Future<Output = Response<Body>> + 'static;

    /// Brings sites to paths.
    fn paths(all: Vec<(&str, Self)>) -> Self;

    /// Notes the address as it came: on actix nobody does.
    fn kept_as_it_came(self) -> Self;
}

impl Around for Site {
    fn around<F, A>(self, way: F) -> Self
    where
        F: Fn(Request<Body>, Next) -> A + Clone + 'static,
        A: Future<Output = Response<Body>> + 'static,
    {
        let way = Rc::new(move |request, next| -> Pin<Box<dyn Future<Output = Response<Body>>>> {
            Box::pin(way(request, next))
        });
        self.wrap(move |inner| Rc::new(Bridge { inner, way: way.clone() }))
    }

    fn kept_as_it_came(self) -> Self {
        self
    }

    fn paths(all: Vec<(&str, Self)>) -> Self {
        all.into_iter().fold(Self::new(), |sites, (path, site)| {
            let Inside::Router(router) = site.inside else { panic!("no paths behind paths") };
            let resource = web::resource(path).wrap(site.stack).to(handler(router));
            sites.with(|config| {
                config.service(resource);
            })
        })
    }
}

/// Middleware, the innermost first.
#[derive(Clone, Default)]
struct Stack(Vec<Rc<dyn Fn(Boxed) -> Boxed>>);

impl<S, B> Transform<S, ServiceRequest> for Stack
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error, Future: 'static> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Boxed;
    type InitError = ();
    type Future = std::future::Ready<Result<Boxed, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(self.0.iter().fold(Rc::new(Whole(inner)), |inner: Boxed, wrap| wrap(inner))))
    }
}

/// A service whose bodies are of one type.
struct Whole<S>(S);

impl<S, B> Service<ServiceRequest> for Whole<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error, Future: 'static>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Serving;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Serving {
        let answering = self.0.call(request);
        Box::pin(async move { Ok(answering.await?.map_into_boxed_body()) })
    }
}

/// Middleware that is written as for axum.
struct Bridge<F> {
    inner: Boxed,
    way: Rc<F>,
}

/// What is behind such middleware.
pub struct Next {
    inner: Boxed,
    stage: Rc<RefCell<Stage>>,
}

/// How far a request has come, which only its owner can answer.
enum Stage {
    Asked(ServiceRequest),
    Answered(ServiceResponse<()>),
    Failed(Error),
    Under,
}

/// Marks a response as the one that came from behind, which keeps what is in no header.
#[derive(Clone)]
struct Same;

impl<F> Service<ServiceRequest> for Bridge<F>
where
    F: Fn(Request<Body>, Next) -> Pin<Box<dyn Future<Output = Response<Body>>>> + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Serving;

    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&self, request: ServiceRequest) -> Serving {
        let seen = theirs(request.request(), Bytes::new());
        let stage = Rc::new(RefCell::new(Stage::Asked(request)));
        let answering = (self.way)(seen, Next { inner: Rc::clone(&self.inner), stage: Rc::clone(&stage) });
        Box::pin(async move {
            let response = answering.await;
            let is_same = response.extensions().get::<Same>().is_some();
            match stage.replace(Stage::Under) {
                Stage::Asked(request) => Ok(request.into_response(ours(response))),
                Stage::Answered(answer) if is_same => {
                    let (request, own) = answer.into_parts();
                    Ok(ServiceResponse::new(request, terms::over(own, response)))
                }
                Stage::Answered(answer) => Ok(ServiceResponse::new(answer.into_parts().0, ours(response))),
                Stage::Failed(error) => Err(error),
                Stage::Under => panic!("who asks waits for the answer"),
            }
        })
    }
}

impl Next {
    pub async fn run(self, seen: Request<Body>) -> Response<Body> {
        let Stage::Asked(mut request) = self.stage.replace(Stage::Under) else { panic!("it is asked once") };
        terms::show(&seen.into_parts().0, &mut request);
        std::future::poll_fn(|context| self.inner.poll_ready(context)).await.expect("it is ready some time");
        match self.inner.call(request).await {
            Ok(answer) => {
                let (request, response) = answer.into_parts();
                let head = terms::head_of(&response);
                let (own, body) = response.into_parts();
                self.stage.replace(Stage::Answered(ServiceResponse::new(request, own)));
                let body = actix_web::body::to_bytes(body).await.expect("a whole body");
                let mut response = head.map(|()| Body::from(body));
                response.extensions_mut().insert(Same);
                response
            }
            Err(error) => {
                self.stage.replace(Stage::Failed(error));
                Response::new(Body::empty())
            }
        }
    }
}

/// A site behind a layer, and nothing around that.
pub struct Served(Site);

impl Served {
    pub fn new(layer: &CacheLayer, site: Site) -> Self {
        let site = site.layer(layer.clone());
        let begun = site.begin();
        drop(site.ask.set(begun));
        Self(site)
    }

    /// Asks for what a request asks for, and reads nothing of the body yet.
    pub fn open(&self, request: Request<Body>) -> Asking {
        self.0.open(request)
    }

    /// Sends a visitor who is watched on the way.
    pub fn visitor(&self, request: Request<Body>) -> Visitor {
        Visitor::who(self.open(request))
    }
}
