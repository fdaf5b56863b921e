//! Django's decorators and middleware, as somebody writes them who has Larder: those of the cache are layers, and of the
//! others only the headers matter that they set.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use larder::page::headers;
use larder::page::{CacheLayer, TimeZone, cache_page};

use super::super::site::{self, Around, Next, Site};
use super::condition::{conditional, tagged};
use super::session::session;
use crate::django::scenario::{CachePage, Decorator, Middleware, Reply, Scenario, View};
use crate::django::view::{Spoken, answer, text_of};
use crate::visit::Count;

/// Puts its decorators around a view.
pub fn decorated(scenario: &Scenario, view: &View, runs: &Count) -> Site {
    let (own, count) = (view.clone(), runs.clone());
    let handler = any(async move |request: Request<Body>| answer(&own, &count, &request));
    let mut route = site::of(Router::new().fallback(handler));
    for (at, decorator) in view.decorators.iter().enumerate().rev() {
        let said = said_by(&view.decorators[at..], &view.replies());
        route = around(route, scenario, decorator.clone(), &said);
    }
    route
}

fn around(route: Site, scenario: &Scenario, decorator: Decorator, said: &[String]) -> Site {
    match decorator {
        Decorator::CachePage(options) => route.layer(seeing(layer(scenario, &options), said)),
        Decorator::CacheControl(says) => edited(route, move |map| says.control().apply(map)),
        Decorator::VaryOnHeaders(names) => {
            let names: Vec<HeaderName> = names.iter().map(|name| name.parse().expect("a name")).collect();
            edited(route, move |map| headers::vary(map, names.clone()))
        }
        Decorator::VaryOnCookie {} => edited(route, |map| headers::vary(map, [COOKIE])),
        Decorator::Condition(condition) => {
            route.around(move |request, next| conditional(condition.clone(), request, next))
        }
        Decorator::ConditionalPage {} => route.around(tagged),
        Decorator::GzipPage {} => route.around(gzip),
    }
}

/// Edits the headers of what a route answers.
fn edited(route: Site, edit: impl Fn(&mut HeaderMap) + Clone + Send + Sync + 'static) -> Site {
    route.around(move |request, next: Next| {
        let edit = edit.clone();
        async move {
            let mut response = next.run(request).await;
            edit(response.headers_mut());
            response
        }
    })
}

/// Puts its middleware around a site. What Django does in two places around the others is one layer in the outer one.
pub fn inside(scenario: &Scenario, mut site: Site) -> Site {
    let middleware = &scenario.settings.middleware;
    for (at, own) in middleware.iter().enumerate().rev() {
        site = match own {
            Middleware::UpdateCache | Middleware::CacheSingle => site.layer(site_layer(scenario, &middleware[at..])),
            Middleware::Session => site.around(session),
            Middleware::Locale => site.around(locale),
            Middleware::ConditionalGet => site.around(tagged),
            Middleware::TimezoneFromHeader => site.around(zone),
            Middleware::FetchCache | Middleware::Common => site,
        };
    }
    site
}

fn layer(scenario: &Scenario, options: &CachePage) -> CacheLayer {
    let layer = match options.timeout {
        Some(seconds) => cache_page(Duration::from_secs_f64(seconds)),
        None => CacheLayer::new(),
    };
    let alias = options.cache.as_deref().unwrap_or("default");
    let cache = scenario.settings.caches.get(alias);
    // What a function of one's own would write into the keys, a word in front of them does.
    let words = cache.map(|cache| format!("{}{}", cache.key_function.as_deref().unwrap_or_default(), cache.key_prefix));
    layer.cache(alias).key_prefix(words.unwrap_or_default() + &options.key_prefix)
}

fn site_layer(scenario: &Scenario, inside: &[Middleware]) -> CacheLayer {
    let views = scenario.views.values();
    let mut names: Vec<_> = views.flat_map(|view| said_by(&view.decorators, &view.replies())).collect();
    if inside.contains(&Middleware::Session) {
        names.push(COOKIE.to_string());
    }
    let layer = seeing(CacheLayer::new().time(600), &names);
    let speaks = inside.contains(&Middleware::Locale);
    assert_eq!(speaks, scenario.settings.use_i18n, "languages are chosen by the middleware, or not at all");
    assert!(!scenario.settings.use_tz, "there is no scenario with time zones");
    if speaks { layer.offer("Accept-Language", ["en", "de", "fr"]) } else { layer }
}

/// Lets handlers see what they say that they vary on.
fn seeing(layer: CacheLayer, names: &[String]) -> CacheLayer {
    names.iter().fold(layer, |layer, name| layer.see(name))
}

/// Returns what the answers behind a cache say that they vary on.
fn said_by(decorators: &[Decorator], replies: &[&Reply]) -> Vec<String> {
    let of_decorators = decorators.iter().flat_map(|decorator| match decorator {
        Decorator::VaryOnHeaders(names) => names.clone(),
        Decorator::VaryOnCookie {} => vec!["Cookie".to_owned()],
        _ => Vec::new(),
    });
    let lines = replies.iter().flat_map(|reply| reply.cases()).filter_map(|case| case.headers.get("Vary"));
    of_decorators.chain(lines.flat_map(|line| line.split(", ").map(str::to_owned))).collect()
}

/// Answers in the language that is wished for.
async fn locale(mut request: Request<Body>, next: Next) -> Response<Body> {
    let language = text_of(request.headers(), "accept-language").unwrap_or_else(|| "en".to_owned());
    request.extensions_mut().insert(Spoken(language.clone()));
    let mut response = next.run(request).await;
    headers::vary(response.headers_mut(), [ACCEPT_LANGUAGE]);
    response.headers_mut().insert(CONTENT_LANGUAGE, language.parse().expect("a value"));
    response
}

/// Says in which zone times are shown.
async fn zone(mut request: Request<Body>, next: Next) -> Response<Body> {
    if let Some(name) = text_of(request.headers(), "x-tz") {
        request.extensions_mut().insert(TimeZone(name));
    }
    next.run(request).await
}

/// Compresses: a body that is compressed is told by its name.
async fn gzip(request: Request<Body>, next: Next) -> Response<Body> {
    let is_wished = request.headers().get(ACCEPT_ENCODING).is_some_and(|wish| wish == "gzip");
    let mut response = next.run(request).await;
    headers::vary(response.headers_mut(), [ACCEPT_ENCODING]);
    if is_wished {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response.headers_mut().remove(http::header::CONTENT_LENGTH);
        response = response.map(|_| "<gzip>".into());
    }
    response
}
