//! Pages, as users meet them.

mod app;
mod django_conditions;
mod django_goldens;
mod django_helpers;
mod downstream;
mod layer;
mod parts;
mod readme;
mod variants;
