//! The options of `#[cached]`: one row each, with its spelling, its example and the words other libraries use for it.

use proc_macro2::TokenStream;
use syn::{Expr, Ident, LitStr, Path};

use super::chooser::Chooser;
use super::each::Written;
use super::timeout::{Lock, Timeout};
use super::values::{beta, error_ttl, names, part, returns, sample};
use crate::errors::Errors;
use crate::larder_path;
pub use crate::options::Said;
use crate::options::{self, Form, Read, Row, Table, row};
use crate::time::{Time, Ttl};
use crate::values;

/// What was written, before anybody asks whether it makes sense.
#[derive(Default)]
pub struct Options {
    pub naming: Naming,
    pub times: Times,
    pub keeping: Keeping,
    pub shape: Shape,
    /// The options that were named, and could not be read.
    pub broken: Vec<&'static str>,
}

/// Where a value is kept, and under what name.
#[derive(Default)]
pub struct Naming {
    pub key: Option<LitStr>,
    pub cache: Option<LitStr>,
    pub version: Option<String>,
    pub each: Option<Said<Written>>,
    pub ignore: Option<Said<Vec<Ident>>>,
    pub local: Option<Ident>,
    pub tags: Option<Said<Vec<LitStr>>>,
}

/// For how long.
#[derive(Default)]
pub struct Times {
    pub ttl: Option<Said<Ttl>>,
    pub stale: Option<Said<Time>>,
    pub stale_if_error: Option<Said<Time>>,
    pub refresh_ahead: Option<Said<Expr>>,
    pub early: Option<Said<Expr>>,
    pub jitter: Option<Said<Expr>>,
    pub timeout: Option<Said<Timeout>>,
    pub lock: Option<Said<Lock>>,
}

/// Which outcomes are kept.
#[derive(Default)]
pub struct Keeping {
    pub when: Option<Said<Chooser>>,
    pub ttl_with: Option<Said<Chooser>>,
    pub none_ttl: Option<Said<Time>>,
    pub error_ttl: Option<Said<ErrorTtl>>,
    pub verify: Option<Said<Expr>>,
    pub strict: Option<Ident>,
    pub returns: Option<Said<Returns>>,
}

/// What the expansion looks like.
#[derive(Default)]
pub struct Shape {
    pub companion: Option<Said<Ident>>,
    pub larder: Option<Path>,
    pub associated: Option<Ident>,
}

pub enum ErrorTtl {
    All(Time),
    Chosen(Chooser),
}

/// What a bare type parameter stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    Value,
    Result,
}

#[rustfmt::skip]
pub const ROWS: &[Row<Options>] = &[
    row("ttl", Form::Value, "ttl = 300", &["time", "time_to_live", "expire", "expires", "expiry", "seconds", "max_age", "duration"],
        |to, word, input| { to.times.ttl = Some(Said { value: Ttl::read(input.parse()?)?, word }); Ok(()) }),
    row("key", Form::Value, "key = \"profile:<id>\"", &["convert", "name", "pattern", "cache_key", "key_prefix"],
        |to, _, input| { to.naming.key = Some(values::key(input)?); Ok(()) }),
    row("each", Form::List, "each(id in ids)", &["batch", "many", "bulk", "for_each", "map"],
        |to, word, input| { to.naming.each = Some(Said { value: Written::read(input)?, word }); Ok(()) }),
    row("cache", Form::Value, "cache = \"sessions\"", &["store", "backend", "alias", "using", "cache_name"],
        |to, _, input| { to.naming.cache = Some(values::cache(input)?); Ok(()) }),
    row("version", Form::Value, "version = 2", &["ver", "revision"],
        |to, _, input| { to.naming.version = Some(values::version(input)?); Ok(()) }),
    row("ignore", Form::List, "ignore(db)", &["skip", "skip_args", "exclude", "except", "ignore_args", "skip_all"],
        |to, word, input| { to.naming.ignore = Some(Said { value: names(input)?, word }); Ok(()) }),
    row("tags", Form::Value, "tags = [\"author:<post.author>\"]", &["tag", "groups", "group", "namespace", "depends_on"],
        |to, word, input| { to.naming.tags = Some(Said { value: values::tags(input)?, word }); Ok(()) }),
    row("local", Form::Word, "local", &["in_memory", "in_process", "memory"],
        |to, word, _| { to.naming.local = Some(word); Ok(()) }),
    row("stale", Form::Value, "stale = 60", &["stale_while_revalidate", "swr", "grace"],
        |to, word, input| { to.times.stale = Some(Said { value: Time::read("stale", input.parse()?)?, word }); Ok(()) }),
    row("stale_if_error", Form::Value, "stale_if_error = 3600", &["result_fallback", "fallback", "sie"],
        |to, word, input| { to.times.stale_if_error = Some(Said { value: Time::read("stale_if_error", input.parse()?)?, word }); Ok(()) }),
    row("refresh_ahead", Form::Value, "refresh_ahead = 0.8", &["refresh", "prefetch"],
        |to, word, input| { to.times.refresh_ahead = Some(Said { value: part("refresh_ahead", "0.8", input)?, word }); Ok(()) }),
    row("early", Form::WordOrValue, "early = 1.0", &["xfetch", "beta", "early_expiry", "probabilistic"],
        |to, word, input| { to.times.early = Some(Said { value: beta(input)?, word }); Ok(()) }),
    row("jitter", Form::Value, "jitter = 0.1", &["spread"],
        |to, word, input| { to.times.jitter = Some(Said { value: part("jitter", "0.1", input)?, word }); Ok(()) }),
    row("none_ttl", Form::Value, "none_ttl = 10", &["cache_none", "option_ttl", "ttl_none"],
        |to, word, input| { to.keeping.none_ttl = Some(Said { value: Time::read("none_ttl", input.parse()?)?, word }); Ok(()) }),
    row("error_ttl", Form::Value, "error_ttl = 5", &["cache_err", "cache_errors", "err_ttl", "negative_ttl", "ttl_error"],
        |to, word, input| { to.keeping.error_ttl = Some(Said { value: error_ttl(input)?, word }); Ok(()) }),
    row("when", Form::Value, "when = |value| !value.is_empty()", &["if", "condition", "cache_if", "keep_if", "predicate"],
        |to, word, input| { to.keeping.when = Some(Said { value: Chooser::read("when", "|value| !value.is_empty()", input.parse()?)?, word }); Ok(()) }),
    row("ttl_with", Form::Value, "ttl_with = |value| value.seconds", &["ttl_fn", "expire_with", "ttl_if"],
        |to, word, input| { to.keeping.ttl_with = Some(Said { value: Chooser::read("ttl_with", "|value| value.seconds", input.parse()?)?, word }); Ok(()) }),
    row("timeout", Form::ValueOrList, "timeout = 5", &["deadline", "time_limit"],
        |to, word, input| { to.times.timeout = Some(Said { value: Timeout::read(input)?, word }); Ok(()) }),
    row("lock", Form::WordOrValue, "lock = 10", &["lease", "mutex", "dogpile", "distributed_lock"],
        |to, word, input| { to.times.lock = Some(Said { value: Lock::read(input)?, word }); Ok(()) }),
    row("verify", Form::Value, "verify = 0.001", &["check", "audit", "sample", "shadow"],
        |to, word, input| { to.keeping.verify = Some(Said { value: sample(input)?, word }); Ok(()) }),
    row("strict", Form::Word, "strict", &["fail"],
        |to, word, _| { to.keeping.strict = Some(word); Ok(()) }),
    row("companion", Form::Value, "companion = profiles", &["module", "rename"],
        |to, word, input| { to.shape.companion = Some(Said { value: values::companion(input)?, word }); Ok(()) }),
    row("crate", Form::Value, "crate = my_app::larder", &["krate", "crate_path"],
        |to, _, input| { to.shape.larder = Some(larder_path::path(input)?); Ok(()) }),
    row("returns", Form::Value, "returns = result", &["kind", "output"],
        |to, word, input| { to.keeping.returns = Some(Said { value: returns(input)?, word }); Ok(()) }),
    row("associated", Form::Word, "associated", &["in_impl", "method"],
        |to, word, _| { to.shape.associated = Some(word); Ok(()) }),
];

/// Options of other libraries that have nothing to say here.
const NEEDLESS: &[(&[&str], &str)] = &[
    (
        &["result", "option"],
        "`Result` and `Option` are told apart by their types, and only `Ok` is kept: leave this out",
    ),
    (
        &["sync_writes", "single_flight", "singleflight", "coalesce", "lock_key"],
        "one load serves all who wait for the same key, always: leave this out",
    ),
    (
        &["size", "max_size", "capacity", "max_entries", "max_capacity", "limit", "unbound"],
        "how much is kept is said where the cache is configured, not at the function: leave this out, or name another cache with `cache = \"…\"`",
    ),
    (&["async", "sync", "blocking"], "the function itself says whether it is async: leave this out"),
    (&["ty", "create", "map_error"], "the store is chosen where the cache is configured: leave this out"),
];

const TABLE: Table<Options> = Table { rows: ROWS, needless: NEEDLESS, example: "ttl = 300", first: None };

/// Reads all options.
pub fn parse(tokens: TokenStream, errors: &Errors) -> Options {
    let Read { options, broken } = options::read(&TABLE, tokens, errors);
    Options { broken, ..options }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::errors::Errors;

    fn messages(tokens: TokenStream) -> Vec<String> {
        let errors = Errors::new();
        parse(tokens, &errors);
        errors.finish().map(|all| all.into_iter().map(|error| error.to_string()).collect()).unwrap_or_default()
    }

    #[test]
    fn every_option_reads_its_own_example() {
        for row in ROWS {
            let tokens: TokenStream = row.example.parse().unwrap();
            assert_eq!(messages(tokens), [""; 0], "{}", row.name);
        }
    }

    #[test]
    fn what_is_wrong_with_one_option_does_not_hide_what_is_wrong_with_the_next() {
        let all = messages(quote!(tlt = 5, stale = "60", ignore(&db), local = true, jitter = 10));
        assert_eq!(all.len(), 5, "{all:#?}");
        assert!(all[0].contains("did you mean `ttl`"), "{all:#?}");
        assert!(all[4].contains("jitter = 0.1"), "{all:#?}");
    }

    #[test]
    fn each_wrong_form_is_told_its_repair() {
        for (wrong, repair) in [
            (quote!(300), "write `ttl = 300`"),
            (quote!("a:<b>"), "write `key = \"a:<b>\"`"),
            (quote!(ttl(60 * 5)), "write `ttl = 60 * 5`"),
            (quote!(ttl: 300), "write `ttl = 300`"),
            (quote!(ttl), "write `ttl = 300`"),
            (quote!(ttl =), "write `ttl = 300`"),
            (quote!(ttl = 1, ttl = 2), "said twice"),
            (quote!(ttl = 60 120), "separated by commas"),
            (quote!(local = true), "write `local`"),
            (quote!(ignore = db), "write `ignore(db)`"),
            (quote!(ignore(&db)), "leave the `&` out"),
            (quote!(ignore("db")), "without quotes"),
            (quote!(ignore()), "leave it out"),
            (quote!(ignore(user.id)), "whole arguments"),
            (quote!(key = id), "<id>"),
            (quote!(key = format!("{id}")), "not an expression"),
            (quote!(key = 5), "in quotes"),
            (quote!(cache = sessions), "write `cache = \"sessions\"`"),
            (quote!(cache = ""), "leave `cache` out"),
            (quote!(cache = "a b"), "holds ' '"),
            (quote!(version = "2"), "write `version = 2`"),
            (quote!(version = -1), "whole number"),
            (quote!(refresh_ahead = 80), "write `refresh_ahead = 0.8`"),
            (quote!(refresh_ahead = 1.0), "between 0 and 1"),
            (quote!(early = 0.0), "over 0"),
            (quote!(early = 0), "over 0"),
            (quote!(early = -1.0), "over 0"),
            (quote!(early = "1.0"), "or `early = 1.0`"),
            (quote!(early = true), "a word by itself"),
            (quote!(early(1.0)), "write `early = 1.0`"),
            (quote!(early =), "write `early = 1.0`"),
            (quote!(xfetch), "did you mean `early`"),
            (quote!(verify), "write `verify = 0.001`"),
            (quote!(verify = 5), "from 0 to 1"),
            (quote!(verify = 1.5), "from 0 to 1"),
            (quote!(verify = -0.1), "from 0 to 1"),
            (quote!(verify = true), "from 0 to 1"),
            (quote!(verify = "0.001"), "write `verify = 0.001`"),
            (quote!(when = 5), "closure of one argument"),
            (quote!(when = |a, b| true), "closure of one argument"),
            (quote!(when = async |a| true), "cannot wait"),
            (quote!(when = move |a| true), "leave `move` out"),
            (quote!(lock = 0), "leave `lock` out"),
            (quote!(lock = "10"), "write `lock = 10`"),
            (quote!(lock = true), "a word by itself"),
            (quote!(lock(10)), "write `lock = 10`"),
            (quote!(lock =), "write `lock = 10`"),
            (quote!(mutex), "did you mean `lock`"),
            (quote!(timeout(1)), "say which"),
            (quote!(timeout(soft = 1, soft = 2)), "said twice"),
            (quote!(timeout(sort = 1)), "`soft` or `hard`"),
            (quote!(companion = "P"), "without quotes"),
            (quote!(crate = "a::b"), "write `crate = a::b`"),
            (quote!(returns = option), "`value` or `result`"),
            (quote!(expire = 5), "did you mean `ttl`"),
            (quote!(result = true), "leave this out"),
            (quote!(size = 100), "configured"),
            (quote!(zzzzzzz = 100), "there are ttl, key"),
        ] {
            let said = messages(wrong.clone());
            assert_eq!(said.len(), 1, "{wrong}: {said:#?}");
            assert!(said[0].contains(repair), "{wrong}: {}", said[0]);
        }
    }
}
