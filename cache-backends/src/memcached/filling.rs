//! Filling in: a value is kept only where what was there when it was asked for at the source is there still.

use cache_core::backend::Ticket;
use cache_core::error::Error;
use cache_core::key::Name;

use super::answer::{Flags, Said};
use super::moment::Moment;
use super::node::Node;
use super::request::{self, Only};
use super::ticket::Stand;
use super::{LEASE, entry, error};

/// Notes the number of what is under a name. Where that is nothing a lease is put there: what is not there has no number, and
/// may be gone in many ways.
pub(super) async fn begin(node: &Node, name: &Name) -> Result<Ticket, Error> {
    let newest = node.newest();
    let answer = node.call(|out| request::lease(out, name, LEASE)).await?;
    match answer.said {
        Said::Done(Flags { cas: 0, .. }) => Err(error::no_cas(node.server())),
        Said::Done(Flags { cas, .. }) => {
            Ok(Stand { cas, server: node.number(), connection: newest.max(answer.connection) }.write())
        }
        other => Err(node.unexpected(&other)),
    }
}

/// Keeps bytes until this moment, where the name stands as it stood; without a moment, removes what is there.
pub(super) async fn end(
    node: &Node,
    name: &Name,
    value: &[u8],
    moment: Option<Moment>,
    ticket: &Ticket,
) -> Result<bool, Error> {
    let is_of_here = |stand: &Stand| stand.server == node.number() && stand.connection == node.newest();
    let Some(stand) = Stand::read(ticket).filter(is_of_here) else { return Ok(false) };
    let answer = node
        .call(|out| match moment {
            Some(moment) => request::set(out, name, value, moment, Only::Cas(stand.cas)),
            None => request::delete(out, name, Some(stand.cas)),
        })
        .await?;
    match answer.said {
        Said::Done(flags) if answer.connection > stand.connection => undo(node, name, flags.cas).await,
        Said::Done(_) => Ok(true),
        Said::Nothing | Said::Changed => Ok(false),
        other => Err(entry::not_kept(node, name, value, &other)),
    }
}

/// Takes back what was kept on a connection that was opened while it waited: the server may have been started again, and the
/// number be another's.
async fn undo(node: &Node, name: &Name, cas: u64) -> Result<bool, Error> {
    node.ask(|out| request::delete(out, name, Some(cas))).await.map(|_| false)
}
