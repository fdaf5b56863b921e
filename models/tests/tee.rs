//! Nobody who reads a body waits for ever, in whatever order its driver, its readers and its source come to their locks.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame};
use shuttle::sync::Mutex;
use shuttle::{future, thread};

mod orders;
/// The code itself, with the locks of the model checker: what is around it has nothing to do with that.
#[allow(dead_code, unused_imports)]
#[path = "../../src/page/tee/mod.rs"]
mod tee;

/// The neighbour that it knows.
mod page {
    pub mod error {
        pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
    }
}

use orders::in_many_orders;
use page::error::BoxError;
use tee::{Cut, Reader, Tee};

/// A body that another thread feeds.
#[derive(Clone)]
struct Feed(Arc<Mutex<Fed>>);

struct Fed {
    frames: Vec<&'static str>,
    has_ended: bool,
    waker: Option<Waker>,
}

impl Feed {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Fed { frames: Vec::new(), has_ended: false, waker: None })))
    }

    fn change(&self, change: impl FnOnce(&mut Fed)) {
        let mut fed = self.0.lock().unwrap();
        change(&mut fed);
        let waker = fed.waker.take();
        drop(fed);
        waker.into_iter().for_each(Waker::wake);
    }

    fn data(&self, data: &'static str) {
        self.change(|fed| fed.frames.insert(0, data));
    }

    fn end(&self) {
        self.change(|fed| fed.has_ended = true);
    }
}

impl Body for Feed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut fed = self.0.lock().unwrap();
        match fed.frames.pop() {
            Some(data) => Poll::Ready(Some(Ok(Frame::data(data.into())))),
            None if fed.has_ended => Poll::Ready(None),
            None => {
                fed.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Reads so many frames, or all, and leaves.
async fn read(mut reader: Reader, most: usize) -> String {
    let mut read = String::new();
    for _ in 0..most {
        match std::future::poll_fn(|context| Pin::new(&mut reader).poll_frame(context)).await {
            None => break,
            Some(frame) => read += str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap(),
        }
    }
    read
}

const ALL: usize = usize::MAX;

#[test]
fn readers_who_stay_read_all_of_what_is_kept_whenever_they_joined() {
    in_many_orders(|| {
        let feed = Feed::new();
        let (tee, driver) = Tee::new(feed.clone(), 100);
        let driver = future::spawn(driver);
        let readers = [ALL, 1, ALL].map(|most| (most, future::spawn(read(tee.join().unwrap(), most))));
        let late = thread::spawn(move || future::block_on(read(tee.join().unwrap(), ALL)));
        ["one ", "two ", "three"].iter().for_each(|data| feed.data(data));
        feed.end();
        for (most, reader) in readers {
            assert_eq!(future::block_on(reader).unwrap(), if most == ALL { "one two three" } else { "one " });
        }
        assert_eq!(late.join().unwrap(), "one two three");
        assert_eq!(future::block_on(driver).unwrap(), Ok(Bytes::from("one two three")));
    });
}

#[test]
fn beyond_the_limit_nobody_waits_for_one_who_has_left() {
    in_many_orders(|| {
        let feed = Feed::new();
        let (tee, driver) = Tee::new(feed.clone(), 3);
        let driver = future::spawn(driver);
        let readers = [ALL, 1, 2].map(|most| (most, future::spawn(read(tee.join().unwrap(), most))));
        ["one ", "two ", "three"].iter().for_each(|data| feed.data(data));
        feed.end();
        for (most, reader) in readers {
            let text = ["one ", "one two ", "one two three"][most.min(3) - 1];
            assert_eq!(future::block_on(reader).unwrap(), text);
        }
        assert_eq!(future::block_on(driver).unwrap(), Err(Cut::TooLarge));
    });
}

#[test]
fn the_last_reader_to_leave_ends_a_body_that_never_comes() {
    in_many_orders(|| {
        let feed = Feed::new();
        let (tee, driver) = Tee::new(feed.clone(), 3);
        let driver = future::spawn(driver);
        let readers = [1, 1].map(|most| future::spawn(read(tee.join().unwrap(), most)));
        feed.data("one ");
        for reader in readers {
            assert_eq!(future::block_on(reader).unwrap(), "one ");
        }
        assert_eq!(future::block_on(driver).unwrap(), Err(Cut::Left));
    });
}

#[test]
fn a_driver_that_is_dropped_ends_all_who_read() {
    in_many_orders(|| {
        let (tee, driver) = Tee::new(Feed::new(), 100);
        let readers = [(); 2].map(|()| {
            let mut reader = tee.join().unwrap();
            future::spawn(std::future::poll_fn(move |context| Pin::new(&mut reader).poll_frame(context)))
        });
        thread::spawn(move || drop(driver));
        for reader in readers {
            assert!(future::block_on(reader).unwrap().is_some_and(|end| end.is_err()));
        }
    });
}
