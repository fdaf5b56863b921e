//! Ends that are none: no reader may take them for one, and nothing is kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::{HeaderMap, HeaderValue};

use super::super::Torn;
use super::*;

/// Says how a reader ended, after what it read.
fn outcome(reader: &mut Hand<Reader>) -> (String, String) {
    let (read, end) = reader.read();
    let end = match end {
        None => "waits".to_owned(),
        Some(Ok(())) => "end".to_owned(),
        Some(Err(error)) => error.to_string(),
    };
    (String::from_utf8(read).expect("text"), end)
}

#[test]
fn a_body_that_breaks_off_is_an_error_to_all_after_what_came() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut readers = [join(&tee), join(&tee)];
    feed.data("half");
    feed.give(Some(Err("the disk is gone".into())));
    assert_eq!(driver.run(), Poll::Ready(Err(Cut::Broken)));
    for reader in &mut readers {
        let (read, end) = reader.read();
        let Some(Err(error)) = end else { panic!("an error") };
        assert_eq!((&*read, error.source().expect("a cause").to_string().as_str()), (&b"half"[..], "the disk is gone"));
        assert!(matches!(error.downcast_ref(), Some(Torn::Broken(_))));
        assert!(matches!(reader.poll(), Poll::Ready(None)), "nothing comes after an error");
        assert_eq!((reader.what.size_hint().exact(), reader.what.is_end_stream()), (Some(0), true));
    }
    assert!(tee.join().is_none());
}

#[test]
fn a_body_that_is_too_short_is_an_error_to_its_readers() {
    for end_with_trailers in [false, true] {
        let feed = Feed::default();
        let (tee, mut driver) = by_hand(Source(feed.clone(), SizeHint::with_exact(10)), 100);
        let mut reader = join(&tee);
        feed.data("half");
        feed.give(end_with_trailers.then(|| Ok(Frame::trailers(HeaderMap::new()))));
        assert_eq!(driver.run(), Poll::Ready(Err(Cut::Length)));
        let short = "the body of the response is shorter than was said";
        assert_eq!(outcome(&mut reader), ("half".to_owned(), short.to_owned()));
    }
}

#[test]
fn a_body_that_is_too_long_is_passed_on_and_not_kept() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(Source(feed.clone(), SizeHint::with_exact(4)), 100);
    let mut reader = join(&tee);
    feed.data("four");
    assert!(driver.run().is_pending());
    feed.data(" and more");
    assert!(driver.run().is_pending());
    assert!(tee.join().is_none(), "nobody else gets it");
    assert_eq!((reader.what.size_hint().lower(), reader.what.size_hint().upper()), (13, None));
    feed.end();
    assert_eq!(driver.run(), Poll::Ready(Err(Cut::Length)));
    assert_eq!(outcome(&mut reader), ("four and more".to_owned(), "end".to_owned()));
}

#[test]
fn what_the_response_says_of_the_length_counts() {
    for (said, kept) in [(3, Err(Cut::Length)), (4, Ok(Bytes::from("four"))), (5, Err(Cut::Length))] {
        let feed = Feed::default();
        let (tee, driver) = Tee::with_length(feed.source(), SizeHint::with_exact(said), 100);
        feed.data("four");
        feed.end();
        let (mut reader, mut driver): (_, Driver) = (join(&tee), Hand::new(Box::pin(driver)));
        assert_eq!(driver.run(), Poll::Ready(kept));
        assert!(matches!(reader.read(), (read, Some(end)) if read == b"four" && end.is_ok() == (said < 5)));
    }
}

#[test]
fn trailers_are_passed_on_and_such_a_page_is_not_kept() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut readers = [join(&tee), join(&tee)];
    let trailers = HeaderMap::from_iter([(http::header::ETAG, HeaderValue::from_static("\"sum\""))]);
    feed.data("page");
    feed.give(Some(Ok(Frame::trailers(trailers.clone()))));
    assert_eq!(driver.run(), Poll::Ready(Err(Cut::Trailers)));
    for reader in &mut readers {
        assert!(matches!(reader.poll(), Poll::Ready(Some(Ok(frame))) if frame.is_data()));
        assert!(!reader.what.is_end_stream() && reader.what.size_hint().exact().is_none());
        let Poll::Ready(Some(Ok(last))) = reader.poll() else { panic!("trailers") };
        assert_eq!(last.trailers_ref(), Some(&trailers));
        assert!(matches!(reader.poll(), Poll::Ready(None)) && reader.what.is_end_stream());
    }
    assert!(tee.join().is_none());
}

#[test]
fn a_driver_that_is_dropped_leaves_nobody_hanging() {
    for polls in 0..2 {
        let feed = Feed::default();
        let (tee, mut driver) = by_hand(feed.source(), 100);
        let mut reader = join(&tee);
        assert!(reader.poll().is_pending());
        for _ in 0..polls {
            assert!(driver.run().is_pending());
        }
        drop(driver);
        assert_eq!(reader.bell.rings(), 1);
        assert!(!reader.what.is_end_stream());
        let dropped = "the body of the response was dropped by what made it";
        assert_eq!(outcome(&mut reader), (String::new(), dropped.to_owned()));
        assert!(tee.join().is_none() && feed.fed().is_dropped);
    }
}

struct Panics;

impl Body for Panics {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Polled {
        panic!("a template without its context")
    }
}

#[test]
fn a_body_that_panics_leaves_nobody_hanging() {
    let (tee, mut driver) = by_hand(Panics, 100);
    let mut reader = join(&tee);
    assert!(reader.poll().is_pending());
    catch_unwind(AssertUnwindSafe(|| driver.poll())).expect_err("it panics");
    assert_eq!(reader.bell.rings(), 1, "the future's own unwinding ends it");
    drop(driver);
    assert!(matches!(reader.read().1, Some(Err(_))));
}
