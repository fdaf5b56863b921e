//! What readers get, and the whole.

use std::cell::Cell;

use super::*;

#[test]
fn the_first_byte_is_there_as_soon_as_the_body_yields_it() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut reader = join(&tee);
    feed.data("first");
    assert!(driver.run().is_pending());
    assert_eq!(reader.text(), "first");
    assert!(!reader.what.is_end_stream());
}

#[test]
fn a_body_that_is_always_ready_gives_way_after_each_frame() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut reader = join(&tee);
    feed.data("first");
    feed.data("second");
    assert!(driver.poll().is_pending());
    assert_eq!((reader.text().as_str(), feed.fed().polls), ("first", 1));
    assert_eq!(driver.bell.rings(), 1);
}

#[test]
fn readers_get_the_same_from_the_beginning_whenever_they_joined() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut readers = vec![join(&tee)];
    for text in ["one ", "two ", "three"] {
        feed.data(text);
        assert!(driver.run().is_pending());
        readers.push(join(&tee));
    }
    feed.end();
    assert_eq!(driver.run(), Poll::Ready(Ok(Bytes::from("one two three"))));
    readers.push(join(&tee));
    for reader in &mut readers {
        let (read, end) = reader.read();
        assert_eq!(read, b"one two three");
        assert!(matches!(end, Some(Ok(()))));
    }
}

#[test]
fn a_single_frame_becomes_the_whole_and_is_not_copied() {
    let page = Bytes::from(vec![b'x'; 1000]);
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 1000);
    let mut reader = join(&tee);
    feed.data(page.clone());
    feed.data("");
    feed.end();
    let Poll::Ready(Ok(whole)) = driver.run() else { panic!("it has ended") };
    assert_eq!((whole.as_ptr(), whole.len()), (page.as_ptr(), 1000));
    let Poll::Ready(Some(Ok(frame))) = reader.poll() else { panic!("a frame") };
    assert_eq!(frame.data_ref().map(|data| data.as_ptr()), Some(page.as_ptr()));
}

#[test]
fn several_frames_become_one_of_just_their_size() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    for text in ["one ", "two ", "three"] {
        feed.data(text);
    }
    feed.end();
    let Poll::Ready(Ok(whole)) = driver.run() else { panic!("it has ended") };
    drop((driver, tee));
    let whole = whole.try_into_mut().expect("nobody else has it");
    assert_eq!((&*whole, whole.capacity()), (&b"one two three"[..], 13));
}

#[test]
fn an_empty_body_is_one() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 0);
    let mut reader = join(&tee);
    feed.end();
    assert_eq!(driver.run(), Poll::Ready(Ok(Bytes::new())));
    assert!(reader.what.is_end_stream());
    assert!(matches!(reader.poll(), Poll::Ready(None)));
}

#[test]
fn what_is_left_is_known_where_it_was_said_and_at_the_end() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(Source(feed.clone(), SizeHint::with_exact(8)), 100);
    let mut reader = join(&tee);
    assert_eq!(reader.what.size_hint().exact(), Some(8));
    feed.data("four");
    assert!(driver.run().is_pending());
    assert_eq!(reader.what.size_hint().exact(), Some(8));
    assert_eq!(reader.text(), "four");
    assert_eq!(reader.what.size_hint().exact(), Some(4));

    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut reader = join(&tee);
    feed.data("four");
    assert!(driver.run().is_pending());
    assert_eq!((reader.what.size_hint().lower(), reader.what.size_hint().upper()), (4, None));
    assert_eq!(reader.text(), "four");
    assert_eq!((reader.what.size_hint().lower(), reader.what.size_hint().upper()), (0, None));
    feed.end();
    assert!(driver.run().is_ready());
    assert_eq!((reader.what.size_hint().exact(), reader.what.is_end_stream()), (Some(0), true));
    assert_eq!(join(&tee).what.size_hint().exact(), Some(4));
}

/// Has a `Cell`, so that it cannot be shared between threads.
struct Alone(Cell<bool>);

impl Body for Alone {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>> {
        Poll::Ready(self.0.replace(false).then(|| Ok(Frame::data(Bytes::from("alone")))))
    }
}

fn is_send_and_sync<T: Send + Sync>(what: T) -> T {
    what
}

#[test]
fn a_body_that_is_not_sync_can_be_read() {
    let (tee, mut driver) = by_hand(Alone(Cell::new(true)), 100);
    assert_eq!(driver.run(), Poll::Ready(Ok(Bytes::from("alone"))));
    assert_eq!(is_send_and_sync(join(&tee)).text(), "alone");
}
