//! What is put around the store of a cache, and in which order.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::Settings;
use crate::backend::ErasedBackend;
#[cfg(feature = "compression")]
use crate::backend::layer::Compression;
use crate::backend::layer::{Breaker, Effect, Layer, Means, Owing, Retry, Timeout};
#[cfg(feature = "encryption")]
use crate::backend::layer::{Sealed, Secret};
use crate::error::Error;

/// The layers of one cache.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    /// Next to the store, in the order written.
    own: Vec<Placed>,
    time_limit: Option<Placed>,
    retry: Option<Placed>,
    breaker: Option<Placed>,
    seal: Option<Placed>,
    compress: Option<Placed>,
}

/// A layer, and what it is called where people read what a cache comes to: never a secret.
#[derive(Clone, Debug)]
struct Placed {
    layer: Arc<dyn Layer>,
    said: Cow<'static, str>,
}

impl Placed {
    fn new(layer: impl Layer, said: impl Into<Cow<'static, str>>) -> Self {
        Self { layer: Arc::new(layer), said: said.into() }
    }

    #[cfg(feature = "encryption")]
    fn seal(word: &str, keys: usize, layer: Sealed) -> Self {
        Self::new(layer, format!("{word} ({keys} {})", if keys == 1 { "key" } else { "keys" }))
    }
}

impl Layers {
    pub(super) fn are_none(&self) -> bool {
        self.inside_out().next().is_none()
    }

    /// Returns all layers, that next to the store first: each try has its time, a call with all its tries is one for the
    /// breaker, and what is sealed was compressed before.
    fn inside_out(&self) -> impl Iterator<Item = &Placed> {
        self.own
            .iter()
            .chain(&self.time_limit)
            .chain(&self.retry)
            .chain(&self.breaker)
            .chain(&self.seal)
            .chain(&self.compress)
    }

    /// Returns what people call them, that next to the store first.
    pub(super) fn said(&self) -> impl Iterator<Item = &str> {
        self.inside_out().map(|placed| &*placed.said)
    }

    /// Puts all layers around a store.
    pub(super) fn around(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        let effects: Vec<_> = self.inside_out().map(|placed| placed.layer.effect()).collect();
        let compresses = effects.iter().position(|effect| *effect == Effect::Compresses);
        let seals = effects.iter().rposition(|effect| *effect == Effect::Seals);
        if compresses.zip(seals).is_some_and(|(compresses, seals)| compresses < seals) {
            let sentence = "what is sealed does not get smaller: compression has to be outside of the seal, so write that \
                            layer first and compression after it";
            return Err(Error::configuration(sentence));
        }
        let store = self.inside_out().try_fold(store, |store, placed| placed.layer.wrap(store, means))?;
        Ok(Arc::new(Owing::new(store, means.clock().clone())))
    }
}

/// What goes around a store outside the process: for caches in memory, and those that keep nothing, these are errors.
///
/// Layers of one's own are next to the store, in the order written. Those that have a word of their own have a place of their
/// own too, whatever the order: from the store outwards `time_limit`, `retry`, `breaker`, `encrypt` or `sign`, `compress`.
impl Settings {
    /// Puts a layer around the store, and around the layers written before it: the first is next to the store.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::backend::{Memory, layer::Timeout};
    /// use larder::{Settings, clock::Clock, testing};
    ///
    /// let limit = Timeout::after(Duration::from_millis(100));
    /// let outside = Settings::backend(Memory::new(Clock::manual())).layer(limit);
    /// assert!(testing::isolated_with([("default", outside)]).is_ok());
    /// let error = testing::isolated_with([("default", Settings::memory().layer(limit))]).unwrap_err();
    /// assert!(error.to_string().contains("outside the process"), "{error}");
    /// ```
    #[must_use]
    pub fn layer(mut self, layer: impl Layer) -> Self {
        self.layers.own.push(Placed::new(layer, "a layer of your own"));
        self
    }

    /// Gives each call of the store so much time: see [`Timeout`].
    #[must_use]
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.layers.time_limit = Some(Placed::new(Timeout::after(time), format!("store_timeout {time:?}")));
        self
    }

    /// Asks the store up to so many times again, where that is safe: see [`Retry`].
    #[must_use]
    pub fn retry(mut self, times: u32) -> Self {
        self.layers.retry = Some(Placed::new(Retry::times(times), format!("retry {times}")));
        self
    }

    /// Leaves the store alone for a while when it keeps failing: see [`Breaker`].
    #[must_use]
    pub fn breaker(mut self, breaker: Breaker) -> Self {
        let said = breaker.said();
        self.layers.breaker = Some(Placed::new(breaker, said));
        self
    }

    /// Writes values from so many bytes on in fewer: see [`Compression`].
    #[cfg(feature = "compression")]
    #[must_use]
    pub fn compress(mut self, threshold: usize) -> Self {
        let said = format!("compress from {threshold} bytes");
        self.layers.compress = Some(Placed::new(Compression::over(threshold), said));
        self
    }

    /// Encrypts values and seals entries; the first key writes, all read: see [`Sealed`].
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn encrypt(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        let secrets: Vec<_> = secrets.into_iter().collect();
        self.layers.seal = Some(Placed::seal("encrypt", secrets.len(), Sealed::encrypt(secrets)));
        self
    }

    /// Seals entries, whose values stay readable; the first key writes, all read: see [`Sealed`].
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn sign(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        let secrets: Vec<_> = secrets.into_iter().collect();
        self.layers.seal = Some(Placed::seal("sign", secrets.len(), Sealed::sign(secrets)));
        self
    }
}
