//! Entries in a store that takes bytes: not built yet, and every way there says so.
#![allow(clippy::unused_async, reason = "a store outside is asked without blocking")]

use super::{Cache, Load};
use crate::backend::ErasedBackend;
use crate::error::{Error, Kind};
use crate::flight::{Leader, Token};
use crate::key::Name;
use crate::policy::{Options, Ttl};
use crate::record::Times;
use crate::value::Keep;

fn not_built() -> Error {
    Error::new(Kind::Unsupported, "stores outside the process are not built yet")
}

impl<V, E> Load<V, E> {
    /// Looks into the store for all who wait, and hands the leader back where it holds nothing fresh.
    pub(crate) async fn fetch(&mut self, leader: Leader) -> Result<Result<V, E>, Leader> {
        Err(leader)
    }

    pub(crate) async fn send(&self, _: &dyn ErasedBackend, _: &Token, _: Times, _: Option<&[u8]>) {
        self.asker.trouble(&not_built());
    }
}

impl Cache {
    pub(crate) async fn fetch_value<V>(&self, _: &dyn ErasedBackend, _: &Name, _: Keep<V>) -> Result<Option<V>, Error> {
        Err(not_built())
    }

    pub(crate) async fn send_value<V>(
        &self,
        _: &dyn ErasedBackend,
        _: &Name,
        _: &V,
        _: Keep<V>,
        _: Options,
    ) -> Result<(), Error> {
        Err(not_built())
    }

    pub(crate) async fn add_value<V>(
        &self,
        _: &dyn ErasedBackend,
        _: &Name,
        _: &V,
        _: Keep<V>,
        _: Options,
    ) -> Result<bool, Error> {
        Err(not_built())
    }

    pub(crate) async fn remove_outside(&self, _: &dyn ErasedBackend, _: &Name) -> Result<bool, Error> {
        Err(not_built())
    }

    pub(crate) async fn touch_outside(&self, _: &dyn ErasedBackend, _: &Name, _: Ttl) -> Result<bool, Error> {
        Err(not_built())
    }

    pub(crate) async fn ttl_outside(&self, _: &dyn ErasedBackend, _: &Name) -> Result<Option<Ttl>, Error> {
        Err(not_built())
    }

    pub(crate) async fn clear_outside(&self, _: &dyn ErasedBackend, _: &str) -> Result<(), Error> {
        Err(not_built())
    }

    pub(crate) async fn clear_store_outside(&self, _: &dyn ErasedBackend) -> Result<(), Error> {
        Err(not_built())
    }
}
