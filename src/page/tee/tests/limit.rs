//! What is held, and what happens beyond the limit.

use super::*;

const CHUNK: usize = 16 * 1024;
const LIMIT: usize = 64 * 1024;

/// 100 MB in chunks that are counted as long as anybody has them.
struct Large {
    left: usize,
    alive: Arc<AtomicUsize>,
}

struct Counted(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

impl Body for Large {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Polled {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.alive.fetch_add(CHUNK, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(Counted(vec![7; CHUNK], Arc::clone(&self.alive)))))))
    }
}

/// Reads one frame, and returns how many bytes; `None` at the end.
fn read_one(reader: &mut Hand<Reader>) -> Option<usize> {
    match reader.poll() {
        Poll::Pending => Some(0),
        Poll::Ready(frame) => frame.map(|frame| frame.expect("no error").into_data().expect("data").len()),
    }
}

#[test]
fn the_driver_waits_for_the_slowest_and_holds_no_more_than_the_limit_and_a_chunk() {
    let alive = Arc::new(AtomicUsize::new(0));
    let chunks = 100_000_000 / CHUNK;
    let (tee, mut driver) = by_hand(Large { left: chunks, alive: Arc::clone(&alive) }, LIMIT as u64);
    let (mut fast, mut slow) = (join(&tee), join(&tee));
    let (mut by_fast, mut by_slow, mut most) = (0, 0, 0);
    let mut end = Poll::Pending;
    let mut polls = 0;
    while let Some(read) = read_one(&mut slow) {
        by_slow += read;
        if end.is_pending() {
            end = driver.run();
        }
        while let Some(read @ 1..) = read_one(&mut fast) {
            by_fast += read;
        }
        most = most.max(alive.load(Ordering::Relaxed));
        polls += 1;
        assert!(polls < 2 * chunks, "it goes on");
    }
    assert_eq!((by_fast, by_slow), (chunks * CHUNK, chunks * CHUNK));
    assert_eq!(end, Poll::Ready(Err(Cut::TooLarge)));
    assert!((LIMIT..=LIMIT + CHUNK).contains(&most), "{most}");
    assert_eq!(alive.load(Ordering::Relaxed), 0, "a tee that is kept keeps nothing of it");
    assert!(tee.join().is_none());
}

#[test]
fn a_body_of_just_the_limit_is_kept_and_one_byte_more_is_not() {
    for (last, kept) in [("5", Ok(Bytes::from("12345"))), ("56", Err(Cut::TooLarge))] {
        let feed = Feed::default();
        let (tee, mut driver) = by_hand(feed.source(), 5);
        let mut reader = join(&tee);
        feed.data("1234");
        assert!(driver.run().is_pending());
        assert!(tee.join().is_some());
        feed.data(last);
        assert!(driver.run().is_pending());
        assert_eq!(tee.join().is_some(), kept.is_ok());
        assert_eq!(reader.text(), format!("1234{last}"));
        feed.end();
        assert_eq!(driver.run(), Poll::Ready(kept));
        assert!(matches!(reader.read().1, Some(Ok(()))));
    }
}

#[test]
fn a_limit_of_nothing_passes_everything_on() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 0);
    let mut reader = join(&tee);
    for text in ["one", "two"] {
        feed.data(text);
        assert!(driver.run().is_pending());
        assert_eq!(reader.text(), text);
    }
    assert!(driver.run().is_pending());
    feed.end();
    assert_eq!(driver.run(), Poll::Ready(Err(Cut::TooLarge)));
}

#[test]
fn within_the_limit_the_driver_goes_on_without_readers() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let reader = join(&tee);
    feed.data("one ");
    assert!(driver.run().is_pending());
    drop(reader);
    assert_eq!(driver.bell.rings(), 0, "that is nothing to the driver");
    feed.data("two");
    feed.end();
    assert_eq!(driver.run(), Poll::Ready(Ok(Bytes::from("one two"))));
}

#[test]
fn beyond_the_limit_the_driver_ends_with_its_last_reader() {
    for waits_for_its_body in [false, true] {
        let feed = Feed::default();
        let (tee, mut driver) = by_hand(feed.source(), 5);
        let mut readers = [join(&tee), join(&tee)];
        feed.data("longer than five");
        assert!(driver.run().is_pending());
        if waits_for_its_body {
            assert!(readers.iter_mut().all(|reader| reader.text() == "longer than five"));
        }
        let [one, other] = readers;
        drop(one);
        assert!(driver.run().is_pending());
        assert_eq!(feed.fed().polls, 1 + usize::from(waits_for_its_body));
        drop(other);
        assert_eq!(driver.bell.rings(), 1);
        assert_eq!(driver.run(), Poll::Ready(Err(Cut::Left)));
        assert!(feed.fed().is_dropped);
        assert!(tee.join().is_none());
    }
}

#[test]
fn a_body_that_grows_beyond_the_limit_with_nobody_there_ends() {
    let feed = Feed::default();
    let (_tee, mut driver) = by_hand(feed.source(), 5);
    feed.data("longer than five");
    assert_eq!(driver.run(), Poll::Ready(Err(Cut::Left)));
}

#[test]
fn a_body_in_crumbs_is_not_kept_since_their_account_takes_more_than_they_do() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 6400);
    let mut reader = join(&tee);
    for _ in 0..3000 {
        feed.data("x");
    }
    feed.end();
    assert!(driver.run().is_pending());
    assert_eq!(feed.fed().polls, 1024 + 100 + 1, "and the driver waits then");
    let mut read = 0;
    let end = loop {
        read += reader.read().0.len();
        if let Poll::Ready(end) = driver.run() {
            break end;
        }
    };
    assert_eq!((read + reader.read().0.len(), end), (3000, Err(Cut::TooLarge)));
}
