//! The panel, as those meet it who look at it, and those who may not: on axum, and with the feature `actix` on actix-web too.

mod browser;
mod changes;
mod entries;
mod graph;
mod guards;
mod history;
#[path = "../support/lines.rs"]
mod lines;
mod numbers;
mod outside;
mod why;
