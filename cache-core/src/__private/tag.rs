//! Tags that go, where nobody asks whether they did: the log says so.

use crate::error::Error;
use crate::key::Key;
use crate::registry::{withdraw_everywhere, withdraw_tag};

/// Invalidates a tag, or pages by their name.
pub(super) async fn invalidate(tag: &Key) {
    if let Err(error) = withdraw_everywhere(tag).await {
        complain(tag, &error);
    }
}

/// Withdraws what has a tag in this process, for which nothing is waited for; returns whether there are stores outside
/// to be told.
pub(super) fn withdraw(tag: &Key) -> bool {
    withdraw_tag(tag).unwrap_or_else(|error| {
        complain(tag, &error);
        false
    })
}

fn complain(tag: &Key, error: &Error) {
    log::error!(target: "larder", "the tag `{tag}` is not invalidated everywhere: {error}");
}
