//! What can be written behind `larder`.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};

/// Looks after caches from a terminal.
#[derive(Parser)]
#[command(name = "larder", version, arg_required_else_help = true, after_help = ENDS)]
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

    /// Tells of each cache where it lives, whether that answers and how fast, and how much is in it.
    ///
    /// Hits and misses each program counts for itself: `cache.stats()` tells them there. Ends with 3 where a store does not
    /// answer.
    Stats(Stats),

    /// Lists keys, all or those that begin so.
    ///
    /// Ends with 1 where there is none. What is kept or goes meanwhile may be listed or not.
    Keys(Keys),

    /// Shows what is kept under a key.
    ///
    /// Ends with 1 where nothing is.
    Get(Get),

    /// Says why the next call for a key will be a hit, stale or a miss, as far as its store knows.
    ///
    /// Ends with 1 where it will be a miss.
    Explain(Explain),

    /// Removes what is kept under each of these keys.
    ///
    /// Ends with 1 where there was nothing under one of them.
    Delete(Delete),

    /// Removes all entries of a cache, or those whose keys begin so.
    ///
    /// Those of other caches, prefixes and versions stay. It asks before it does; where nobody can be asked, write `--yes`.
    /// Ends with 1 where the person who is asked says no.
    Clear(Clear),

    /// Withdraws everything that has one of these tags, for all programs that share the stores.
    InvalidateTag(InvalidateTag),

    /// Measures how fast a store is from here: entries of its own are written, read and removed.
    ///
    /// These are 64 for each thread. In a store that is full, others make room for them.
    Bench(Bench),

    /// Writes what a shell needs to complete words of this program.
    Completions(Completions),
}

/// How this program ends; `check` and `create-table` say their own.
const ENDS: &str = "\
Ends with 0 where it is done, with 1 where there was nothing to do or to see, with 2 where the command was written wrongly,
with 3 where the configuration or the store stood in the way, and with 130 where it was interrupted. `check` and
`create-table` end with 1 where something is wrong.";

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

/// What says something of a configuration, and nothing of an address.
const OF_A_FILE: [&str; 3] = ["config", "schemes", "key_functions"];

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
    #[arg(long, value_name = "URL", conflicts_with_all = OF_A_FILE)]
    pub url: Option<String>,

    /// Names the table of the store at that address.
    #[arg(long, value_name = "NAME", value_parser = name(), requires = "url")]
    pub table: Option<String>,

    /// Writes the SQL, and makes nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Which cache is meant.
#[derive(Args)]
pub struct Chosen {
    #[command(flatten)]
    pub configuration: Configuration,

    /// Speaks of this cache; where the configuration describes one alone, of that.
    #[arg(long, value_name = "NAME", value_parser = name(), conflicts_with = "url")]
    pub cache: Option<String>,

    /// Speaks of a cache at this address, whatever the configuration. Other people of this machine see what stands in a
    /// command: an address with a password is better kept in `LARDER_URL`.
    #[arg(long, value_name = "URL", conflicts_with_all = OF_A_FILE)]
    pub url: Option<String>,

    /// The prefix of the keys at that address.
    #[arg(long, value_name = "PREFIX", value_parser = name(), requires = "url")]
    pub prefix: Option<String>,

    /// The version of the keys at that address.
    #[arg(long, value_name = "VERSION", value_parser = name(), requires = "url")]
    pub cache_version: Option<String>,

    /// Writes JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Stats {
    #[command(flatten)]
    pub chosen: Chosen,

    /// Looks again every two seconds, until it is interrupted.
    #[arg(long)]
    pub watch: bool,
}

#[derive(Args)]
pub struct Keys {
    #[command(flatten)]
    pub chosen: Chosen,

    /// What they begin with.
    #[arg(value_name = "BEGINNING", default_value = "", hide_default_value = true)]
    pub beginning: String,

    /// Lists so many at most.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,

    /// Tells of each how old it is, how long it has left, and its size.
    #[arg(long)]
    pub long: bool,
}

#[derive(Args)]
pub struct Get {
    #[command(flatten)]
    pub chosen: Chosen,

    /// The key, as `keys` lists it.
    #[arg(value_name = "KEY")]
    pub key: String,
}

#[derive(Args)]
pub struct Explain {
    #[command(flatten)]
    pub chosen: Chosen,

    /// The key, as `keys` lists it.
    #[arg(value_name = "KEY")]
    pub key: String,

    /// A tag that it may have: stores know tags by numbers, and what has withdrawn it is told by this name where it is that.
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
}

#[derive(Args)]
pub struct Delete {
    #[command(flatten)]
    pub chosen: Chosen,

    /// The keys, as `keys` lists them.
    #[arg(value_name = "KEY", required = true)]
    pub keys: Vec<String>,
}

#[derive(Args)]
pub struct Clear {
    #[command(flatten)]
    pub chosen: Chosen,

    /// Removes what has a key that begins so, and nothing else.
    #[arg(value_name = "BEGINNING", conflicts_with = "everything")]
    pub beginning: Option<String>,

    /// Does not ask.
    #[arg(long)]
    pub yes: bool,

    /// Removes everything in the store, also what belongs to other caches and other programs.
    #[arg(long)]
    pub everything: bool,
}

#[derive(Args)]
pub struct InvalidateTag {
    #[command(flatten)]
    pub chosen: Chosen,

    /// The tags, as they stand in code or as they are shown.
    #[arg(value_name = "TAG", required = true)]
    pub tags: Vec<String>,
}

#[derive(Args)]
pub struct Bench {
    #[command(flatten)]
    pub chosen: Chosen,

    /// Measures for so long.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,

    /// Asks from so many threads at once.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub concurrency: u16,

    /// Writes values of so many bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(..=67_108_864))]
    pub size: u32,
}

#[derive(Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}
