//! How a body ends for its readers.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;

use super::Cut;
use crate::page::error::BoxError;

#[derive(Clone)]
pub(super) enum End {
    Clean,
    Trailers(HeaderMap),
    Torn(Torn),
}

/// Why a body ended before its end.
#[derive(Clone, Debug)]
pub enum Torn {
    /// Its own error, which all of its readers share.
    Broken(Arc<BoxError>),
    /// It is shorter than was said.
    Short,
    /// What made it was stopped, or panicked.
    Dropped,
}

impl End {
    pub(super) fn broken(error: impl Into<BoxError>) -> Self {
        Self::Torn(Torn::Broken(Arc::new(error.into())))
    }

    /// Returns why a body with such an end is not kept.
    pub(super) fn cut(&self) -> Option<Cut> {
        match self {
            Self::Clean => None,
            Self::Trailers(_) => Some(Cut::Trailers),
            Self::Torn(Torn::Short) => Some(Cut::Length),
            Self::Torn(Torn::Broken(_) | Torn::Dropped) => Some(Cut::Broken),
        }
    }

    /// Returns the last frame that a reader gets.
    pub(super) fn into_frame(self) -> Option<Result<Frame<Bytes>, BoxError>> {
        match self {
            Self::Clean => None,
            Self::Trailers(trailers) => Some(Ok(Frame::trailers(trailers))),
            Self::Torn(torn) => Some(Err(torn.into())),
        }
    }
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken(_) => "the body of the response broke off",
            Self::Short => "the body of the response is shorter than was said",
            Self::Dropped => "the body of the response was dropped by what made it",
        })
    }
}

impl Error for Torn {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Broken(error) => Some(&***error),
            Self::Short | Self::Dropped => None,
        }
    }
}
