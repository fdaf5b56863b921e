//! A store under layers is a store, and holds what every store holds.

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::conformance::{Suite, check};
use cache_core::backend::layer::{Breaker, Layer, Means, Owing, Retry, Timeout};
use cache_core::backend::{Capabilities, ErasedBackend, Memory};
use cache_core::clock::Clock;
use cache_core::executor::NoExecutor;

use crate::store::Claiming;

fn means(clock: &Clock) -> Means {
    Means::new(clock.clone(), Arc::new(NoExecutor))
}

/// Checks a store in memory with these layers around it, innermost first.
fn holds(layers: &[&dyn Layer]) {
    let clock = Clock::manual();
    let memory: Arc<dyn ErasedBackend> = Arc::new(Memory::new(clock.clone()));
    let store = layers.iter().fold(memory, |store, layer| layer.wrap(store, &means(&clock)).expect("it can work"));
    let store = Owing::new(store, clock.clone());
    check(&store, |time| clock.advance(time));
}

fn breaker() -> Breaker {
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

#[cfg(feature = "compression")]
#[test]
fn a_store_of_compressed_values_holds() {
    holds(&[&cache_core::backend::layer::Compression::over(0)]);
}

#[cfg(feature = "encryption")]
#[test]
fn a_sealed_store_holds() {
    use cache_core::backend::layer::Sealed;
    holds(&[&Sealed::encrypt(crate::bytes::secrets(&[1]))]);
    holds(&[&Sealed::sign(crate::bytes::secrets(&[1, 2]))]);
}

#[cfg(all(feature = "compression", feature = "encryption"))]
#[test]
fn a_store_under_all_layers_together_holds() {
    use cache_core::backend::layer::{Compression, Sealed};
    let (limit, seal) = (Timeout::after(Duration::from_secs(1)), Sealed::encrypt(crate::bytes::secrets(&[1])));
    holds(&[&limit, &Retry::times(2), &breaker(), &seal, &Compression::over(0)]);
}

#[cfg(feature = "encryption")]
#[test]
fn a_seal_takes_its_part_of_the_largest_value() {
    use cache_core::backend::layer::Sealed;
    for sealed in [Sealed::encrypt(crate::bytes::secrets(&[1])), Sealed::sign(crate::bytes::secrets(&[1]))] {
        let clock = Clock::manual();
        let can = Capabilities { max_value_bytes: Some(100_000), ..Capabilities::ALL };
        let limited = Arc::new(Claiming { inner: Memory::new(clock.clone()), can });
        let store = sealed.wrap(limited, &means(&clock)).unwrap();
        let max = store.capabilities().max_value_bytes.unwrap();
        assert!((99_900..100_000).contains(&max), "{max}");
        let pass = |time| clock.advance(time);
        let report = Suite::new(&*store, &pass).run();
        assert!(report.failures.is_empty(), "{report}");
        assert!(report.held.contains(&"a value of the largest size is kept"));
    }
}
