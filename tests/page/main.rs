//! Pages, as users meet them.

mod app;
mod cuts;
mod django_conditions;
mod django_goldens;
mod django_helpers;
mod downstream;
mod freshness;
mod holes;
mod hostile;
mod invalidation;
mod layer;
mod one_render;
mod parts;
mod play;
mod readme;
mod report;
mod variants;
