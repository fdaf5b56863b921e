//! What the errors of a server mean.

use std::error::Error as StdError;
use std::fmt;

use cache_core::error::{Error, Kind};

use super::language::Whose;
use super::resp::Answer;
use crate::pipe::Server;

/// Makes an error of one that a server answered with.
pub(super) fn of(server: &Server, text: &str) -> Error {
    let text = inner(text);
    match forbidden_command(text) {
        Some(command) => {
            let what = format!("does not let this user run `{command}`: a cache needs {RIGHTS}");
            made(server, text, (Kind::Configuration, &what))
        }
        None => made(server, text, finding(text)),
    }
}

/// Returns the command that this user may not run, where the server names it.
fn forbidden_command(text: &str) -> Option<&str> {
    let command = text.strip_prefix("NOPERM ")?.split_once(" run the '")?.1.split('\'').next()?;
    let is_one = |c: char| c.is_ascii_alphanumeric() || "|_-.".contains(c);
    (!command.is_empty() && command.chars().all(is_one)).then_some(command)
}

/// Makes an error of a server that is a sentinel where none was looked for, or is none where one was.
pub(super) fn mistaken(server: &Server, whose: Whose, is_sentinel: bool) -> Option<Error> {
    let what = match (whose, is_sentinel) {
        (Whose::Server | Whose::Member, true) => {
            "is a sentinel: its address begins and ends otherwise, as in `redis+sentinel://host/mymaster`"
        }
        (Whose::Sentinel, false) => {
            "is no sentinel: its own address begins with `redis://`; sentinels are at another port, most often 26379"
        }
        _ => return None,
    };
    Some(Error::new(Kind::Configuration, format!("{server} {what}")))
}

/// Makes an error of what a server said to somebody who logs in so.
pub(super) fn refused(server: &Server, text: &str, whose: Whose) -> Error {
    let finding = match (first_word(text), whose) {
        ("NOAUTH", Whose::Server) => "asks for a password: `redis://:password@host`, or `redis://user:password@host`",
        ("NOAUTH", Whose::Watched) => {
            "asks for a password, which is not that of its sentinels: `redis+sentinel://:password@host/mymaster`, or \
             the options `user` and `password`"
        }
        ("NOAUTH", Whose::Sentinel) => {
            "is a sentinel, and asks for a password of its own: the options `sentinel_user` and `sentinel_password`"
        }
        ("NOAUTH", Whose::Member) => {
            "asks for a password: `redis+cluster://:password@host`, or the options `user` and `password`"
        }
        ("WRONGPASS", Whose::Sentinel) => {
            "is a sentinel, and refuses this user or this password: the options `sentinel_user` and `sentinel_password`"
        }
        ("WRONGPASS", Whose::Watched) => {
            "refuses this user or this password, which are not those of its sentinels: \
             `redis+sentinel://user:password@host/mymaster`, or the options `user` and `password`"
        }
        ("WRONGPASS", Whose::Server | Whose::Member) => {
            "refuses this user or this password: those in its address, or the options `user` and `password`"
        }
        _ => return of(server, text),
    };
    made(server, text, (Kind::Configuration, finding))
}

fn made(server: &Server, text: &str, (kind, what): (Kind, &str)) -> Error {
    let error = Error::new(kind, format!("{server} {what}"));
    // Where a server knows no command, it repeats what was said to it, the password too.
    if is_unknown(text) { error } else { error.with_source(Said(text.chars().take(LONGEST).collect())) }
}

/// Returns what was answered, or the error that it was.
pub(super) fn checked(server: &Server, answer: Answer) -> Result<Answer, Error> {
    match answer {
        Answer::Error(text) => Err(of(server, &text)),
        answer => Ok(answer),
    }
}

/// Makes an error of an answer that answers something else.
pub(super) fn unusable() -> Error {
    Error::new(Kind::Store, "Redis answered something else than it was asked: is it Redis 6 or later, or Valkey?")
}

/// Returns whether a server said that it does not know a script.
pub(super) fn is_no_script(error: &Error) -> bool {
    let said = error.source().and_then(|source| source.downcast_ref::<Said>());
    said.is_some_and(|Said(text)| text.starts_with("NOSCRIPT"))
}

fn first_word(text: &str) -> &str {
    text.split([' ', '\r', '\n']).next().unwrap_or_default()
}

/// How much of what a server says is handed on.
const LONGEST: usize = 200;

/// Says what an error means, by its first word; what stands behind it differs from version to version.
fn finding(text: &str) -> (Kind, &'static str) {
    use Kind::{Configuration, Store};
    match first_word(text) {
        "LOADING" => (Store, "is still reading what it has on its disk"),
        "MISCONF" => (
            Store,
            "refuses to write, since it cannot save to its disk: for a cache `save \"\"` or `stop-writes-on-bgsave-error no`",
        ),
        "READONLY" => (Store, "is a replica, and can only be read: the leader has changed, or this was never one"),
        "OOM" => {
            (Store, "is full and lets nothing go: for a cache set `maxmemory-policy` to `allkeys-lfu` or `allkeys-lru`")
        }
        "BUSY" => (Store, "is busy with a script"),
        "NOREPLICAS" => (Store, "has fewer replicas than it is told to have, and refuses to write"),
        "MASTERDOWN" => (Store, "is a replica that has lost its leader"),
        "CLUSTERDOWN" => (Store, "is of a cluster in which nobody answers for this name"),
        "TRYAGAIN" => (Store, "is handing this name on to another server"),
        "NOSCRIPT" => (Store, "does not know a script"),
        "MOVED" | "ASK" => (Configuration, "is of a cluster: its address begins with `redis+cluster://`"),
        "NOAUTH" => (Configuration, "asks for a password"),
        "WRONGPASS" => (Configuration, "refuses this user or this password"),
        "NOPERM" if text.contains("channel") => (Configuration, NO_CHANNEL),
        _ if is_about_names(text) => (Configuration, NO_NAMES),
        "NOPERM" => (Configuration, NO_RIGHT),
        _ if is_out_of_rights(text) => (Configuration, NO_RIGHT),
        "WRONGTYPE" => (
            Configuration,
            "has something of another program under this name: give the cache a prefix or a database of its own",
        ),
        "DENIED" => (Configuration, "only lets in callers from its own machine, while it has no password"),
        "NOPROTO" => (Configuration, TOO_OLD),
        _ if is_unknown(text) => (Configuration, TOO_OLD),
        _ if text.contains("DB index") => (Configuration, "has no such database: most have 16, from 0 to 15"),
        _ if text.contains("cluster support disabled") => {
            (Configuration, "is of no cluster: its address begins with `redis://`")
        }
        _ if text.contains("max number of clients") => (Store, "has no place for another connection"),
        _ => (Store, "refused what it was asked"),
    }
}

/// What a user is to have, but for names.
macro_rules! rights {
    () => {
        "`+@read +@write +@scripting +@connection`, and with `tells = \"bus\"` `+publish &larder:*`"
    };
}

const RIGHTS: &str = rights!();
const NO_RIGHT: &str = concat!("does not let this user do what a cache does: it needs ", rights!());
const NO_CHANNEL: &str = "does not let this user tell others of changes: the bus needs `+publish &larder:*`";
const NO_NAMES: &str = "does not let this user use names of this cache: it needs `~PREFIX:*`, with the `key_prefix` of the cache \
                        for PREFIX, or `~*` where there is none";

/// Returns whether a server says that a user may not use these names: in a script, and outside of one.
fn is_about_names(text: &str) -> bool {
    (first_word(text) == "NOPERM" && (text.contains("the keys") || text.contains("access a key")))
        || text.contains("can't access at least one of the keys")
        || text.contains("ACL failure in script: No permissions to access a key")
}

/// Returns whether a server says so of a command in a script: Redis 7.0 in one way, and later ones in another.
fn is_out_of_rights(text: &str) -> bool {
    text.contains("user executing the script") || text.contains("ACL failure in script")
}

/// Returns whether a server says that it has no such command, or not for this user.
pub(super) fn is_out_of_reach(text: &str) -> bool {
    first_word(text) == "NOPERM" || is_unknown(text)
}

const TOO_OLD: &str = "does not know a command: Redis 6 or later is needed, or Valkey";

fn is_unknown(text: &str) -> bool {
    text.contains("nknown command") || text.contains("nknown subcommand") || text.contains("wrong number of arguments")
}

/// Returns what a command in a script said, where the server has packed that into what it says of the script.
fn inner(text: &str) -> &str {
    let packed = text.starts_with("ERR Error running script").then(|| text.split_once(": -")).flatten();
    packed.map_or(text, |(_, inner)| inner)
}

/// What a server said, in its own words.
#[derive(Debug)]
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Said {}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server::tcp("Redis", "db1", 6379)
    }

    #[test]
    fn each_error_says_whose_fault_it_is_and_what_to_do() {
        for (text, kind, what) in [
            ("LOADING Redis is loading the dataset in memory", Kind::Store, "still reading"),
            ("MISCONF Redis is configured to save RDB snapshots, but", Kind::Store, "save"),
            ("READONLY You can't write against a read only replica. script: x", Kind::Store, "replica"),
            ("OOM command not allowed when used memory > 'maxmemory'.", Kind::Store, "allkeys-lfu"),
            ("NOPERM this user has no permissions", Kind::Configuration, "+@read"),
            (
                "NOPERM this user has no permissions to run the 'script|load' command",
                Kind::Configuration,
                "`script|load`",
            ),
            (
                "NOPERM this user has no permissions to access one of the keys used as arguments",
                Kind::Configuration,
                "`~PREFIX:*`",
            ),
            ("NOPERM No permissions to access a key", Kind::Configuration, "`~PREFIX:*`"),
            (
                "ERR The user executing the script can't access at least one of the keys mentioned in the command",
                Kind::Configuration,
                "`~PREFIX:*`",
            ),
            (
                "NOPERM this user has no permissions to access one of the channels used as arguments",
                Kind::Configuration,
                "`+publish &larder:*`",
            ),
            ("ERR The user executing the script can't run this command or subcommand", Kind::Configuration, "+@read"),
            ("WRONGTYPE Operation against a key", Kind::Configuration, "prefix"),
            ("WRONGPASS invalid username-password pair", Kind::Configuration, "password"),
            ("NOAUTH HELLO must be called", Kind::Configuration, "password"),
            ("MOVED 3999 127.0.0.1:6381", Kind::Configuration, "redis+cluster://"),
            ("ERR DB index is out of range", Kind::Configuration, "no such database"),
            ("ERR max number of clients reached", Kind::Store, "no place"),
            ("ERR This instance has cluster support disabled", Kind::Configuration, "no cluster"),
            ("ERR something new", Kind::Store, "refused"),
        ] {
            let error = of(&server(), text);
            assert_eq!(error.kind(), kind, "{text}");
            let shown = error.to_string();
            assert!(shown.starts_with("Redis at db1:6379 ") && shown.contains(what), "{shown}");
        }
    }

    #[test]
    fn a_password_that_is_wanted_or_wrong_is_called_by_the_name_that_it_is_written_under() {
        for (whose, is_named, is_not) in [
            (Whose::Server, "`redis://user:password@host`", "sentinel"),
            (Whose::Watched, "`redis+sentinel://:password@host/mymaster`", "sentinel_password"),
            (Whose::Sentinel, "`sentinel_password`", "redis+sentinel://"),
            (Whose::Member, "`redis+cluster://:password@host`", "sentinel"),
        ] {
            let error = refused(&server(), "NOAUTH HELLO must be called", whose);
            let shown = error.to_string();
            assert!(error.kind() == Kind::Configuration && shown.contains(is_named), "{shown}");
            assert!(!shown.contains(is_not), "{shown}");
            let shown = refused(&server(), "WRONGPASS invalid username-password pair", whose).to_string();
            assert_eq!(shown.contains("`sentinel_password`"), whose == Whose::Sentinel, "{shown}");
        }
        assert_eq!(refused(&server(), "LOADING", Whose::Sentinel).kind(), Kind::Store);
    }

    #[test]
    fn what_a_server_repeats_is_not_handed_on() {
        let error =
            of(&server(), "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `u`, `secret`, ");
        assert!(!format!("{error:?}").contains("secret") && error.to_string().contains("Redis 6"), "{error:?}");
    }

    #[test]
    fn an_error_in_a_script_is_the_error_of_its_command() {
        let text = "ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory";
        assert!(of(&server(), text).to_string().contains("is full"));
        assert!(is_no_script(&of(&server(), "NOSCRIPT No matching script.")));
        assert!(!is_no_script(&of(&server(), "ERR no")) && !is_no_script(&unusable()));
    }
}
