//! What the pages of a URL are told apart by is learned by all processes at once, and invalidated by any of them.

use std::future::Future;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::{Request, Response};
use larder::backend::Answer;
use larder::backend::layer::{Call, Guard, around};
use larder::page::CacheLayer;
use larder::testing::{self, Isolated};
use larder::{Error, Settings};

use super::super::app::{App, response};
use super::memory;
use crate::app::App as Another;

type Hook = Box<dyn FnOnce() + Send>;

/// Does something else just before the next write.
#[derive(Clone, Default)]
struct Before(Arc<Mutex<Option<Hook>>>);

impl Before {
    fn set(&self, hook: impl FnOnce() + Send + 'static) {
        *self.0.lock().unwrap() = Some(Box::new(hook));
    }

    fn is_done(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}

impl Guard for Before {
    fn around<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> impl Future<Output = Result<T, Error>> + Send {
        let is_write = matches!(call, Call::Set | Call::SetIf);
        let hook = if is_write { self.0.lock().unwrap().take() } else { None };
        async move {
            if let Some(hook) = hook {
                hook();
            }
            run().await
        }
    }
}

/// A layer of a process of its own, whose pages say themselves by what they are told apart.
fn layer(larder: &Isolated) -> CacheLayer {
    CacheLayer::rfc().in_cache(&larder.cache("default"))
}

/// Makes pages that are told apart by more, where more is asked for.
fn pages(name: &'static str) -> impl Fn(usize, Request<Body>) -> Response<Body> + Clone {
    move |run, request| {
        let vary = if request.headers().contains_key("more") { "one, more" } else { "one" };
        response(200, &[("cache-control", "max-age=60"), ("vary", vary)], format!("{name}{run}"))
    }
}

#[test]
fn what_is_invalidated_while_another_process_learns_by_what_pages_are_told_apart_stays_so() {
    let ((clock, store), before) = (memory(), Before::default());
    let settings = || Settings::backend(Arc::clone(&store));
    let isolated = |settings| testing::isolated_at(clock.clone(), [("default", settings)]).unwrap();
    let (larder_a, larder_b) = (isolated(settings().layer(around(before.clone()))), isolated(settings()));
    let a = App::new(&layer(&larder_a), pages("a"));
    // It is asked from within the store of the first one, which a worker of actix is not.
    let b = Arc::new(Another::new(&layer(&larder_b), pages("b")));
    let ask_a = |headers: &[(&str, &str)]| a.get_with("/", headers).text().to_owned();
    let ask_b = |headers: &[(&str, &str)]| b.get_with("/", headers).text().to_owned();
    assert_eq!([ask_b(&[("one", "1")]), ask_a(&[("one", "1")])], ["b1", "b1"]);
    let writer = Arc::clone(&b);
    before.set(move || drop(writer.send("POST", "/", &[])));
    assert_eq!(ask_a(&[("one", "2"), ("more", "1")]), "a1");
    assert!(before.is_done(), "the other process wrote in between");
    assert_eq!([ask_b(&[("one", "1")]), ask_a(&[("one", "1")])], ["b3", "b3"]);
}
