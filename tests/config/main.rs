//! Configuration: files, variables and code, as users write them.

mod bounds;
#[cfg(feature = "encryption")]
mod keys;
#[cfg(any(feature = "encryption", feature = "sqlite"))]
#[path = "../support/lines.rs"]
mod lines;
mod mistakes;
mod precedence;
mod secrets;
mod stores;
mod words;

use larder::config::Described;
use larder::{Builder, Error, Kind};

/// No variables: whatever those of this process are, a test does not see them.
const NOTHING: [(&str, &str); 0] = [];

/// A builder that has read this text, and these variables.
fn read(text: &str, variables: &[(&str, &str)]) -> Result<Builder, Error> {
    larder::builder().toml(text)?.environment_of(variables.iter().copied())
}

/// What a text says of its caches.
fn described(text: &str, variables: &[(&str, &str)]) -> Vec<Described> {
    read(text, variables).and_then(|builder| builder.described()).unwrap_or_else(|error| panic!("{error}"))
}

/// What a text says of one of its caches.
fn of(name: &str, text: &str, variables: &[(&str, &str)]) -> Described {
    described(text, variables).into_iter().find(|described| described.name == name).expect("a cache of this name")
}

/// What is wrong with a text and variables.
fn wrong(text: &str, variables: &[(&str, &str)]) -> String {
    match read(text, variables).and_then(|builder| builder.described()) {
        Ok(described) => panic!("nothing is wrong with {text}: {described:#?}"),
        Err(error) => {
            assert_eq!(error.kind(), Kind::Configuration);
            error.to_string()
        }
    }
}
