//! The tests of `examples/blog`, of which nothing changes but who answers, and one of what is so on actix-web alone.

#[path = "../../blog/tests/browser.rs"]
mod browser;
#[path = "../../blog/tests/edits.rs"]
mod edits;
#[path = "../../blog/tests/failures.rs"]
mod failures;
#[path = "../src/front/mod.rs"]
mod front;
#[path = "../../blog/tests/hits.rs"]
mod hits;
mod left;
#[path = "../../blog/tests/looks.rs"]
mod looks;
#[path = "../../blog/tests/people.rs"]
mod people;
#[path = "../../blog/tests/program.rs"]
mod program;
mod served;
#[path = "../../../tests/support/servers/mod.rs"]
mod servers;
#[path = "../../blog/tests/site.rs"]
mod site;
#[path = "../../blog/tests/trials.rs"]
mod trials;
#[path = "../../blog/tests/window.rs"]
mod window;
#[path = "../../blog/tests/windows.rs"]
mod windows;

/// What `cargo run` starts.
const PROGRAM: &str = env!("CARGO_BIN_EXE_blog-actix");

fn main() {
    trials::run([left::trial()]);
}
