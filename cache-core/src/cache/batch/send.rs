//! Sending what one body has returned for many into a store outside: together.

use super::round::Outcome;
use crate::backend::all;
use crate::cache::fill::Sent;
use crate::cache::home::{Home, Outside};
use crate::cache::load::Load;
use crate::cache::outside::Settling;
use crate::cache::parcel::Parcel;
use crate::codec::wire::TagVersion;
use crate::error::{Error, Kind};
use crate::flight::Token;
use crate::record::Erased;

/// What is ready to be sent.
struct Ready<'a, V, E> {
    load: &'a Load<V, E>,
    token: &'a Token,
    parcel: Parcel,
    record: &'a Erased,
}

/// Keeps what was judged worth it, wherever that is, unless its entry was invalidated since its token was taken.
/// Returns of each which versions its tags were found to have had outside.
pub(super) async fn conclude<V, E>(outcomes: &[Outcome<V, E>]) -> Vec<Vec<TagVersion>> {
    let mut found = vec![Vec::new(); outcomes.len()];
    let backend = outcomes.first().and_then(|(load, ..)| load.backend());
    match &backend {
        Some(backend) => send(backend, outcomes, &mut found).await,
        None => {
            for ((load, role, judged), found) in outcomes.iter().zip(&mut found) {
                *found = load.conclude(role.token(), judged).await;
            }
        }
    }
    found
}

async fn send<V, E>(backend: &Outside, outcomes: &[Outcome<V, E>], found: &mut [Vec<TagVersion>]) {
    let to_pack = outcomes.iter().zip(found);
    let packed = all(to_pack.map(|((load, _, judged), found)| load.packed(backend, judged, found)).collect()).await;
    let (mut ready, mut refused) = (Vec::new(), Vec::new());
    for ((load, role, _), packed) in outcomes.iter().zip(packed) {
        let (load, token) = (&**load, role.token());
        match packed.map(|(parcel, record)| (parcel.into_owned(), record)) {
            Some((Ok(parcel), record)) => ready.push(Ready { load, token, parcel, record }),
            Some((Err(error), record)) => refused.push((load, token, Err(error), record)),
            None => {}
        }
    }
    let Some(home) = outcomes.first().map(|(load, ..)| load.asker.home()) else { return };
    // What is refused is none of the many: what was there before may have to go.
    all(refused.iter().map(|(load, token, parcel, record)| load.send(backend, token, (parcel, record))).collect())
        .await;
    let _settling: Vec<_> = ready.iter().map(|ready| Settling::begin(home, &ready.load.name)).collect();
    if backend.capabilities().conditional_fill {
        send_if(backend, ready).await;
    } else {
        send_and_look_back(home, backend, ready).await;
    }
}

/// Sends where the store itself refuses what was read before a change.
async fn send_if<V, E>(backend: &Outside, ready: Vec<Ready<'_, V, E>>) {
    let (mut entries, mut sent) = (Vec::new(), Vec::new());
    for Ready { load, token, parcel, record } in ready {
        match &load.ticket {
            _ if token.redeem(|| ()).is_none() => load.tell_sent(Ok(Sent::Superseded), record),
            None => load.tell_sent(Ok(Sent::Unsent), record),
            Some(ticket) => {
                entries.push((parcel.entry(load.name.clone()), ticket.clone()));
                sent.push((load, record));
            }
        }
    }
    if entries.is_empty() {
        return;
    }
    let kept = backend.set_many_if(&entries).await;
    let came = kept.into_iter().map(|kept| kept.map(|kept| if kept { Sent::There } else { Sent::Superseded }));
    tell(sent.into_iter().zip(came).map(|((load, record), came)| (load, came, record)));
}

/// Sends, and takes out again what was invalidated on the way.
async fn send_and_look_back<V, E>(home: &Home, backend: &Outside, ready: Vec<Ready<'_, V, E>>) {
    let (mut entries, mut sent) = (Vec::new(), Vec::new());
    for Ready { load, token, parcel, record } in ready {
        let sending = home.sends.begin(load.name.as_bytes());
        if token.redeem(|| ()).is_none() {
            load.tell_sent(Ok(Sent::Superseded), record);
            continue;
        }
        entries.push(parcel.entry(load.name.clone()));
        sent.push((load, record, sending));
    }
    if entries.is_empty() {
        return;
    }
    let kept = backend.set_many(&entries).await;
    let doubtful: Vec<_> = sent.iter().filter(|(.., sending)| sending.is_doubtful()).collect();
    let doubtful: Vec<_> = doubtful.into_iter().map(|(load, ..)| load.name.clone()).collect();
    let removed = if doubtful.is_empty() { Ok(0) } else { backend.delete_many(&doubtful).await };
    tell(sent.into_iter().zip(kept).map(|((load, record, sending), kept)| {
        let is_doubtful = doubtful.contains(&load.name);
        // Where it could not be taken out, the doubt stays.
        if let (Err(error), true) = (&removed, is_doubtful) {
            return (load, Err(error.clone()), record);
        }
        sending.arrive();
        (load, kept.map(|()| if is_doubtful { Sent::Superseded } else { Sent::There }), record)
    }));
}

/// Tells what became of those that were sent in one question: where that has failed, it has failed once.
fn tell<'a, V: 'a, E: 'a>(sent: impl Iterator<Item = (&'a Load<V, E>, Result<Sent, Error>, &'a Erased)>) {
    let mut is_told = false;
    for (load, came, record) in sent {
        match came {
            Err(error) if error.kind() != Kind::TooLarge && std::mem::replace(&mut is_told, true) => {
                load.tell_refused(&error);
            }
            came => load.tell_sent(came, record),
        }
    }
}
