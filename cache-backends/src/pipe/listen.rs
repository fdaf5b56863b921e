//! [`listen`]: a connection on which a server is only listened to.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use cache_core::error::{Error, Kind};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::backoff::delay;
use super::home::Home;
use super::talk::Talk;
use super::{Language, Limits, Message, Server};
use crate::ids::Ids;

/// What is heard on a connection that is only listened to.
#[derive(Debug)]
pub(crate) enum Heard<A> {
    /// The connection is there, and the greeting was answered.
    Ready,
    /// The server has said something.
    Said(A),
    /// The connection is not there any more.
    Lost,
    /// The server lets nobody listen who says this first, and will not another time either.
    Refused(Error),
}

/// The listening. Dropped, it ends, though something may be heard once more that has just come.
#[must_use = "it ends when this is dropped"]
pub(crate) struct Listening(#[expect(dead_code, reason = "it is there to be dropped")] oneshot::Sender<()>);

/// Listens to a server on a connection of its own, on the driver's thread, and connects again whenever it is lost. What is done
/// with what is heard is done on that thread, and is to be short.
pub(crate) fn listen<L: Language>(
    server: Server,
    language: L,
    limits: Limits,
    mut heard: impl FnMut(Heard<L::Answer>) + Send + 'static,
) -> Listening {
    let (listening, mut ended) = oneshot::channel();
    Home::driver().run(async move {
        let mut hear = pin!(hear(&server, &language, limits, &mut heard));
        poll_fn(|context| match pin!(&mut ended).poll(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => hear.as_mut().poll(context),
        })
        .await;
    });
    Listening(listening)
}

async fn hear<L: Language>(server: &Server, language: &L, limits: Limits, heard: &mut impl FnMut(Heard<L::Answer>)) {
    let (ids, mut failures) = (Ids::default(), 0);
    loop {
        match Talk::open(server, language, limits).await {
            Ok(greeted) => {
                failures = 0;
                heard(Heard::Ready);
                greeted.pushes.into_iter().for_each(|push| heard(Heard::Said(push)));
                let mut talk = greeted.talk;
                while let Ok(Message::Answer(said) | Message::Push(said)) = talk.next().await {
                    heard(Heard::Said(said));
                }
                heard(Heard::Lost);
            }
            Err(error) => {
                log::debug!(target: "larder", "nothing is heard: {error}");
                if error.kind() == Kind::Configuration {
                    heard(Heard::Refused(error));
                }
            }
        }
        sleep(delay(failures, ids.draw())).await;
        failures = failures.saturating_add(1);
    }
}
