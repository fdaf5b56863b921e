//! A store under layers is a store, and holds what every store holds.

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::layer::{Breaker, Layer, Means, Owing, Retry, Timeout};
use cache_core::backend::{ErasedBackend, Memory};
use cache_core::clock::Clock;
use cache_core::executor::NoExecutor;
use cache_core::testing::conformance::check;

pub fn means(clock: &Clock) -> Means {
    Means::new(clock.clone(), Arc::new(NoExecutor))
}

/// Checks a store in memory with these layers around it, innermost first.
pub fn holds(layers: &[&dyn Layer]) {
    let clock = Clock::manual();
    let memory: Arc<dyn ErasedBackend> = Arc::new(Memory::new(clock.clone()));
    let store = layers.iter().fold(memory, |store, layer| layer.wrap(store, &means(&clock)).expect("it can work"));
    let store = Owing::new(store, clock.clone());
    check(&store, |time| clock.advance(time));
}

pub fn breaker() -> Breaker {
    Breaker::new(3, Duration::from_secs(1))
}

#[test]
fn a_store_that_is_owed_nothing_holds() {
    holds(&[]);
}

#[test]
fn a_store_with_a_time_limit_holds() {
    holds(&[&Timeout::after(Duration::from_secs(1))]);
}

#[test]
fn a_store_that_is_asked_again_holds() {
    holds(&[&Retry::times(2)]);
}

#[test]
fn a_store_behind_a_breaker_holds() {
    holds(&[&breaker()]);
}
