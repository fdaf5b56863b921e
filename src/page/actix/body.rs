//! Bodies on their way: from the thread of a handler into a page, and from a page to a client.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use super::wait::{heard, while_wanted};
use crate::entry::Hearing;
use crate::page::body::PageBody;
use crate::page::error::BoxError;

/// The body of a handler's response, as it comes. It ends well only where its end was said: a handler that is gone has said
/// half a page.
pub(super) struct Piped {
    from: From,
    size: SizeHint,
}

enum From {
    Whole(Option<Bytes>),
    Handler(Handler),
    Ended,
}

/// A handler elsewhere, which makes a piece when it is asked for one.
struct Handler {
    /// With who hears what it says meanwhile.
    asks: mpsc::Sender<Option<Hearing>>,
    is_asked: bool,
    pieces: mpsc::Receiver<Piece>,
}

enum Piece {
    Data(Bytes),
    End,
    Broken(Broken),
}

/// What went wrong with a body, in its own words: its error stays on its thread.
#[derive(Debug)]
struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Broken {}

/// What is left to be sent of a body that is piped.
pub(super) struct Pump<B> {
    body: B,
    asked: mpsc::Receiver<Option<Hearing>>,
    pieces: mpsc::Sender<Piece>,
}

/// Begins to hand on a body: what is there at once needs nobody to pump it.
pub(super) fn pipe<B: MessageBody>(body: B) -> (Piped, Option<Pump<B>>) {
    let size = match body.size() {
        BodySize::None => SizeHint::with_exact(0),
        BodySize::Sized(length) => SizeHint::with_exact(length),
        BodySize::Stream => SizeHint::default(),
    };
    if body.size().is_eof() {
        return (Piped { from: From::Ended, size }, None);
    }
    match body.try_into_bytes() {
        Ok(whole) => (Piped { from: From::Whole(Some(whole)), size }, None),
        Err(body) => {
            let ((asks, asked), (sender, pieces)) = (mpsc::channel(1), mpsc::channel(1));
            let handler = Handler { asks, is_asked: false, pieces };
            (Piped { from: From::Handler(handler), size }, Some(Pump { body, asked, pieces: sender }))
        }
    }
}

impl<B: MessageBody> Pump<B> {
    /// Sends all of it, or as much as anybody wants.
    pub(super) async fn run(self) {
        let Self { body, mut asked, pieces } = self;
        let mut body = pin!(body);
        while let Some(hearing) = asked.recv().await {
            let next = poll_fn(|context| body.as_mut().poll_next(context));
            let Some(next) = while_wanted(pin!(pieces.closed()), heard(hearing.as_ref(), next)).await else { return };
            let (piece, is_last) = match next {
                Some(Ok(data)) => (Piece::Data(data), false),
                Some(Err(error)) => {
                    let error: Box<dyn Error> = error.into();
                    (Piece::Broken(Broken(error.to_string())), true)
                }
                None => (Piece::End, true),
            };
            if pieces.send(piece).await.is_err() || is_last {
                return;
            }
        }
    }
}

impl Handler {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Piece> {
        if !self.is_asked {
            // One that is gone has sent its last piece, or it has none.
            self.is_asked = self.asks.try_send(Hearing::here()).is_ok();
        }
        let piece = ready!(self.pieces.poll_recv(context));
        self.is_asked = false;
        Poll::Ready(piece.unwrap_or_else(|| Piece::Broken(Broken("its handler is gone".to_owned()))))
    }
}

impl Body for Piped {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let piece = match &mut self.from {
            From::Whole(whole) => whole.take().map_or(Piece::End, Piece::Data),
            From::Handler(handler) => ready!(handler.poll_piece(context)),
            From::Ended => return Poll::Ready(None),
        };
        Poll::Ready(match piece {
            Piece::Data(data) => Some(Ok(Frame::data(data))),
            Piece::End => {
                self.from = From::Ended;
                None
            }
            Piece::Broken(error) => {
                self.from = From::Ended;
                Some(Err(error.into()))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.from, From::Ended | From::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_end_stream() { SizeHint::with_exact(0) } else { self.size }
    }
}

/// The body of a response that went through the cache: a page that is kept, one that is being made, or what the handler
/// answered, untouched.
#[derive(Debug)]
pub struct PageStream(Sent);

#[derive(Debug)]
enum Sent {
    Page(PageBody<Piped>),
    /// A body that is not sent, of a page that has so many bytes.
    Length(u64),
    Untouched(BoxBody),
}

impl PageStream {
    /// Makes a body that answers a request of this method with this head.
    pub(super) fn new(body: PageBody<Piped>, method: &Method, headers: &HeaderMap) -> Self {
        let said = || headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
        let unsent = (*method == Method::HEAD && body.is_end_stream()).then(said).flatten();
        Self(unsent.map_or(Sent::Page(body), Sent::Length))
    }

    /// Makes a body of no bytes.
    pub(super) fn empty() -> Self {
        Self(Sent::Page(PageBody::empty()))
    }

    /// Hands on what the cache has nothing to do with.
    pub(super) fn untouched(body: BoxBody) -> Self {
        Self(Sent::Untouched(body))
    }
}

impl MessageBody for PageStream {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        match &self.0 {
            Sent::Page(page) => match page.size_hint().exact() {
                Some(length) => BodySize::Sized(length),
                None if page.is_end_stream() => BodySize::None,
                None => BodySize::Stream,
            },
            Sent::Length(length) => BodySize::Sized(*length),
            Sent::Untouched(body) => body.size(),
        }
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        match &mut self.0 {
            Sent::Page(page) => loop {
                match ready!(Pin::new(&mut *page).poll_frame(context)) {
                    Some(Ok(frame)) => {
                        // Trailers are nothing that actix could send.
                        if let Ok(data) = frame.into_data() {
                            return Poll::Ready(Some(Ok(data)));
                        }
                    }
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => return Poll::Ready(None),
                }
            },
            Sent::Length(_) => Poll::Ready(None),
            Sent::Untouched(body) => Pin::new(body).poll_next(context),
        }
    }
}
