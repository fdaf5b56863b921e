//! One who reads what a tee hands out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::shared::Shared;
use super::state::{Next, Place, State};
use crate::page::error::BoxError;

/// A body that is read from its beginning, while somebody else drives it: see [`Tee`](super::Tee).
pub struct Reader {
    shared: Arc<Shared>,
    place: Place,
    has_ended: bool,
}

impl Reader {
    pub(super) fn join(shared: &Arc<Shared>) -> Option<Self> {
        let place = shared.step(State::join)?;
        Some(Self { shared: Arc::clone(shared), place, has_ended: false })
    }
}

impl Body for Reader {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Self { shared, place, has_ended } = &mut *self;
        if *has_ended {
            return Poll::Ready(None);
        }
        let end = match ready!(shared.step(|state| state.poll_read(place, context))) {
            Next::Data(data) => return Poll::Ready(Some(Ok(Frame::data(data)))),
            Next::End(end) => end,
        };
        *has_ended = true;
        Poll::Ready(end.into_frame())
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || self.shared.step(|state| state.is_over(&self.place))
    }

    fn size_hint(&self) -> SizeHint {
        if self.has_ended {
            return SizeHint::with_exact(0);
        }
        self.shared.step(|state| state.left(&self.place))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.step(|state| state.leave(&self.place));
    }
}
