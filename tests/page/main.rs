//! Pages, as users meet them.

mod app;
mod by_body;
mod cuts;
mod django_conditions;
mod django_goldens;
mod django_helpers;
mod downstream;
mod freshness;
mod hits;
mod holes;
mod hostile;
mod invalidation;
mod layer;
mod leaks;
mod one_render;
mod parts;
mod pitfalls;
mod play;
mod posts;
mod readme;
mod report;
mod said;
mod stack;
mod trust;
mod two_users;
mod variants;
