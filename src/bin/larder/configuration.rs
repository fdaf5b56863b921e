//! The configuration that a command speaks of.

use larder::{Builder, Error, Settings};

use crate::arguments::Configuration;

/// Reads the configuration as a program would.
pub fn read(arguments: &Configuration) -> Result<Builder, Error> {
    let mut builder = larder::builder();
    for scheme in &arguments.schemes {
        builder = builder.scheme(scheme, |mut place| {
            // Whether its store takes them, the program alone knows.
            let _ = (place.max_entries(), place.max_bytes(), place.cull_frequency());
            Ok(Settings::memory())
        });
    }
    for name in &arguments.key_functions {
        builder = builder.key_function(name, |_, _, key, out| out.write_str(key));
    }
    match &arguments.config {
        Some(path) => builder.file(path)?.environment(),
        None => builder.discover(),
    }
}
