//! What can be written behind `larder`.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};

/// Looks after caches from a terminal.
#[derive(Parser)]
#[command(name = "larder", version, about, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Reads the configuration, and tells what it comes to, or all that is wrong with it.
    ///
    /// Ends with 0 where all is well, with 1 where something is wrong with the configuration or a store does not answer, and
    /// with 2 where this command was written wrongly.
    Check(Check),

    /// Makes the tables of all caches that live in a database, unless they are there.
    ///
    /// Ends with 0 where they are all there now, with 1 where something went wrong, and with 2 where this command was written
    /// wrongly.
    CreateTable(CreateTable),
}

impl Arguments {
    /// Reads what was written, or ends with what is wrong with it. Nothing unknown is repeated: it may be an address with a
    /// password, which would stand in the log of whoever runs this.
    pub fn read() -> Self {
        Self::try_parse().map_err(without_values).unwrap_or_else(|error| error.exit())
    }
}

fn without_values(mut error: clap::Error) -> clap::Error {
    // Elsewhere the argument is one of ours, as the help writes it.
    if error.kind() == ErrorKind::UnknownArgument {
        hide(&mut error, ContextKind::InvalidArg);
    }
    hide(&mut error, ContextKind::InvalidSubcommand);
    hide(&mut error, ContextKind::InvalidValue);
    // These repeat it behind `--`.
    error.remove(ContextKind::Suggested);
    error.remove(ContextKind::TrailingArg);
    error
}

fn hide(error: &mut clap::Error, what: ContextKind) {
    if error.get(what).is_some() {
        error.insert(what, ContextValue::String("…".to_owned()));
    }
}

/// Reads a name. What is wrong with one is told with the name, so an address is refused before anybody looks at it.
fn name() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().try_map(|name| if name.contains("://") { Err(ADDRESS) } else { Ok(name) })
}

/// Reads a path, which is told where no file is.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    let is_address = |path: &PathBuf| path.to_string_lossy().contains("://");
    PathBufValueParser::new().try_map(move |path| if is_address(&path) { Err(ADDRESS) } else { Ok(path) })
}

const ADDRESS: &str = "no address belongs here";

/// Where the configuration is.
#[derive(Args)]
pub struct Configuration {
    /// Reads this file, in place of the one that `LARDER_CONFIG` names or of `larder.toml`.
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub config: Option<PathBuf>,

    /// Takes it for granted that the program registers this scheme of addresses.
    #[arg(long = "scheme", value_name = "NAME", value_parser = name())]
    pub schemes: Vec<String>,

    /// Takes it for granted that the program registers this function for keys.
    #[arg(long = "key-function", value_name = "NAME", value_parser = name())]
    pub key_functions: Vec<String>,
}

#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    pub configuration: Configuration,

    /// Asks each store whether it answers: an entry with a name of its own is written there, read back and deleted. A store
    /// whose `--scheme` was taken for granted is not asked.
    #[arg(long)]
    pub connect: bool,

    /// Writes JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct CreateTable {
    #[command(flatten)]
    pub configuration: Configuration,

    /// Makes the table of this cache, and not of others.
    #[arg(long = "cache", value_name = "NAME", value_parser = name(), conflicts_with = "url")]
    pub caches: Vec<String>,

    /// Makes the table of a store at this address, whatever the configuration. Other people of this machine see what stands
    /// in a command: an address with a password is better kept in `LARDER_URL`.
    #[arg(long, value_name = "URL", conflicts_with = "config")]
    pub url: Option<String>,

    /// Names the table of the store at that address.
    #[arg(long, value_name = "NAME", value_parser = name(), requires = "url")]
    pub table: Option<String>,

    /// Writes the SQL, and makes nothing.
    #[arg(long)]
    pub dry_run: bool,
}
