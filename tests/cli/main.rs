//! The program `larder`, as people run it.

mod check;
mod create_table;
mod quickstart;
mod run;
