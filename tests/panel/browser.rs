//! Programs with a panel at `/larder`, and those who visit them.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use larder::panel::Panel;
use larder::testing;
use serde_json::Value;
use tower::ServiceExt;

/// What a visitor gets.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json", "{}", self.text);
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// Returns the sentence of an error.
    pub fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        let json = self.json();
        assert_eq!(json.as_object().expect("an object").len(), 1, "{json}");
        json["error"].as_str().expect("a sentence").to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }
}

/// One who visits a program with a panel.
pub struct Browser {
    ask: Box<dyn Fn(Request<String>) -> Answer>,
}

/// Runs a test on each framework.
pub fn each(test: impl Fn(fn(Panel) -> Browser)) {
    test(on_axum);
    #[cfg(feature = "actix")]
    test(on_actix::on_actix);
}

/// Lets everybody in.
pub fn open() -> Panel {
    Panel::guarded(|_| true)
}

pub fn on_axum(panel: Panel) -> Browser {
    of_router(Router::new().nest_service("/larder", panel))
}

pub fn of_router(router: Router) -> Browser {
    let ask = move |request: Request<String>| {
        let asking = router.clone().oneshot(request.map(Body::from));
        let (parts, body) = testing::block_on(asking).expect("no error can happen").into_parts();
        let body = testing::block_on(body.collect()).expect("a whole body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(body.into()).expect("a text") }
    };
    Browser { ask: Box::new(ask) }
}

impl Browser {
    pub fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = Request::builder().method(method).uri(format!("/larder{path}")).header("host", "example.org");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        (self.ask)(request.body(body.to_owned()).expect("a request"))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "")
    }

    /// Asks for something that is there.
    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    /// Does what the page does when a button is pressed.
    pub fn press(&self, path: &str, body: &str) -> Answer {
        let token = self.json("/api/now")["token"].as_str().expect("a token").to_owned();
        let headers = [
            ("x-larder-token", token.as_str()),
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://example.org"),
        ];
        self.send(Method::POST, path, &headers, body)
    }

    /// Presses a button that works, and returns what it says that is done.
    pub fn done(&self, path: &str, body: &Value) -> String {
        let answer = self.press(path, &body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["done"].as_str().expect("a sentence").to_owned()
    }

    /// Returns what is said of a site.
    pub fn site(&self, pattern: &str) -> Value {
        let now = self.json("/api/now");
        let mut sites = now["sites"].as_array().expect("sites").iter();
        sites.find(|site| site["pattern"] == pattern).unwrap_or_else(|| panic!("no site {pattern}")).clone()
    }

    /// Returns the keys of a site, all of them.
    pub fn keys(&self, site: &Value) -> Vec<String> {
        let (mut keys, mut next) = (Vec::new(), String::new());
        for _ in 0..100 {
            let answer = self.json(&format!("/api/keys?site={}{next}", site["id"]));
            assert_eq!(answer["why_none"], Value::Null);
            keys.extend(
                answer["keys"].as_array().expect("keys").iter().map(|key| key["key"].as_str().unwrap().to_owned()),
            );
            let Some(place) = answer["next"].as_str() else {
                keys.sort();
                return keys;
            };
            next = format!("&next={place}");
        }
        panic!("there is no end of keys");
    }
}

#[cfg(feature = "actix")]
mod on_actix {
    use std::rc::Rc;

    use actix_web::App;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
    use larder::panel::Panel;

    use super::{Answer, Browser};

    pub fn on_actix(panel: Panel) -> Browser {
        let worker = actix_web::rt::Runtime::new().expect("a runtime");
        let app = App::new().service(panel.scope("/larder"));
        let service = Rc::new(worker.block_on(init_service(app)));
        let ask = move |request: Request<String>| {
            let (parts, body) = request.into_parts();
            let method = actix_web::http::Method::from_bytes(parts.method.as_str().as_bytes()).expect("a method");
            let mut sent = TestRequest::with_uri(&parts.uri.to_string()).method(method).set_payload(body);
            for (name, value) in &parts.headers {
                sent = sent.append_header((name.as_str(), value.as_bytes()));
            }
            worker.block_on(async {
                let answer = call_service(&*service, sent.to_request()).await;
                let status = StatusCode::from_u16(answer.status().as_u16()).expect("a status");
                let header =
                    |(name, value): (&actix_web::http::header::HeaderName, &actix_web::http::header::HeaderValue)| {
                        let name = HeaderName::from_bytes(name.as_str().as_bytes()).expect("a name");
                        (name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"))
                    };
                let headers: HeaderMap = answer.headers().iter().map(header).collect();
                let text = String::from_utf8(read_body(answer).await.to_vec()).expect("a text");
                Answer { status, headers, text }
            })
        };
        Browser { ask: Box::new(ask) }
    }
}
