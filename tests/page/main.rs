//! Pages, as users meet them.

mod app;
mod django_helpers;
mod holes;
mod layer;
mod readme;
mod report;
