//! Reads the body of a response once, for all who want it.

mod end;
mod reader;
mod shared;
mod state;
#[cfg(all(test, not(shuttle)))]
mod tests;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, ready};

use bytes::Bytes;
use http_body::{Body, SizeHint};

use crate::page::error::BoxError;
use end::End;
pub use end::Torn;
pub use reader::Reader;
use shared::Shared;
use state::State;

/// Hands the frames of one body to any number of readers, each of whom gets all of it from its beginning.
///
/// A driver reads the body, and runs beside the readers: none of them holds up the first byte of another. It keeps what it
/// has read, up to a limit, so that others can join, and ends with the whole body in one piece. Within the limit it goes on
/// when all readers have left. Beyond the limit nobody joins any more, what all have read is let go, and the driver waits
/// for the slowest of the readers: what is held then is never more than the limit and one frame.
///
/// What is not kept is passed on as it came. An end that must not be taken for one is an error for every reader: when the
/// body breaks off, is shorter than was said, or is not read to its end because the driver was dropped.
#[derive(Clone)]
pub struct Tee {
    shared: Arc<Shared>,
}

/// Why a body is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It is larger than the limit, or has far too many frames for its size.
    TooLarge,
    /// It ended with an error.
    Broken,
    /// It is shorter or longer than was said of it.
    Length,
    /// It ends with trailers.
    Trailers,
    /// It was not to be kept any more, and nobody reads it.
    Left,
}

impl Tee {
    /// Makes a tee and its driver, which the caller spawns. The length is what the body itself says. Whoever must not miss
    /// the body joins before the driver runs.
    #[cfg(test)]
    pub fn new<B>(body: B, limit: u64) -> (Self, impl Future<Output = Result<Bytes, Cut>> + Send + 'static)
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let said = body.size_hint();
        Self::with_length(body, said, limit)
    }

    /// Makes a tee of a body whose length was said elsewhere: in the `Content-Length` of the response.
    pub fn with_length<B>(
        body: B,
        said: SizeHint,
        limit: u64,
    ) -> (Self, impl Future<Output = Result<Bytes, Cut>> + Send + 'static)
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let shared = Arc::new(Shared::new(State::new(said, limit)));
        let unfinished = Unfinished(Arc::clone(&shared));
        (Self { shared }, drive(body, unfinished))
    }

    /// Joins those who read, from the first byte on. `None`: what is held is not the beginning any more, or the body is not
    /// good to keep. After a good end one can still join, so that nobody comes between the end and the keeping of the page.
    #[must_use]
    pub fn join(&self) -> Option<Reader> {
        Reader::join(&self.shared)
    }

    /// Returns whether one can still join.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.shared.step(|state| state.is_open())
    }
}

/// The driver's hold: whatever ends the driver early, also a panic of the body, ends it for the readers.
struct Unfinished(Arc<Shared>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.step(|state| state.end(End::Torn(Torn::Dropped)));
    }
}

async fn drive<B>(body: B, unfinished: Unfinished) -> Result<Bytes, Cut>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    let shared = &*unfinished.0;
    let mut body = pin!(body);
    loop {
        let frame = poll_fn(|context| {
            ready!(shared.step(|state| state.poll_room(context)))?;
            body.as_mut().poll_frame(context).map(Ok)
        });
        let end = match frame.await? {
            None => Some(End::Clean),
            Some(Err(error)) => Some(End::broken(error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    if !data.is_empty() {
                        shared.step(|state| state.push(data));
                    }
                    body.is_end_stream().then_some(End::Clean)
                }
                Err(frame) => Some(End::Trailers(frame.into_trailers().unwrap_or_default())),
            },
        };
        if let Some(end) = end {
            shared.step(|state| state.end(end));
            return shared.step(|state| state.whole()).map(|frames| in_one_piece(&frames));
        }
        give_way().await;
    }
}

/// Returns a single frame itself, and of several a copy without a byte to spare.
fn in_one_piece(frames: &[Bytes]) -> Bytes {
    match frames {
        [] => Bytes::new(),
        [one] => one.clone(),
        _ => frames.concat().into(),
    }
}

/// Lets the readers have what came before the body is asked for more: a body that is always ready, and takes its time for
/// each frame, would else hold up its first byte where one thread runs all of them.
async fn give_way() {
    let mut has_given = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_given, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
