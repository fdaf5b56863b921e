//! The panel as a service of tower, which axum nests.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tower_service::Service;

use super::desk::{self, MOST};
use super::mount::Panel;

/// What the panel answers with: all of it is there at once.
#[derive(Clone, Debug)]
pub struct PanelBody(Option<Bytes>);

impl Body for PanelBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

impl<B> Service<Request<B>> for Panel
where
    B: Body<Data: Send> + Send + 'static,
{
    type Response = Response<PanelBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let panel = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let answer = if panel.lets_in(&parts).await {
                panel.answer(&parts, parts.uri.path(), read(body).await).await
            } else {
                desk::stranger()
            };
            Ok(answer.map(|bytes| PanelBody(Some(bytes).filter(|bytes| !bytes.is_empty()))))
        })
    }
}

/// Reads what was sent, unless it is too much.
async fn read<B: Body>(body: B) -> desk::Body {
    let mut body = pin!(body);
    let mut all = BytesMut::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        if let Ok(data) = frame.map_err(|_| desk::broken())?.into_data() {
            if all.len() + data.remaining() > MOST {
                return Err(desk::too_much());
            }
            // What is in several pieces is put together.
            bytes::BufMut::put(&mut all, data);
        }
    }
    Ok(all.freeze())
}
