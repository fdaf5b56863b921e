//! What is done with one entry, whatever is under its name.

use std::time::Duration;

use cache_core::backend::Remaining;
use cache_core::error::Error;
use cache_core::key::Name;

use super::answer::{Answer, Flags, Refusal, Said};
use super::error;
use super::moment::Moment;
use super::node::Node;
use super::request::{self, Only};

pub(super) async fn get(node: &Node, name: &Name) -> Result<Option<Vec<u8>>, Error> {
    value(node, node.ask(|out| request::get(out, name, "v")).await?)
}

/// Returns the value that was asked for, where it is one.
pub(super) fn value(node: &Node, said: Said) -> Result<Option<Vec<u8>>, Error> {
    match said {
        Said::Value(value, flags) => Ok((!flags.is_lease(value.len() as u64)).then_some(value)),
        Said::Nothing => Ok(None),
        other => Err(node.unexpected(&other)),
    }
}

/// Keeps bytes until this moment; where there is none, removes what is there.
pub(super) async fn set(node: &Node, name: &Name, value: &[u8], moment: Option<Moment>) -> Result<(), Error> {
    let Some(moment) = moment else { return delete(node, name).await.map(drop) };
    match node.ask(|out| request::set(out, name, value, moment, Only::Any)).await? {
        Said::Done(_) => Ok(()),
        other => {
            if other == Said::Refused(Refusal::TooLarge) {
                delete(node, name).await?;
            }
            Err(not_kept(node, name, value, &other))
        }
    }
}

/// Says why a value is not kept.
pub(super) fn not_kept(node: &Node, name: &Name, value: &[u8], said: &Said) -> Error {
    match said {
        Said::Refused(Refusal::TooLarge) => error::takes_less(node.server(), name, value.len()),
        other => node.unexpected(other),
    }
}

pub(super) async fn delete(node: &Node, name: &Name) -> Result<bool, Error> {
    was_there(node, node.ask_many(2, |out| look_and_delete(out, name)).await?)
}

/// Asks whether there is more than a lease, and removes what there is: a server says of both that it was removed. Who comes in
/// between loses what it wrote, as if it had come before, and is not counted.
pub(super) fn look_and_delete(out: &mut Vec<u8>, name: &Name) {
    request::get(out, name, "s");
    request::delete(out, name, None);
}

/// Reads both answers.
pub(super) fn was_there(node: &Node, answers: impl IntoIterator<Item = Answer>) -> Result<bool, Error> {
    let mut said = answers.into_iter().map(|answer| answer.said);
    let looked = said.next().map_or(Ok(None), |said| found(node, said))?;
    match said.next() {
        Some(Said::Done(_)) => Ok(looked.is_some()),
        Some(Said::Nothing) => Ok(false),
        other => Err(node.unexpected(&other.unwrap_or(Said::Nothing))),
    }
}

/// Returns what was asked for beside a value, where there is one.
pub(super) fn found(node: &Node, said: Said) -> Result<Option<Flags>, Error> {
    match said {
        Said::Done(flags) => Ok((!flags.is_lease(flags.size.unwrap_or(0))).then_some(flags)),
        Said::Nothing => Ok(None),
        other => Err(node.unexpected(&other)),
    }
}

/// Gives what is there another time; where that is none, removes it.
pub(super) async fn touch(node: &Node, name: &Name, moment: Option<Moment>) -> Result<bool, Error> {
    let Some(moment) = moment else { return delete(node, name).await };
    // It is looked first. A lease that was touched could not be given its own time back: by then it may be a value with another.
    let looked = node.ask(|out| request::get(out, name, "s")).await?;
    if found(node, looked)?.is_none() {
        return Ok(false);
    }
    let touched = node.ask(|out| request::touch(out, name, moment)).await?;
    Ok(found(node, touched)?.is_some())
}

pub(super) async fn ttl(node: &Node, name: &Name) -> Result<Option<Remaining>, Error> {
    let flags = found(node, node.ask(|out| request::get(out, name, "s t")).await?)?;
    Ok(flags.map(|flags| match flags.left.map(u64::try_from) {
        Some(Ok(seconds)) => Remaining::For(Duration::from_secs(seconds)),
        Some(Err(_)) | None => Remaining::Forever,
    }))
}
