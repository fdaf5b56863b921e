//! A connection that breaks: actix lets go of what answers it, wherever that is.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::dev::Service;
use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};
use actix_web::{App, rt};
use blog::Db;
use larder::testing;
use libtest_mimic::Trial;

use crate::front;

pub fn trial() -> Trial {
    Trial::test("left::a_write_that_is_let_go_half_way_is_done_and_seen_all_the_same", || {
        rt::System::new().block_on(a_write_that_is_let_go_half_way_is_done_and_seen_all_the_same());
        Ok(())
    })
}

fn form(path: &str, fields: &[(&str, &str)]) -> TestRequest {
    let request = TestRequest::post().uri(path).set_form(fields);
    request.insert_header(("host", "blog")).insert_header(("origin", "http://blog"))
}

async fn a_write_that_is_let_go_half_way_is_done_and_seen_all_the_same() {
    let larder = testing::isolated();
    let folder = tempfile::tempdir().expect("a folder");
    let site = front::site(Db::open(folder.path().join("blog.db")).expect("a database"));
    let app = init_service(App::new().configure(site)).await;
    let page = async || {
        let page = call_and_read_body(&app, TestRequest::get().uri("/posts/28").to_request()).await;
        larder.settle().await;
        String::from_utf8(page.to_vec()).expect("a text")
    };
    let login = form("/login", &[("login", "ann"), ("password", "larder")]).to_request();
    let answer = call_service(&app, login).await;
    let ann = answer.response().cookies().next().expect("a cookie").into_owned();
    assert!(!page().await.contains("Have to go"));

    let comment = form("/posts/28/comments", &[("text", "Have to go")]).cookie(ann).to_request();
    let mut answering = Box::pin(app.call(comment));
    let has_begun = poll_fn(|context| Poll::Ready(answering.as_mut().poll(context).is_pending())).await;
    assert!(has_begun, "a write waits for its database");
    drop(answering);
    let left = Instant::now();
    while !page().await.contains("Have to go") {
        assert!(left.elapsed() < Duration::from_secs(20), "what was written is never seen");
        // A page that is kept is answered at once, and lets nobody else run on this thread.
        rt::task::yield_now().await;
    }
}
