//! A page from larder beside one from rivals.
//!
//! `cargo run --release --manifest-path benches/pages/Cargo.toml -- [--quick]`
//!
//! Prints Markdown.

use std::process::ExitCode;

use larder_page_benches::{Effort, rounds};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        [] => rounds::print(Effort::Full),
        ["--quick"] => rounds::print(Effort::Quick),
        _ => {
            eprintln!("the option is --quick");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
