//! Tags that are invalidated before the source has changed for others, and once more when it has.

use std::sync::Arc;

use super::{Registry, global, isolated};
use crate::commit::{self, Again};
use crate::error::Error;
use crate::executor::{Executor, Task};
use crate::key::Key;

/// Notes that a tag is invalidated.
pub(super) fn note(tag: &Key) {
    commit::note(|| {
        let (tag, own) = (tag.clone(), isolated());
        let executor = executor(own.as_deref());
        let what = [&[0; size_of::<usize>()], tag.as_str().as_bytes()].concat();
        let task: Task = Box::pin(async move {
            // Work within work: the outer one has not ended yet.
            note(&tag);
            if let Err(error) = invalidate(own.as_deref(), &tag).await {
                log::error!(target: "larder", "the tag `{tag}` is not invalidated after the commit: {error}");
            }
        });
        (what.into(), Again { executor, task })
    });
}

pub(super) fn executor(own: Option<&Registry>) -> Arc<dyn Executor> {
    own.or_else(|| global().ok()).map_or_else(crate::executor::usual, Registry::executor)
}

async fn invalidate(own: Option<&Registry>, tag: &Key) -> Result<(), Error> {
    match own {
        Some(registry) => registry.invalidate_tag(tag).await,
        None => global()?.invalidate_tag(tag).await,
    }
}

impl Registry {
    pub(crate) fn executor(&self) -> Arc<dyn Executor> {
        Arc::clone(&self.homes.executor)
    }
}
