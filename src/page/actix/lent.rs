//! A request that is lent to the engine. What makes its page stays on the thread of its worker, and the engine may go to
//! another one: they talk.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::{HttpResponse, rt};
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;
use tower_service::Service;

use super::body::{Piped, Pump, pipe};
use super::head;
use super::wait::{heard, while_wanted};
use crate::entry::Hearing;
use crate::page::render::Caught;
use crate::report::Counted;

/// The body that a request brings, which stays with the request.
pub(super) struct Brought(pub(super) bool);

impl Body for Brought {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        !self.0
    }

    fn size_hint(&self) -> SizeHint {
        if self.0 { SizeHint::default() } else { SizeHint::with_exact(0) }
    }
}

/// The service behind a page, as the engine sees it: it can be asked once.
pub(super) struct Behind(Option<oneshot::Sender<Asked>>);

/// What the engine asks the service behind a page.
pub(super) struct Asked {
    /// What it gets to see of the request.
    seen: Parts,
    /// Who hears what it says of its page.
    hearing: Option<Hearing>,
    reply: oneshot::Sender<Reply>,
}

type Reply = Result<Response<Piped>, Trouble>;

/// Why there is no response.
enum Trouble {
    /// There is an error in its place, which stays on its thread.
    Failed,
    Panicked(Box<dyn Any + Send>),
}

/// Says that there is no response, and that whoever lent the request knows why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

impl Service<Request<Brought>> for Behind {
    type Response = Response<Piped>;
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Piped>, Failed>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Brought>) -> Self::Future {
        let behind = self.0.take().expect("a request has one page, which is asked for once");
        let (seen, _) = request.into_parts();
        Box::pin(async move {
            let (reply, told) = oneshot::channel();
            // Now, and not before: whoever hears it runs this.
            let hearing = Hearing::here();
            drop(behind.send(Asked { seen, hearing, reply }));
            match told.await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(Trouble::Panicked(panic))) => resume_unwind(panic),
                // Its worker has ended.
                Ok(Err(Trouble::Failed)) | Err(_) => Err(Failed),
            }
        })
    }
}

/// What comes back of what was lent.
pub(super) enum Back<L> {
    /// Nobody asked: somebody else has made the page.
    Unused(L),
    /// What was answered, without its body.
    Answered(ServiceResponse<()>),
    Failed(actix_web::Error),
}

/// Lends a request to the engine: returns the service that makes its page, and what will come back. `serve` stays on this
/// thread, and goes on when whoever lent it leaves.
pub(super) fn lend<L, F, A, B>(lent: L, serve: F) -> (Behind, oneshot::Receiver<Back<L>>)
where
    L: 'static,
    F: FnOnce(L, Parts) -> A + 'static,
    A: Future<Output = Result<ServiceResponse<B>, actix_web::Error>> + 'static,
    B: MessageBody + 'static,
{
    let (behind, asked) = oneshot::channel();
    let (owner, back) = oneshot::channel();
    rt::spawn(async move {
        match asked.await {
            Ok(asked) => answer(asked, owner, |seen| serve(lent, seen)).await,
            Err(_) => drop(owner.send(Back::Unused(lent))),
        }
    });
    (Behind(Some(behind)), back)
}

/// Asks the service, tells both who waits for it, and sends its body after that.
async fn answer<L, A, B>(asked: Asked, owner: oneshot::Sender<Back<L>>, serve: impl FnOnce(Parts) -> A)
where
    A: Future<Output = Result<ServiceResponse<B>, actix_web::Error>>,
    B: MessageBody,
{
    let Asked { seen, hearing, mut reply } = asked;
    let counts = seen.extensions.get().cloned();
    let serving = Counted::new(counts, heard(hearing.as_ref(), async move { serve(seen).await }));
    let serving = pin!(serving);
    let Some(served) = while_wanted(pin!(reply.closed()), Caught(serving)).await else { return };
    let (back, told, pump) = match served {
        Ok(Ok(response)) => {
            let (back, told, pump) = taken_apart(response);
            (Some(Back::Answered(back)), Ok(told), pump)
        }
        Ok(Err(error)) => (Some(Back::Failed(error)), Err(Trouble::Failed), None),
        Err(panic) => (None, Err(Trouble::Panicked(panic)), None),
    };
    if let Some(back) = back {
        drop(owner.send(back));
    }
    if reply.send(told).is_ok()
        && let Some(pump) = pump
    {
        pump.run().await;
    }
}

/// Takes a response apart: what its own thread keeps, what the engine is told, and what is still to be sent.
fn taken_apart<B: MessageBody>(
    response: ServiceResponse<B>,
) -> (ServiceResponse<()>, Response<Piped>, Option<Pump<B>>) {
    let (request, response) = response.into_parts();
    let mut body = None;
    let response: HttpResponse<()> = response.map_body(|_, its| body = Some(its));
    let (piped, pump) = pipe(body.expect("every response has one"));
    let mut told = head::of_response(&response, piped);
    if let Some(failed) = response.extensions().get::<crate::page::error::Failed>() {
        told.extensions_mut().insert(*failed);
    }
    (ServiceResponse::new(request, response), told, pump)
}

impl fmt::Debug for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Behind")
    }
}
