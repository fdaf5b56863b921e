//! `add`: where no more than a lease is, nothing is.

use cache_core::error::Error;
use cache_core::key::Name;

use super::answer::Said;
use super::moment::Moment;
use super::node::Node;
use super::request::{self, Only};
use super::{TRIES, entry, error};

/// What is under a name.
enum Found {
    Nothing,
    /// It has this number.
    Lease(u64),
    Entry,
}

/// Keeps bytes where nothing is, until this moment; where there is none, says whether it would.
pub(super) async fn add(node: &Node, name: &Name, value: &[u8], moment: Option<Moment>) -> Result<bool, Error> {
    for _ in 0..TRIES {
        if let Some(moment) = moment {
            match node.ask(|out| request::set(out, name, value, moment, Only::Nothing)).await? {
                Said::Done(_) => return Ok(true),
                Said::NotStored => {}
                other => return Err(entry::not_kept(node, name, value, &other)),
            }
        }
        let said = match (look(node, name).await?, moment) {
            (Found::Entry, _) => return Ok(false),
            (Found::Nothing, None) => return Ok(true),
            // It has gone meanwhile.
            (Found::Nothing, Some(_)) => continue,
            // Who holds it is not to fill it in after this.
            (Found::Lease(cas), None) => node.ask(|out| request::delete(out, name, Some(cas))).await?,
            (Found::Lease(cas), Some(moment)) => {
                node.ask(|out| request::set(out, name, value, moment, Only::Cas(cas))).await?
            }
        };
        match said {
            Said::Done(_) => return Ok(true),
            Said::Nothing | Said::Changed => {}
            other => return Err(entry::not_kept(node, name, value, &other)),
        }
    }
    Err(error::too_busy(name))
}

async fn look(node: &Node, name: &Name) -> Result<Found, Error> {
    match node.ask(|out| request::get(out, name, "s c")).await? {
        Said::Nothing => Ok(Found::Nothing),
        Said::Done(flags) if flags.is_lease(flags.size.unwrap_or(0)) => Ok(Found::Lease(flags.cas)),
        Said::Done(_) => Ok(Found::Entry),
        other => Err(node.unexpected(&other)),
    }
}
