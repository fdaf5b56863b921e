//! The tables of pages once more, of which nothing changes but who brings the requests: actix-web.

mod attribute;
mod attributes;
mod handlers;
mod neighbours;
mod readme;
mod server;
mod serving;
mod site;
mod terms;
mod transform;
mod turns;

#[path = "../app.rs"]
mod app;
#[path = "../attacks.rs"]
mod attacks;
#[path = "../attacks_sockets.rs"]
mod attacks_sockets;
#[path = "../bytes.rs"]
mod bytes;
#[path = "../cuts.rs"]
mod cuts;
#[path = "../django_conditions.rs"]
mod django_conditions;
#[path = "../django_goldens/mod.rs"]
mod django_goldens;
#[path = "../downstream.rs"]
mod downstream;
#[path = "../early.rs"]
mod early;
#[path = "../explain.rs"]
mod explain;
#[path = "../freshness.rs"]
mod freshness;
#[path = "../heads.rs"]
mod heads;
#[path = "../holes.rs"]
mod holes;
#[path = "../hostile.rs"]
mod hostile;
#[path = "../invalidation.rs"]
mod invalidation;
#[path = "../layer.rs"]
mod layer;
#[path = "../leaks.rs"]
mod leaks;
#[path = "../one_render.rs"]
mod one_render;
#[path = "../parts.rs"]
mod parts;
#[path = "../posts.rs"]
mod posts;
#[path = "../processes/mod.rs"]
mod processes;
#[path = "../report.rs"]
mod report;
#[path = "../said/mod.rs"]
mod said;
#[path = "../sockets.rs"]
mod sockets;
#[path = "../stack.rs"]
mod stack;
#[path = "../trust.rs"]
mod trust;
#[path = "../two_users.rs"]
mod two_users;
#[path = "../variants.rs"]
mod variants;
