//! The options of `#[cache_page]`: one row each, with its spelling, its example and the words other libraries use for it.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, LitBool, LitStr, Path, Token};

use super::statuses::{Status, statuses};
use super::values;
use super::vary::{Vary, vary};
use crate::errors::Errors;
use crate::options::{self, Form, Read, Row, Table, row};
use crate::time::{Asked, Time};
use crate::values as common;
use crate::{larder_path, spelling};

/// What was written, before anybody asks whether it makes sense.
#[derive(Default)]
pub struct Options {
    pub times: Times,
    pub naming: Naming,
    pub telling: Telling,
    pub keeping: Keeping,
    pub shape: Shape,
    /// The options that were named, and could not be read.
    pub broken: Vec<&'static str>,
}

/// For how long.
#[derive(Default)]
pub struct Times {
    pub ttl: Option<Time>,
    pub browser: Option<Time>,
    pub stale: Option<Time>,
    pub stale_if_error: Option<Time>,
}

/// Where a page is kept, and under what name.
#[derive(Default)]
pub struct Naming {
    pub key: Option<LitStr>,
    pub cache: Option<LitStr>,
    pub version: Option<String>,
    pub key_prefix: Option<LitStr>,
    pub tags: Vec<LitStr>,
}

/// What tells pages apart, and what handlers see.
#[derive(Default)]
pub struct Telling {
    pub vary: Vec<Vary>,
    /// What other attributes of the handler say that its pages vary on.
    pub varied: Vec<Vary>,
    /// `None` where all parameters count.
    pub query: Option<Vec<LitStr>>,
    pub see: Vec<LitStr>,
    pub shared: Vec<Ident>,
}

/// What is kept.
#[derive(Default)]
pub struct Keeping {
    pub statuses: Vec<Status>,
    pub keep_cookies: Option<Ident>,
    pub trust_client: Option<Ident>,
    pub etag: Option<Ident>,
    pub explicit_only: Option<Ident>,
    pub silent: Option<Ident>,
    pub limit: Option<Expr>,
    pub variants: Option<Expr>,
    pub layer: Option<Expr>,
}

/// What the expansion looks like.
#[derive(Default)]
pub struct Shape {
    pub companion: Option<Ident>,
    pub larder: Option<Path>,
    pub associated: Option<Ident>,
}

#[rustfmt::skip]
pub const ROWS: &[Row<Options>] = &[
    row("ttl", Form::Value, "ttl = 900", &["time", "timeout", "time_to_live", "expire", "expires", "expiry", "seconds", "max_age", "duration", "cache_timeout"],
        |to, _, input| { to.times.ttl = Some(Time::read("ttl", input.parse()?)?); Ok(()) }),
    row("browser", Form::Value, "browser = 60", &["client", "client_ttl", "browser_ttl", "client_max_age"],
        |to, _, input| { to.times.browser = Some(values::browser(input)?); Ok(()) }),
    row("stale", Form::Value, "stale = 60", &["stale_while_revalidate", "swr", "grace"],
        |to, _, input| { to.times.stale = Some(Time::read("stale", input.parse()?)?); Ok(()) }),
    row("stale_if_error", Form::Value, "stale_if_error = 3600", &["fallback", "sie"],
        |to, _, input| { to.times.stale_if_error = Some(Time::read("stale_if_error", input.parse()?)?); Ok(()) }),
    row("key", Form::Value, "key = \"article:<id>\"", &["name", "pattern", "cache_key", "key_func", "convert"],
        |to, _, input| { to.naming.key = Some(common::key(input)?); Ok(()) }),
    row("vary", Form::ValueOrList, "vary = \"Accept-Language\"", &["vary_on", "vary_on_headers", "vary_by", "headers", "vary_header"],
        |to, _, input| { to.telling.vary = vary(input)?; Ok(()) }),
    row("shared", Form::List, "shared(user)", &["ignore", "skip", "public", "allow", "same"],
        |to, _, input| { to.telling.shared = values::shared(input)?; Ok(()) }),
    row("query", Form::List, "query(\"page\", \"sort\")", &["params", "query_params", "vary_query", "parameters"],
        |to, _, input| { to.telling.query = Some(values::query(input)?); Ok(()) }),
    row("see", Form::List, "see(\"X-Request-Id\")", &["show", "pass", "pass_through", "expose"],
        |to, _, input| { to.telling.see = values::see(input)?; Ok(()) }),
    row("tags", Form::Value, "tags = [\"author:<author>\"]", &["tag", "groups", "group", "namespace", "depends_on"],
        |to, _, input| { to.naming.tags = common::tags(input)?; Ok(()) }),
    row("cache", Form::Value, "cache = \"special\"", &["store", "backend", "alias", "using", "cache_name"],
        |to, _, input| { to.naming.cache = Some(common::cache(input)?); Ok(()) }),
    row("version", Form::Value, "version = 2", &["ver", "revision"],
        |to, _, input| { to.naming.version = Some(common::version(input)?); Ok(()) }),
    row("key_prefix", Form::Value, "key_prefix = \"site1\"", &["prefix"],
        |to, _, input| { to.naming.key_prefix = Some(values::prefix(input)?); Ok(()) }),
    row("statuses", Form::List, "statuses(404 = 10)", &["status", "codes", "status_codes", "error_ttl"],
        |to, _, input| { to.keeping.statuses = statuses(input)?; Ok(()) }),
    row("keep_cookies", Form::Word, "keep_cookies", &["cookies", "set_cookie"],
        |to, word, _| { to.keeping.keep_cookies = Some(word); Ok(()) }),
    row("trust_client", Form::Word, "trust_client", &["obey_client", "client_control"],
        |to, word, _| { to.keeping.trust_client = Some(word); Ok(()) }),
    row("etag", Form::Word, "etag", &["etags"],
        |to, word, _| { to.keeping.etag = Some(word); Ok(()) }),
    row("explicit_only", Form::Word, "explicit_only", &["explicit"],
        |to, word, _| { to.keeping.explicit_only = Some(word); Ok(()) }),
    row("silent", Form::Word, "silent", &["quiet"],
        |to, word, _| { to.keeping.silent = Some(word); Ok(()) }),
    row("limit", Form::Value, "limit = 64 << 10", &["max_size", "max_bytes", "size", "body_limit"],
        |to, _, input| { to.keeping.limit = Some(values::number("limit", "64 << 10", input)?); Ok(()) }),
    row("variants", Form::Value, "variants = 16", &["max_variants"],
        |to, _, input| { to.keeping.variants = Some(values::number("variants", "16", input)?); Ok(()) }),
    row("layer", Form::Value, "layer = |layer| layer.keep_errors()", &["with", "configure", "config"],
        |to, _, input| { to.keeping.layer = Some(values::layer(input)?); Ok(()) }),
    row("companion", Form::Value, "companion = Front", &["module", "rename"],
        |to, _, input| { to.shape.companion = Some(common::companion(input)?); Ok(()) }),
    row("crate", Form::Value, "crate = my_app::larder", &["krate", "crate_path"],
        |to, _, input| { to.shape.larder = Some(larder_path::path(input)?); Ok(()) }),
    row("associated", Form::Word, "associated", &["in_impl", "method"],
        |to, word, _| { to.shape.associated = Some(word); Ok(()) }),
    row("__vary", Form::List, "__vary(\"Cookie\")", &[],
        |to, _, input| { to.telling.varied = vary(input)?; Ok(()) }),
];

/// Options of other libraries and attributes that have nothing to say here.
const NEEDLESS: &[(&[&str], &str)] = &[
    (
        &["vary_cookie", "cookie"],
        "pages that vary on one cookie say so with `vary`: write `vary = cookie(\"session\")`",
    ),
    (&["local"], "a page goes where its cache lives: name one with `cache = \"…\"`"),
    (
        &["refresh_ahead", "early", "jitter"],
        "a page is made anew behind an answer once its time is over: write `stale = 60`",
    ),
    (
        &["verify"],
        "a page is told apart by its validator and not held against another one: leave this out, or write it at the function \
         that the handler calls",
    ),
    (
        &["when", "if", "condition", "unless"],
        "whether a page is kept is said by its response, as with `Cache-Control: no-store`: leave this out",
    ),
    (
        &["sync_writes", "single_flight", "singleflight", "coalesce", "lock_key"],
        "one page serves all who wait for it, always: leave this out",
    ),
    (
        &["capacity", "max_entries", "max_capacity", "unbound"],
        "how much is kept is said where the cache is configured, not at the handler: leave this out",
    ),
    (
        &["method", "methods", "get", "post"],
        "pages are asked for with `GET` and `HEAD`, and nothing else is answered: leave this out",
    ),
    (&["strict"], "trouble of the cache never reaches a visitor: leave this out"),
    (
        &["private", "no_store", "no_cache", "must_revalidate", "s_maxage", "cache_control", "never_cache"],
        "what a response says of itself stands in an attribute of its own: write `#[cache_control(…)]`",
    ),
];

const TABLE: Table<Options> =
    Table { rows: ROWS, needless: NEEDLESS, example: "vary = \"Accept-Language\"", first: Some(first) };

/// Reads all options.
pub fn parse(tokens: TokenStream, errors: &Errors) -> Options {
    let Read { options, broken } = options::read(&TABLE, tokens, errors);
    Options { broken, ..options }
}

/// Reads the time, where it stands first and has no name.
fn first(to: &mut Options, input: ParseStream<'_>) -> syn::Result<Option<&'static str>> {
    if is_option(input) {
        return Ok(None);
    }
    to.times.ttl = Some(Time::read(Asked::First, input.parse()?)?);
    Ok(Some("ttl"))
}

/// Returns whether an option stands here, be it one that nobody knows. A time is a number or an expression; a name alone is
/// one where it is written as constants are.
fn is_option(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    if ahead.peek(LitBool) {
        return false;
    }
    let Ok(word) = ahead.call(Ident::parse_any) else { return input.is_empty() };
    let name = spelling::plain(&word);
    let has_value = ahead.peek(Token![=]) && !ahead.peek(Token![==]);
    let is_constant = !name.starts_with(|first: char| first.is_lowercase()) && !name.starts_with('_');
    if has_value || is_constant {
        return has_value;
    }
    let is_alone = ahead.is_empty() || ahead.peek(Token![,]);
    TABLE.knows(&name) || (is_alone && name != "forever" && name != "never")
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

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
    fn a_time_stands_first_in_whatever_way_it_is_computed() {
        for time in [
            quote!(900),
            quote!(60 * 15),
            quote!(DAY),
            quote!(times::day()),
            quote!(minutes(5)),
            quote!(Duration::from_secs(5)),
        ] {
            assert_eq!(messages(quote!(#time, etag)), [""; 0], "{time}");
            assert_eq!(messages(quote!(#time, ttl = 5)), ["`ttl` is said twice: leave one out"], "{time}");
        }
    }

    #[test]
    fn what_is_wrong_with_one_option_does_not_hide_what_is_wrong_with_the_next() {
        let all = messages(quote!("900", stale = "60", shared(&user), etag = true, vary = Cookie));
        assert_eq!(all.len(), 5, "{all:#?}");
        assert!(all[0].contains("write `900`") && all[4].contains("write `vary = \"Cookie\"`"), "{all:#?}");
    }

    #[test]
    fn each_wrong_form_is_told_its_repair() {
        for (wrong, repair) in [
            (quote!("15m"), "write `15 * 60`"),
            (quote!(0), "as in `60`"),
            (quote!(forever), "the time of a page needs an end"),
            (quote!(ttl = forever), "write a time, as in `ttl = 60`"),
            (quote!(ttl(900)), "write `ttl = 900`"),
            (quote!(vary = "Accept", 900), "write `ttl = 900`"),
            (quote!(60, browser = "60"), "write `browser = 60`"),
            (quote!(60, vary = user), "write `vary(user = \"Cookie\")`"),
            (quote!(60, vary = ["A", "B"]), "parentheses"),
            (quote!(60, vary = "*"), "write `vary(\"Accept-Language\")`"),
            (quote!(60, vary = "A, B"), "write `vary(\"A\", \"B\")`"),
            (quote!(60, vary = "Cookie: session"), "`vary = cookie(\"session\")`"),
            (quote!(60, vary = cookie), "which cookie"),
            (quote!(60, vary = cookie(session)), "named in quotes"),
            (quote!(60, vary("A", b = cookie("c", "d"))), "write `vary(cookie(\"c\"), cookie(\"d\"))`"),
            (quote!(60, shared = user), "write `shared(user)`"),
            (quote!(60, shared(user.id)), "as a whole"),
            (quote!(60, query = "page"), "write `query(\"page\")`"),
            (quote!(60, query("page=1")), "without its value"),
            (quote!(60, see(x_trace)), "write `see(\"x-trace\")`"),
            (quote!(60, see(cookie("session"))), "`vary = cookie(\"session\")`"),
            (quote!(60, statuses = 404), "write `statuses(404)`"),
            (quote!(60, statuses(404 = "10")), "write `statuses(404 = 10)`"),
            (quote!(60, statuses(500)), "never kept"),
            (quote!(60, statuses(304)), "no whole page"),
            (quote!(60, limit = -1), "write `limit = 64 << 10`"),
            (quote!(60, layer = 5), "write `layer = |layer|"),
            (quote!(60, key_prefix = site1), "write `key_prefix = \"site1\"`"),
            (quote!(60, timeout = 900), "did you mean `ttl`"),
            (quote!(60, sta), "did you mean `stale`"),
            (quote!(60, cache_control = "public"), "`#[cache_control(…)]`"),
            (quote!(60, vary_cookie = "session"), "write `vary = cookie(\"session\")`"),
            (quote!(60, capacity = 100), "configured"),
            (quote!(60, methods("POST")), "`GET` and `HEAD`"),
            (quote!(60, zzzzzzz = 100), "there are ttl, browser"),
        ] {
            let said = messages(wrong.clone());
            assert_eq!(said.len(), 1, "{wrong}: {said:#?}");
            assert!(said[0].contains(repair), "{wrong}: {}", said[0]);
        }
    }
}
