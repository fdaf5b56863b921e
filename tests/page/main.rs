//! Pages, as users meet them.

mod app;
mod django_helpers;
mod layer;
mod leaks;
mod pitfalls;
mod stack;
mod trust;
mod two_users;
