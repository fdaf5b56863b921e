//! Pages, as users meet them.
#![allow(clippy::unused_async, reason = "handlers are, whether they wait or not")]
#![allow(clippy::duplicate_mod, reason = "what is true on axum is true on actix, too")]

mod app;
mod attacks;
mod attacks_sockets;
mod attribute;
mod behind;
mod by_body;
mod bytes;
mod cuts;
mod django;
mod django_conditions;
mod django_goldens;
mod django_helpers;
mod downstream;
mod early;
mod explain;
mod explain_axum;
mod forms;
mod fragments;
mod freshness;
mod handlers;
mod heads;
mod hits;
mod holes;
mod hostile;
mod hygiene;
mod inner;
mod invalidation;
mod layer;
mod leaks;
#[path = "../support/lines.rs"]
mod lines;
mod nested;
#[cfg(feature = "actix")]
mod on_actix;
mod one_render;
mod orders;
mod parts;
mod patterns;
mod pitfalls;
mod play;
mod posts;
mod processes;
mod readme;
mod report;
mod said;
mod serving;
mod signatures;
mod site;
mod sockets;
mod stack;
mod trust;
mod two_users;
mod usual;
mod variants;
mod visit;
