//! [`listen`]: a connection on which a server is only listened to.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tokio::sync::oneshot;
use tokio::time::sleep;

use super::calls::Inner;
use super::{Language, Limits, Message, Server};
use crate::driver::run_beside;

/// What is heard on a connection that is only listened to.
#[derive(Debug)]
pub(crate) enum Heard<A> {
    /// The connection is there, and the greeting was answered.
    Ready,
    /// The server has said something.
    Said(A),
    /// The connection is not there any more.
    Lost,
}

/// The listening. Dropped, it ends.
#[must_use = "it ends when this is dropped"]
pub(crate) struct Listening(oneshot::Sender<()>);

/// Listens to a server on a connection of its own, on the driver's thread, and connects again whenever it is lost.
pub(crate) fn listen<L: Language>(
    server: Server,
    language: L,
    limits: Limits,
    mut heard: impl FnMut(Heard<L::Answer>) + Send + 'static,
) -> Listening {
    let (listening, ended) = oneshot::channel();
    let inner = Inner::new(server, language, limits);
    let hear = async move {
        loop {
            if let Ok(mut talk) = inner.greeted().await {
                heard(Heard::Ready);
                while let Some(message) = talk.next().await {
                    match message {
                        Message::Answer(said) | Message::Push(said) => heard(Heard::Said(said)),
                    }
                }
                heard(Heard::Lost);
            }
            sleep(limits.timeout / 10).await;
        }
    };
    drop(run_beside(async move {
        let (mut hear, mut ended) = (pin!(hear), pin!(ended));
        poll_fn(|context| match ended.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => hear.as_mut().poll(context),
        })
        .await;
    }));
    Listening(listening)
}
