//! Who is answered with a page that is made, and with what.

use std::any::Any;

use http::Response;
use tokio::sync::oneshot;

use crate::page::body::PageBody;

/// What becomes of a request whose page is made.
pub(in crate::page) enum Outcome<R, E> {
    Answer(Response<PageBody<R>>),
    Failed(E),
    /// The handler panicked; so does whoever asked.
    Panicked(Box<dyn Any + Send>),
}

/// Who is answered; nobody, where a page is made anew behind an answer.
pub(in crate::page) struct Client<R, E>(Option<oneshot::Sender<Outcome<R, E>>>);

impl<R, E> Client<R, E> {
    pub(in crate::page) fn new(sender: oneshot::Sender<Outcome<R, E>>) -> Self {
        Self(Some(sender))
    }

    pub(in crate::page) fn nobody() -> Self {
        Self(None)
    }

    /// Tells the client, who may have left.
    pub(in crate::page) fn tell(self, outcome: Outcome<R, E>) {
        if let Some(sender) = self.0 {
            drop(sender.send(outcome));
        }
    }
}
