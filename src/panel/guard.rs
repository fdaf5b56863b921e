//! Who may look.

use std::future::Future;
use std::pin::Pin;

use http::request::Parts;

type Answer = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Decides for each request, by its head.
pub(super) enum Guard {
    Now(Box<dyn Fn(&Parts) -> bool + Send + Sync>),
    Later(Box<dyn Fn(Parts) -> Answer + Send + Sync>),
}

impl Guard {
    pub(super) async fn lets_in(&self, request: &Parts) -> bool {
        match self {
            Self::Now(guard) => guard(request),
            Self::Later(guard) => guard(request.clone()).await,
        }
    }
}
