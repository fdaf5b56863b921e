//! [`listen`]: a connection on which a server is only listened to.
//!
//! On a connection that is dead nothing is said, and on one that is well nothing either where nothing happens. So the server is
//! asked for a sign of life, half of the time that an answer may take after the last such question, and the connection is
//! lost where the answer takes the other half. What a server said before it answered has come before the answer: so nobody takes
//! for true for longer than that time what the server has told to be otherwise.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use cache_core::error::{Error, Kind};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::backoff::delay;
use super::fault::Fault;
use super::home::Home;
use super::talk::Talk;
use super::{Garbled, Language, Limits, Message, Server};
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
                let since = Instant::now();
                heard(Heard::Ready);
                greeted.pushes.into_iter().for_each(|push| heard(Heard::Said(push)));
                let fault = attend(greeted.talk, language, limits, heard).await;
                heard(Heard::Lost);
                // Where each connection ends as soon as it is there, the server is left alone longer and longer.
                if since.elapsed() >= limits.timeout {
                    failures = 0;
                }
                log::debug!(target: "larder", "nothing is heard any more: {}", fault.of(server));
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

/// Hears what is said until the connection is lost, and returns why it is.
async fn attend<L: Language>(
    mut talk: Talk<L>,
    language: &L,
    limits: Limits,
    heard: &mut impl FnMut(Heard<L::Answer>),
) -> Fault {
    let (half, mut question) = (limits.timeout / 2, Vec::new());
    language.ask_for_life(&mut question);
    let mut asked = Instant::now();
    loop {
        // What has come is read before a clock is believed: it may have waited for this thread to have its turn.
        match timeout_at(asked + half, hear_pushes(&mut talk, heard)).await {
            Err(_) => asked = Instant::now(),
            Ok(Ok(())) => return Fault::Garbled(Garbled("it answers what nobody has asked")),
            Ok(Err(fault)) => return fault,
        }
        let answered = async {
            talk.send(&question).await.map_err(Fault::lost)?;
            hear_pushes(&mut talk, heard).await
        };
        match timeout(half, answered).await {
            Err(_) => return Fault::Late(half),
            Ok(Ok(())) => {}
            Ok(Err(fault)) => return fault,
        }
    }
}

/// Hears what is said until an answer comes.
async fn hear_pushes<L: Language>(talk: &mut Talk<L>, heard: &mut impl FnMut(Heard<L::Answer>)) -> Result<(), Fault> {
    while let Message::Push(said) = talk.next().await? {
        heard(Heard::Said(said));
    }
    Ok(())
}
