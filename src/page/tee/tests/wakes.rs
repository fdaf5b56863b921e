//! Who is woken, and that nobody is for nothing.

use super::*;

#[test]
fn each_frame_and_the_end_wake_those_who_wait_once() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let (mut waits, mut is_behind) = (join(&tee), join(&tee));
    for text in ["one", "two"] {
        assert!(waits.poll().is_pending());
        assert!(waits.poll().is_pending());
        feed.data(text);
        assert!(driver.run().is_pending());
        assert_eq!((waits.bell.rings(), is_behind.bell.rings()), (1, 0));
        assert_eq!(waits.text(), text);
    }
    assert_eq!(is_behind.text(), "onetwo");
    feed.end();
    assert!(driver.run().is_ready());
    assert_eq!((waits.bell.rings(), is_behind.bell.rings()), (1, 1));
}

#[test]
fn a_driver_that_waits_for_its_body_is_not_woken_by_readers() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 5);
    let mut readers = [join(&tee), join(&tee)];
    feed.data("more than five");
    assert!(driver.run().is_pending());
    assert_eq!((feed.fed().polls, readers[0].text().as_str()), (1, "more than five"), "it waits for room");
    assert_eq!(driver.bell.rings(), 0);
    assert_eq!(readers[1].text(), "more than five");
    assert_eq!(driver.bell.rings(), 1);
    feed.data("x");
    assert!(driver.run().is_pending());
    assert_eq!(feed.fed().polls, 3, "it waits for the body");
    assert_eq!((readers[0].text().as_str(), readers[1].text().as_str()), ("x", "x"));
    assert_eq!(driver.bell.rings(), 0);
}

#[test]
fn the_slowest_reader_wakes_the_driver_when_it_leaves() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 5);
    let (mut fast, slow) = (join(&tee), join(&tee));
    feed.data("more than five");
    feed.data(" and more");
    assert!(driver.run().is_pending());
    assert_eq!(fast.text(), "more than five");
    assert_eq!((driver.bell.rings(), feed.fed().polls), (0, 1));
    drop(slow);
    assert_eq!(driver.bell.rings(), 1);
    assert!(driver.run().is_pending());
    assert_eq!(fast.text(), " and more");
}

#[test]
fn a_reader_that_leaves_while_it_waits_is_forgotten() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut reader = join(&tee);
    assert!(reader.poll().is_pending());
    let bell = Arc::clone(&reader.bell);
    drop(reader);
    assert_eq!(Arc::strong_count(&bell), 1, "its waker is gone");
    feed.data("one");
    assert!(driver.run().is_pending());
    assert_eq!(bell.rings(), 0);
}

#[test]
fn an_ended_body_holds_no_waker_of_its_driver() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    assert!(driver.run().is_pending());
    feed.end();
    assert!(driver.run().is_ready());
    let Hand { what, bell } = driver;
    drop((what, feed));
    assert_eq!(Arc::strong_count(&bell), 1);
    assert!(tee.join().is_some());
}

/// A waker that reads on as soon as it is woken, and is the last to hold another reader: as some runtimes do.
struct Eager(Mutex<Option<Hand<Reader>>>, Mutex<Vec<u8>>);

impl Wake for Eager {
    fn wake(self: Arc<Self>) {
        let reader = self.0.lock().expect("no panic").take();
        let mut read = self.1.lock().expect("no panic");
        read.extend(reader.into_iter().flat_map(|mut reader| reader.read().0));
    }
}

#[test]
fn a_waker_may_read_and_leave_while_it_is_woken() {
    let feed = Feed::default();
    let (tee, mut driver) = by_hand(feed.source(), 100);
    let mut reader = tee.join().expect("one can join");
    let eager = Arc::new(Eager(Mutex::new(Some(join(&tee))), Mutex::default()));
    let waker = Waker::from(Arc::clone(&eager));
    assert!(Pin::new(&mut reader).poll_frame(&mut Context::from_waker(&waker)).is_pending());
    feed.data("one");
    assert!(driver.run().is_pending());
    assert_eq!(*eager.1.lock().expect("no panic"), b"one");
}

#[test]
fn a_waker_that_is_replaced_may_be_the_last_to_hold_a_reader() {
    let feed = Feed::default();
    let (tee, _driver) = by_hand(feed.source(), 100);
    let mut reader = tee.join().expect("one can join");
    let waker = Waker::from(Arc::new(Eager(Mutex::new(Some(join(&tee))), Mutex::default())));
    assert!(Pin::new(&mut reader).poll_frame(&mut Context::from_waker(&waker)).is_pending());
    drop(waker);
    assert!(Pin::new(&mut reader).poll_frame(&mut Context::from_waker(Waker::noop())).is_pending());
}
