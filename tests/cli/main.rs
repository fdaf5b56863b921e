//! The program `larder`.
