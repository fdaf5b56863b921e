//! A page from larder beside one from rivals: in the process, and over loopback.
//!
//! `cargo run --release --manifest-path benches/pages/Cargo.toml -- [--quick] [--loopback]`
//!
//! Prints Markdown. With `--loopback`, it is servers that are measured, each in a process of its own, and also nginx, Varnish
//! and Django if they are installed: that takes a minute, and wants `taskset` and two processors.
//!
//! `serve NAME PORT` and `load PORT SECONDS` are what runs there.

use std::env;
use std::process::ExitCode;

use larder_page_benches::{Effort, loopback, rounds};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let given = arguments.len();
    arguments.retain(|argument| argument != "--quick");
    let effort = if arguments.len() < given { Effort::Quick } else { Effort::Full };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match *arguments {
        [] => {
            rounds::print(effort);
            Ok(())
        }
        ["--loopback"] => loopback::print(effort),
        ["serve", name, port] => loopback::serve(name, port),
        ["load", port, seconds] => loopback::load(port, seconds),
        _ => Err("the options are --quick and --loopback".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
