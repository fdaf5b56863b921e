//! Who is let in, what strangers learn, and what the page may do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use http::Method;
use larder::page::{CacheLayer, cache_page};
use larder::panel::Panel;
use larder::testing;

use crate::browser::{Browser, each, of_router, open};
use crate::lines::lines;

const ROUTES: [&str; 8] =
    ["", "/", "/api/now", "/api/keys?site=0", "/api/entry?site=0&key=k", "/api/graph", "/api/invalidate", "/nothing"];

/// Fails where a stranger learns anything.
fn learns_nothing(browser: &Browser, headers: &[(&str, &str)]) {
    for path in ROUTES {
        for method in [Method::GET, Method::POST, Method::HEAD, Method::DELETE] {
            let answer = browser.send(method, path, headers, "{}");
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (404, ""), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("content-security-policy"), "", "{path}: that would tell that somebody is there");
        }
    }
}

#[test]
fn a_stranger_meets_nothing_and_one_whom_the_guard_knows_meets_the_panel() {
    let _larder = testing::isolated();
    each(|on| {
        let guards = [
            Panel::guarded(|request| request.headers.get("x-who").is_some_and(|who| who == "admin")),
            Panel::guarded_async(
                |request| async move { request.headers.get("x-who").is_some_and(|who| who == "admin") },
            ),
        ];
        for panel in guards {
            let browser = on(panel.writable());
            learns_nothing(&browser, &[]);
            learns_nothing(&browser, &[("x-who", "nobody")]);
            for path in ["", "/", "/api/now", "/api/graph"] {
                assert_eq!(browser.send(Method::GET, path, &[("x-who", "admin")], "").status, 200, "{path}");
            }
        }
    });
}

#[test]
fn in_a_release_build_it_is_off_unless_that_is_said() {
    lines();
    let _larder = testing::isolated();
    each(|on| {
        let asked = Arc::new(AtomicUsize::new(0));
        let guarded = || {
            let asked = Arc::clone(&asked);
            Panel::guarded(move |_| {
                asked.fetch_add(1, Ordering::Relaxed);
                true
            })
        };
        learns_nothing(&on(guarded().writable().__built(true)), &[]);
        assert_eq!(asked.load(Ordering::Relaxed), 0, "nobody is asked");
        let on_purpose = on(guarded().__built(true).in_release()).json("/api/now");
        assert_eq!(on_purpose["release"], true);
        assert_eq!(on(guarded().in_release().__built(true)).json("/api/now")["release"], true);
        assert_eq!(on(guarded().__built(false)).json("/api/now")["release"], false);
        // What this test is built as the panel is, unless a profile says otherwise.
        let is_there = on(guarded()).get("/api/now").status == 200;
        assert_eq!(is_there, cfg!(debug_assertions));
    });
    let told = lines().lock().unwrap();
    let told: Vec<_> = told.iter().filter(|line| line.contains("panel")).collect();
    let [told] = told[..] else { panic!("it is told once: {told:?}") };
    assert!(
        told.starts_with("WARN larder the panel is off in a release build, and answers 404: write `Panel::guarded"),
        "{told}"
    );
}

#[test]
fn the_page_runs_what_is_its_own_and_stands_in_no_frame() {
    let _larder = testing::isolated();
    each(|on| {
        let browser = on(open());
        let [page, again] = ["", "/"].map(|path| browser.get(path));
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("connect-src 'self'"), "{policy}");
        let of = |tag: &str| page.text.matches(tag).count();
        assert!(of("<script") > 1 && of("<style") > 0, "it has both");
        assert_eq!(of("<script") + of("<style"), of(&format!("nonce=\"{nonce}\">")), "each has the nonce");
        assert!(!again.text.contains(nonce), "which is another one each time");
    });
}

#[test]
fn nothing_that_it_answers_is_kept_or_taken_for_something_else() {
    let _larder = testing::isolated();
    each(|on| {
        let browser = on(open().writable());
        for path in ["/", "/api/now", "/api/keys?site=0", "/api/keys?site=x", "/api/graph", "/nothing"] {
            let answer = browser.get(path);
            for (header, value) in [
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(header), value, "{path}");
            }
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        }
    });
}

#[test]
fn a_cache_of_pages_around_it_keeps_nothing_of_it() {
    let larder = testing::isolated();
    let guard = |request: &http::request::Parts| request.headers.contains_key("x-admin");
    let admin = [("x-admin", "1")];
    let around =
        |layer: CacheLayer| of_router(Router::new().nest_service("/larder", Panel::guarded(guard)).layer(layer));
    let browser = around(cache_page(60).see("x-admin"));
    for path in ["/", "/api/now", "/api/graph"] {
        assert_eq!(browser.get(path).status, 404);
        assert_eq!(browser.send(Method::GET, path, &admin, "").status, 200, "{path}: not what a stranger got");
        assert_eq!(browser.get(path).status, 404, "{path}: not what somebody else got");
    }
    let blind = around(cache_page(60));
    assert_eq!(blind.send(Method::GET, "/", &admin, "").status, 404, "the layer hides the header from the guard");
    assert_eq!(larder.cache("default").stats().entries, 0);
}

#[test]
fn a_panel_is_sent_to_other_threads_and_says_no_secret_of_its_own() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let _larder = testing::isolated();
    let panel = open().writable();
    is_shared(&panel);
    assert_eq!(format!("{panel:?}"), "Panel { writable: true, off: false, .. }");
}
