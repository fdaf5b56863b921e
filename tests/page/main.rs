//! Pages, as users meet them.

mod app;
mod django_helpers;
mod freshness;
mod hostile;
mod invalidation;
mod layer;
mod one_render;
mod play;
