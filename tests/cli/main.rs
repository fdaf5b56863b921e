//! The program `larder`, as people run it.

mod check;
mod run;
