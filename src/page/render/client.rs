//! Who is answered with a page that is made, and with what.

use std::any::Any;

use http::Response;
use tokio::sync::oneshot;

use crate::page::body::PageBody;
use crate::page::driven::{Driven, Driver, Own};

/// What becomes of a request whose page is made.
pub(in crate::page) enum Outcome<R, E> {
    Answer(Response<PageBody<R>>),
    Failed(E),
    /// The handler panicked; so does whoever asked.
    Panicked(Box<dyn Any + Send>),
}

/// Who is answered; nobody, where a page is made anew behind an answer.
pub(in crate::page) struct Client<R, E>(Option<oneshot::Sender<Outcome<R, E>>>);

impl<R, E> Outcome<R, E> {
    /// Waits for what becomes of a request, and drives the task that makes the page, where nobody else does.
    pub(in crate::page) async fn of(driver: Driver, own: Own, told: oneshot::Receiver<Self>) -> Self {
        match Driven::new(driver, own, told).await {
            (Ok(Self::Answer(response)), own) => Self::Answer(response.map(|body| body.driven(own))),
            (Ok(other), _) => other,
            (Err(_), _) => panic!("the runtime ended while a page was being made"),
        }
    }
}

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
