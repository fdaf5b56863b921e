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
mod explain;
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

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;

use arguments::{Arguments, Chosen, Completions, Verb};
use ending::{Ending, Failure, Form};

fn main() -> ExitCode {
    match Arguments::read().verb {
        Verb::Check(arguments) => {
            ending::code(check::run(&arguments), if arguments.json { Form::Json } else { Form::Words })
        }
        Verb::CreateTable(arguments) => ending::code(create_table::run(&arguments), Form::Words),
        Verb::Stats(arguments) => ending::code(stats::run(&arguments), form(&arguments.chosen, arguments.watch)),
        Verb::Keys(arguments) => ending::code(keys::run(&arguments), form(&arguments.chosen, true)),
        Verb::Get(arguments) => ending::code(get::run(&arguments), form(&arguments.chosen, false)),
        Verb::Explain(arguments) => ending::code(explain::run(&arguments), form(&arguments.chosen, false)),
        Verb::Delete(arguments) => ending::code(delete::run(&arguments), form(&arguments.chosen, false)),
        Verb::Clear(arguments) => ending::code(clear::run(&arguments), form(&arguments.chosen, false)),
        Verb::InvalidateTag(arguments) => ending::code(invalidate_tag::run(&arguments), form(&arguments.chosen, false)),
        Verb::Bench(arguments) => ending::code(bench::run(&arguments), form(&arguments.chosen, false)),
        Verb::Completions(arguments) => ending::code(complete(&arguments), Form::Words),
    }
}

/// Returns for whom a verb writes, which says one thing after the other or all at once.
fn form(chosen: &Chosen, is_in_lines: bool) -> Form {
    match (chosen.json, is_in_lines) {
        (false, _) => Form::Words,
        (true, false) => Form::Json,
        (true, true) => Form::JsonLines,
    }
}

fn complete(arguments: &Completions) -> Result<Ending, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "larder", &mut text);
    io::stdout().write_all(&text)?;
    Ok(Ending::Done)
}
