//! Many names on one server: all in one go, and in a few where they are very many.

use cache_core::backend::Entry;
use cache_core::error::Error;
use cache_core::key::Name;

use super::answer::{Answer, Refusal, Said};
use super::entry;
use super::fleet::Share;
use super::moment::Moment;
use super::node::Node;
use super::request::{self, Only};

/// So many names go out together at most; or fewer, with so many bytes.
const NAMES: usize = 2_000;
const BYTES: usize = 1 << 20;

pub(super) async fn get(share: &Share<'_>, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let mut values = Vec::with_capacity(share.places.len());
    for places in share.places.chunks(NAMES) {
        let ask = |out: &mut Vec<u8>| places.iter().for_each(|at| request::get(out, &names[*at], "v"));
        for answer in share.node.ask_many(places.len(), ask).await? {
            values.push(entry::value(share.node, answer.said)?);
        }
    }
    Ok(values)
}

pub(super) async fn delete(share: &Share<'_>, names: &[Name]) -> Result<u64, Error> {
    let mut removed = 0;
    for places in share.places.chunks(NAMES) {
        let ask = |out: &mut Vec<u8>| places.iter().for_each(|at| entry::look_and_delete(out, &names[*at]));
        let mut answers = share.node.ask_many(2 * places.len(), ask).await?.into_iter();
        for _ in places {
            removed += u64::from(entry::was_there(share.node, answers.by_ref().take(2))?);
        }
    }
    Ok(removed)
}

/// Keeps those that pass the check, and removes what is under the names of the others.
pub(super) async fn set(
    share: &Share<'_>,
    entries: &[Entry],
    check: &(impl Fn(&Entry) -> Result<(), Error> + Sync),
) -> Vec<Result<(), Error>> {
    let mut kept = Vec::with_capacity(share.places.len());
    let mut rest = &share.places[..];
    while !rest.is_empty() {
        let (places, behind) = rest.split_at(how_many(entries, rest));
        rest = behind;
        let ask =
            |out: &mut Vec<u8>| places.iter().for_each(|at| ask(out, &entries[*at], check(&entries[*at]).is_ok()));
        match share.node.ask_many(places.len(), ask).await {
            Ok(answers) => {
                for (at, answer) in places.iter().zip(answers) {
                    kept.push(was_kept(share.node, &entries[*at], answer, check(&entries[*at])).await);
                }
            }
            Err(error) => kept.extend(places.iter().map(|_| Err(error.clone()))),
        }
    }
    kept
}

/// Returns how many go out together.
fn how_many(entries: &[Entry], places: &[usize]) -> usize {
    let mut bytes = 0;
    let fits = |at: &&usize| {
        bytes += entries[**at].value.len();
        bytes <= BYTES
    };
    places.iter().take(NAMES).take_while(fits).count().max(1)
}

fn ask(out: &mut Vec<u8>, entry: &Entry, is_good: bool) {
    match Moment::after(entry.time).filter(|_| is_good) {
        Some(moment) => request::set(out, &entry.name, &entry.value, moment, Only::Any),
        None => request::delete(out, &entry.name, None),
    }
}

async fn was_kept(node: &Node, entry: &Entry, answer: Answer, checked: Result<(), Error>) -> Result<(), Error> {
    match answer.said {
        Said::Done(_) | Said::Nothing => checked,
        said => {
            if said == Said::Refused(Refusal::TooLarge) {
                entry::delete(node, &entry.name).await?;
            }
            Err(entry::not_kept(node, &entry.name, &entry.value, &said))
        }
    }
}
