//! Handlers that anybody could write, and which could bring the page of one user to another.

mod addresses;
mod arguments;
mod guards;
mod layers;
