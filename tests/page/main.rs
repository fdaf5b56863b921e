//! Pages, as users meet them.

mod app;
mod django_helpers;
mod downstream;
mod layer;
mod readme;
mod variants;
