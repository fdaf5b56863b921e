//! Pages, as users meet them.

mod app;
mod django_helpers;
mod downstream;
mod hits;
mod holes;
mod layer;
mod one_render;
mod parts;
mod play;
mod readme;
mod report;
mod variants;
