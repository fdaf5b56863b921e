//! In how many orders a model is tried.

use std::sync::Arc;

#[allow(dead_code, reason = "models of whole caches take fewer")]
/// Tries this in many orders: half of them at random, and half with few changes of turn, which finds other things.
pub fn in_many_orders(model: impl Fn() + Send + Sync + 'static) {
    in_orders(orders(), model);
}

/// Does the same with a model of whole caches, each order of which takes longer.
#[allow(dead_code, reason = "not all models are of whole caches")]
pub fn in_some_orders(model: impl Fn() + Send + Sync + 'static) {
    in_orders(orders() / 4, model);
}

fn orders() -> usize {
    std::env::var("LARDER_ORDERS").ok().map_or(4_000, |orders| orders.parse().expect("a number of orders"))
}

fn in_orders(orders: usize, model: impl Fn() + Send + Sync + 'static) {
    let model = Arc::new(model);
    let again = Arc::clone(&model);
    shuttle::check_random(move || model(), orders / 2);
    shuttle::check_pct(move || again(), orders / 2, 3);
}
