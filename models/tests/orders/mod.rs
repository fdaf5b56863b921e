//! In how many orders a model is tried.

use std::sync::Arc;

/// Tries this in many orders: half of them at random, and half with few changes of turn, which finds other things.
pub fn in_many_orders(model: impl Fn() + Send + Sync + 'static) {
    let orders =
        std::env::var("LARDER_ORDERS").ok().map_or(4_000, |orders| orders.parse().expect("a number of orders"));
    let model = Arc::new(model);
    let again = Arc::clone(&model);
    shuttle::check_random(move || model(), orders / 2);
    shuttle::check_pct(move || again(), orders / 2, 3);
}
