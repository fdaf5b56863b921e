//! Larder beside its rivals: what a hit costs, what stays, what it weighs, and what a crowd on one key does.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml -- [--quick] [hits] [ratios] [memory] [stampede]`
//!
//! Prints Markdown. Without a subject, all of them.

use std::process::ExitCode;

use larder_benches::{Effort, hits, install, memory, ratios, stampede};

type Subject = (&'static str, fn(Effort));

const SUBJECTS: [Subject; 4] =
    [("hits", hits::print), ("ratios", ratios::print), ("memory", memory::print), ("stampede", stampede::print)];

fn main() -> ExitCode {
    let mut named: Vec<String> = std::env::args().skip(1).collect();
    let arguments = named.len();
    named.retain(|argument| argument != "--quick");
    let effort = if named.len() < arguments { Effort::Quick } else { Effort::Full };
    if let Some(unknown) = named.iter().find(|name| SUBJECTS.iter().all(|(subject, _)| subject != name)) {
        let subjects = SUBJECTS.map(|(subject, _)| subject).join(", ");
        eprintln!("there is no subject `{unknown}`; there are {subjects}, and the option --quick");
        return ExitCode::FAILURE;
    }
    install(effort);
    for (subject, print) in SUBJECTS {
        if named.is_empty() || named.iter().any(|name| name == subject) {
            print(effort);
        }
    }
    ExitCode::SUCCESS
}
