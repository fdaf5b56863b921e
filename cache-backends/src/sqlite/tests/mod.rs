//! The store on files.

mod suite;
