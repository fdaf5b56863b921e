//! The tables of pages once more, of which nothing changes but who brings the requests: actix-web.

mod app;
mod attribute;
mod heads;
mod readme;
mod server;
mod transform;
mod turns;

#[path = "../cuts.rs"]
mod cuts;
#[path = "../downstream.rs"]
mod downstream;
#[path = "../freshness.rs"]
mod freshness;
#[path = "../holes.rs"]
mod holes;
#[path = "../invalidation.rs"]
mod invalidation;
#[path = "../layer.rs"]
mod layer;
#[path = "../one_render.rs"]
mod one_render;
#[path = "../parts.rs"]
mod parts;
#[path = "../posts.rs"]
mod posts;
#[path = "../said/mod.rs"]
mod said;
#[path = "../variants.rs"]
mod variants;
