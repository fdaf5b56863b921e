//! What is kept is handed out as it is: nothing of a page is copied.

use axum::response::IntoResponse;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG};
use http_body_util::BodyExt;
use larder::page::CacheLayer;
use larder::testing;

use super::app::{App, request};

const PAGE: &[u8] = &[b'x'; 4096];

/// An application with one page of some length.
pub fn app() -> App {
    App::new(&CacheLayer::new(), |_, _| {
        ([(CONTENT_TYPE, "text/html"), (ETAG, "\"1\"")], Bytes::copy_from_slice(PAGE)).into_response()
    })
}

/// Returns the frame that a page is sent in.
fn frame(app: &App) -> Bytes {
    testing::block_on(async {
        let mut body = app.open(request("GET", "/", &[])).await.into_body();
        let frame = body.frame().await.expect("there is one").expect("no error can happen");
        assert!(body.frame().await.is_none(), "there is one only");
        frame.into_data().expect("there are no trailers")
    })
}

#[test]
fn two_hits_hand_out_the_same_bytes_and_not_copies_of_them() {
    let _larder = testing::isolated();
    let app = app();
    app.get("/");
    let (first, second) = (frame(&app), frame(&app));
    assert_eq!((first.as_ptr(), first.len()), (second.as_ptr(), PAGE.len()));
    assert_eq!(app.runs.get(), 1);
}
