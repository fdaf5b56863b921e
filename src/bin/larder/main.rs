//! The program `larder`: what a person does to caches from a terminal.

mod arguments;
mod bench;
mod check;
mod choice;
mod clear;
mod configuration;
mod create_table;
mod database;
mod delete;
mod ending;
mod get;
mod interrupt;
mod invalidate_tag;
mod keys;
mod output;
mod pretty;
mod probe;
mod stats;
mod table;
mod terminal;
mod walk;

use std::io;
use std::process::ExitCode;

use clap::CommandFactory;

use arguments::{Arguments, Completions, Verb};
use ending::Ending;

fn main() -> ExitCode {
    match Arguments::read().verb {
        // Whoever reads has gone: there is nobody left to tell.
        Verb::Check(arguments) => check::run(&arguments).unwrap_or(ExitCode::FAILURE),
        Verb::CreateTable(arguments) => create_table::run(&arguments).unwrap_or(ExitCode::FAILURE),
        Verb::Stats(arguments) => ending::code(stats::run(&arguments), arguments.chosen.json),
        Verb::Keys(arguments) => ending::code(keys::run(&arguments), arguments.chosen.json),
        Verb::Get(arguments) => ending::code(get::run(&arguments), arguments.chosen.json),
        Verb::Delete(arguments) => ending::code(delete::run(&arguments), arguments.chosen.json),
        Verb::Clear(arguments) => ending::code(clear::run(&arguments), arguments.chosen.json),
        Verb::InvalidateTag(arguments) => ending::code(invalidate_tag::run(&arguments), arguments.chosen.json),
        Verb::Bench(arguments) => ending::code(bench::run(&arguments), arguments.chosen.json),
        Verb::Completions(arguments) => ending::code(Ok(complete(&arguments)), false),
    }
}

fn complete(arguments: &Completions) -> Ending {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "larder", &mut io::stdout());
    Ending::Done
}
