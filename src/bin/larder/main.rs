//! The program `larder`: what a person does to caches from a terminal.

mod arguments;
mod check;
mod configuration;
mod create_table;
mod database;
mod output;
mod probe;

use std::process::ExitCode;

use arguments::{Arguments, Verb};

fn main() -> ExitCode {
    let done = match Arguments::read().verb {
        Verb::Check(arguments) => check::run(&arguments),
        Verb::CreateTable(arguments) => create_table::run(&arguments),
    };
    // Whoever reads has gone: there is nobody left to tell.
    done.unwrap_or(ExitCode::FAILURE)
}
