mod crowd;
mod ends;
mod limit;
mod reads;
mod wakes;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{BoxError, Cut, Reader, Tee};

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// A body that gives what a test feeds it, and waits where it was fed nothing.
#[derive(Clone, Default)]
struct Feed(Arc<Mutex<Fed>>);

#[derive(Default)]
struct Fed {
    frames: VecDeque<Option<Result<Frame<Bytes>, BoxError>>>,
    waker: Option<Waker>,
    polls: usize,
    is_dropped: bool,
}

struct Source(Feed, SizeHint);

impl Feed {
    fn fed(&self) -> MutexGuard<'_, Fed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, frame: Option<Result<Frame<Bytes>, BoxError>>) {
        let mut fed = self.fed();
        fed.frames.push_back(frame);
        let waker = fed.waker.take();
        drop(fed);
        waker.into_iter().for_each(Waker::wake);
    }

    fn data(&self, data: impl Into<Bytes>) {
        self.give(Some(Ok(Frame::data(data.into()))));
    }

    fn end(&self) {
        self.give(None);
    }

    fn source(&self) -> Source {
        Source(self.clone(), SizeHint::new())
    }
}

impl Body for Source {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let mut fed = self.0.fed();
        fed.polls += 1;
        if let Some(frame) = fed.frames.pop_front() {
            return Poll::Ready(frame);
        }
        fed.waker = Some(context.waker().clone());
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        self.1
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.0.fed().is_dropped = true;
    }
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Bell {
    /// Returns how often it was woken since the last look.
    fn rings(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Something that is polled by hand, and the bell that it rings.
struct Hand<T> {
    what: T,
    bell: Arc<Bell>,
}

type Driver = Hand<Pin<Box<dyn Future<Output = Result<Bytes, Cut>> + Send>>>;

impl<T> Hand<T> {
    fn new(what: T) -> Self {
        Self { what, bell: Arc::default() }
    }

    fn poll_by<R>(&mut self, poll: impl FnOnce(&mut T, &mut Context<'_>) -> R) -> R {
        let waker = Waker::from(Arc::clone(&self.bell));
        poll(&mut self.what, &mut Context::from_waker(&waker))
    }
}

impl Driver {
    fn poll(&mut self) -> Poll<Result<Bytes, Cut>> {
        self.poll_by(|driver, context| driver.as_mut().poll(context))
    }

    /// Polls once, and on as long as it rings.
    fn run(&mut self) -> Poll<Result<Bytes, Cut>> {
        loop {
            self.bell.rings();
            let polled = self.poll();
            if polled.is_ready() || self.bell.rings() == 0 {
                return polled;
            }
        }
    }
}

impl Hand<Reader> {
    fn poll(&mut self) -> Polled {
        self.poll_by(|reader, context| Pin::new(reader).poll_frame(context))
    }

    /// Reads all that is there, and returns how it goes on: `None` when there may be more, or else how it ends.
    fn read(&mut self) -> (Vec<u8>, Option<Result<(), BoxError>>) {
        let mut read = Vec::new();
        loop {
            match self.poll() {
                Poll::Pending => return (read, None),
                Poll::Ready(None) => return (read, Some(Ok(()))),
                Poll::Ready(Some(Err(error))) => return (read, Some(Err(error))),
                Poll::Ready(Some(Ok(frame))) => read.extend(frame.into_data().expect("no trailers here")),
            }
        }
    }

    fn text(&mut self) -> String {
        String::from_utf8(self.read().0).expect("text")
    }
}

fn by_hand<B>(body: B, limit: u64) -> (Tee, Driver)
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let (tee, driver) = Tee::new(body, limit);
    (tee, Hand::new(Box::pin(driver)))
}

fn join(tee: &Tee) -> Hand<Reader> {
    Hand::new(tee.join().expect("one can join"))
}

/// Numbers by chance, the same ones for the same seed.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}
