use std::sync::Arc;
use std::task::Waker;

use cache_core::executor::{Executor, NoExecutor};
use http::{HeaderMap, Response, StatusCode};

use super::super::hole::Holes;
use super::super::policy::Facts;
use super::super::record::{Begun, Head, Stand};
use super::super::service::PageFuture;
use super::super::tee::Tee;
use super::*;

type Whole = PageBody<Inner>;

/// A body with a frame, an error and trailers, and a length that it says.
struct Inner(Vec<Result<Frame<Bytes>, &'static str>>);

impl Body for Inner {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.0.pop())
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

fn frame(body: &mut Whole) -> Option<Result<Frame<Bytes>, BoxError>> {
    match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(frame) => frame,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn data(body: &mut Whole) -> Option<Bytes> {
    frame(body).map(|frame| frame.expect("no error").into_data().expect("data"))
}

/// What a body says of itself: whether it has ended, and how much is left.
fn says(body: &Whole) -> (bool, Option<u64>) {
    (body.is_end_stream(), body.size_hint().exact())
}

#[test]
fn a_whole_page_is_one_frame_of_the_bytes_that_are_kept() {
    let page = Bytes::from(vec![b'x'; 1000]);
    let mut body = Whole::whole(page.clone());
    assert_eq!(says(&body), (false, Some(1000)));
    let sent = data(&mut body).expect("a frame");
    assert_eq!((sent.as_ptr(), sent.len()), (page.as_ptr(), 1000));
    assert_eq!(says(&body), (true, Some(0)));
    assert!(data(&mut body).is_none());
}

#[test]
fn a_kept_page_is_handed_out_as_it_lies_and_a_response_with_it_is_small() {
    let kept = Bytes::from(vec![b'x'; 1000]);
    let mut body = Whole::kept(page(kept.clone()));
    assert_eq!(says(&body), (false, Some(1000)));
    assert_eq!(data(&mut body).map(|sent| sent.as_ptr()), Some(kept.as_ptr()));
    assert_eq!(says(&body), (true, Some(0)));
    assert_eq!(says(&Whole::kept(page(Bytes::new()))), (true, Some(0)));
    assert!(size_of::<Response<Whole>>() <= 128, "more than that is moved by a call");
    assert!(size_of::<PageFuture<Response<Whole>, ()>>() <= 128);
}

fn page(body: Bytes) -> Page {
    let facts = Facts {
        born: 0,
        fresh: 1,
        stale: 0,
        stale_if_error: 0,
        always_ask: false,
        never_stale: false,
        for_authorized: false,
        validator: false,
    };
    let head = Head { status: StatusCode::OK, headers: HeaderMap::new(), facts };
    Page::new(head, body, Holes::default(), Begun { site: 0, after: Stand::default() }, Box::default())
}

#[test]
fn an_empty_page_has_ended_before_it_is_read() {
    for mut body in [Whole::empty(), Whole::whole(Bytes::new()), Whole::chunks(vec![Bytes::new()])] {
        assert_eq!(says(&body), (true, Some(0)));
        assert!(data(&mut body).is_none());
    }
}

#[test]
fn chunks_are_sent_as_they_are_and_empty_ones_left_out() {
    let chunks: Vec<_> = ["<p>", "", "hole", "</p>"].map(|text| Bytes::from(text.as_bytes().to_vec())).into();
    let mut body = Whole::chunks(chunks.clone());
    for (chunk, left) in [(&chunks[0], 11), (&chunks[2], 8), (&chunks[3], 4)] {
        assert_eq!(says(&body), (false, Some(left)));
        let sent = data(&mut body).expect("a frame");
        assert_eq!((sent.as_ptr(), &sent), (chunk.as_ptr(), chunk));
    }
    assert_eq!(says(&body), (true, Some(0)));
    assert!(data(&mut body).is_none());
}

#[test]
fn an_inner_body_is_passed_on_untouched() {
    let page = Bytes::from(vec![b'x'; 10]);
    let frames = vec![Err("gone"), Ok(Frame::trailers(HeaderMap::new())), Ok(Frame::data(page.clone()))];
    let mut body = PageBody::inner(Inner(frames));
    assert_eq!(says(&body), (false, Some(3)));
    assert_eq!(data(&mut body).map(|data| data.as_ptr()), Some(page.as_ptr()));
    assert!(frame(&mut body).is_some_and(|frame| frame.is_ok_and(|frame| frame.is_trailers())));
    assert!(frame(&mut body).is_some_and(|frame| frame.is_err_and(|error| error.to_string() == "gone")));
    assert_eq!(says(&body), (true, Some(0)));
}

#[test]
fn a_joined_page_says_what_its_reader_says() {
    let nobody: Arc<dyn Executor> = Arc::new(NoExecutor);
    let (tee, driver) = Tee::new(PageBody::<Inner>::whole("page".into()), 100);
    let mut body = PageBody::joined(tee.join().expect("one can join"), Driver::new(&nobody), None);
    assert_eq!(says(&body), (false, Some(4)));
    let mut driver = std::pin::pin!(driver);
    let polled = driver.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(Ok("page".into())), "a body that says its end takes one poll");
    assert_eq!(data(&mut body), Some("page".into()));
    assert_eq!(says(&body), (true, Some(0)));
}

#[test]
fn a_page_of_any_handler_is_an_axum_body() {
    let body = axum::body::Body::new(PageBody::<axum::body::Body>::whole("page".into()));
    assert_eq!(body.size_hint().exact(), Some(4));
}

#[test]
fn nothing_of_a_page_is_in_its_debug_text() {
    assert_eq!(format!("{:?}", Whole::kept(page("secret".into()))), "PageBody(\"whole\")");
}
