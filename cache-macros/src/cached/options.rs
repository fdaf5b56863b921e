//! The options of `#[cached]`: one row each, with its spelling, its example and the words other libraries use for it.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprClosure, Ident, Lit, LitStr, Path, Token, token};

use super::time::{Time, Ttl};
use crate::larder_path;

/// An option's value, and the word that it was given by.
pub struct Said<T> {
    pub word: Ident,
    pub value: T,
}

/// What was written, before anybody asks whether it makes sense.
#[derive(Default)]
pub struct Written {
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
    pub ignore: Option<Said<Vec<Ident>>>,
    pub local: Option<Ident>,
}

/// For how long.
#[derive(Default)]
pub struct Times {
    pub ttl: Option<Said<Ttl>>,
    pub stale: Option<Said<Time>>,
    pub stale_if_error: Option<Said<Time>>,
    pub refresh_ahead: Option<Said<Expr>>,
    pub jitter: Option<Said<Expr>>,
    pub timeout: Option<Said<Timeout>>,
}

/// After how long a caller, or everybody, stops waiting.
#[derive(Default)]
pub struct Timeout {
    pub soft: Option<Time>,
    pub hard: Option<Time>,
}

/// Which outcomes are kept.
#[derive(Default)]
pub struct Keeping {
    pub when: Option<Said<Chooser>>,
    pub ttl_with: Option<Said<Chooser>>,
    pub none_ttl: Option<Said<Time>>,
    pub error_ttl: Option<Said<ErrorTtl>>,
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

/// A function of the value: a closure, or the name of one.
pub enum Chooser {
    Closure(Box<ExprClosure>),
    Path(Expr),
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

/// How an option is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Word,
    Value,
    List,
    ValueOrList,
}

pub struct Row {
    pub name: &'static str,
    pub form: Form,
    pub example: &'static str,
    /// What other libraries call it.
    pub also: &'static [&'static str],
    pub read: fn(&mut Written, Ident, ParseStream<'_>) -> syn::Result<()>,
}

const fn row(
    name: &'static str,
    form: Form,
    example: &'static str,
    also: &'static [&'static str],
    read: fn(&mut Written, Ident, ParseStream<'_>) -> syn::Result<()>,
) -> Row {
    Row { name, form, example, also, read }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("ttl", Form::Value, "ttl = 300", &["time", "time_to_live", "expire", "expires", "expiry", "seconds", "max_age", "duration"],
        |to, word, input| { to.times.ttl = Some(Said { value: Ttl::read("ttl", input.parse()?)?, word }); Ok(()) }),
    row("key", Form::Value, "key = \"profile:<id>\"", &["convert", "name", "pattern", "cache_key", "key_prefix"],
        |to, _, input| { to.naming.key = Some(text("key", input)?); Ok(()) }),
    row("cache", Form::Value, "cache = \"sessions\"", &["store", "backend", "alias", "using", "cache_name"],
        |to, _, input| { to.naming.cache = Some(cache_name(input)?); Ok(()) }),
    row("version", Form::Value, "version = 2", &["ver", "revision"],
        |to, _, input| { to.naming.version = Some(version(input)?); Ok(()) }),
    row("ignore", Form::List, "ignore(db)", &["skip", "skip_args", "exclude", "except", "ignore_args", "skip_all"],
        |to, word, input| { to.naming.ignore = Some(Said { value: names(input)?, word }); Ok(()) }),
    row("local", Form::Word, "local", &["in_memory", "in_process", "memory"],
        |to, word, _| { to.naming.local = Some(word); Ok(()) }),
    row("stale", Form::Value, "stale = 60", &["stale_while_revalidate", "swr", "grace"],
        |to, word, input| { to.times.stale = Some(Said { value: Time::read("stale", input.parse()?)?, word }); Ok(()) }),
    row("stale_if_error", Form::Value, "stale_if_error = 3600", &["result_fallback", "fallback", "sie"],
        |to, word, input| { to.times.stale_if_error = Some(Said { value: Time::read("stale_if_error", input.parse()?)?, word }); Ok(()) }),
    row("refresh_ahead", Form::Value, "refresh_ahead = 0.8", &["refresh", "early", "prefetch", "beta"],
        |to, word, input| { to.times.refresh_ahead = Some(Said { value: part("refresh_ahead", "0.8", input)?, word }); Ok(()) }),
    row("jitter", Form::Value, "jitter = 0.1", &["spread"],
        |to, word, input| { to.times.jitter = Some(Said { value: part("jitter", "0.1", input)?, word }); Ok(()) }),
    row("none_ttl", Form::Value, "none_ttl = 10", &["cache_none", "option_ttl", "ttl_none"],
        |to, word, input| { to.keeping.none_ttl = Some(Said { value: Time::read("none_ttl", input.parse()?)?, word }); Ok(()) }),
    row("error_ttl", Form::Value, "error_ttl = 5", &["cache_err", "cache_errors", "err_ttl", "negative_ttl", "ttl_error"],
        |to, word, input| { to.keeping.error_ttl = Some(Said { value: error_ttl(input)?, word }); Ok(()) }),
    row("when", Form::Value, "when = |value| !value.is_empty()", &["if", "condition", "cache_if", "keep_if", "predicate"],
        |to, word, input| { to.keeping.when = Some(Said { value: chooser("when", "|value| !value.is_empty()", input.parse()?)?, word }); Ok(()) }),
    row("ttl_with", Form::Value, "ttl_with = |value| value.seconds", &["ttl_fn", "expire_with", "ttl_if"],
        |to, word, input| { to.keeping.ttl_with = Some(Said { value: chooser("ttl_with", "|value| value.seconds", input.parse()?)?, word }); Ok(()) }),
    row("timeout", Form::ValueOrList, "timeout = 5", &["deadline", "time_limit"],
        |to, word, input| { to.times.timeout = Some(Said { value: timeout(input)?, word }); Ok(()) }),
    row("strict", Form::Word, "strict", &["fail"],
        |to, word, _| { to.keeping.strict = Some(word); Ok(()) }),
    row("companion", Form::Value, "companion = profiles", &["module", "rename"],
        |to, word, input| { to.shape.companion = Some(Said { value: companion(input)?, word }); Ok(()) }),
    row("crate", Form::Value, "crate = my_app::larder", &["krate", "crate_path"],
        |to, _, input| { to.shape.larder = Some(larder_path::path(input)?); Ok(()) }),
    row("returns", Form::Value, "returns = result", &["kind", "output"],
        |to, word, input| { to.keeping.returns = Some(Said { value: returns(input)?, word }); Ok(()) }),
    row("associated", Form::Word, "associated", &["in_impl", "method"],
        |to, word, _| { to.shape.associated = Some(word); Ok(()) }),
];

/// Options of other libraries that have nothing to say here.
pub const NEEDLESS: &[(&[&str], &str)] = &[
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

fn text(option: &str, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let expr: Expr = input.parse()?;
    let message = match &expr {
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
            let Lit::Str(text) = &literal.lit else { unreachable!("it was matched") };
            return Ok(text.clone());
        }
        Expr::Path(path) if path.path.get_ident().is_some() => {
            let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
            match option {
                "key" => format!(
                    "a key is a pattern in quotes: write `key = \"<{name}>\"`, or put some text before it, as in `key = \"item:<{name}>\"`"
                ),
                _ => format!("this is text: write `{option} = \"{name}\"`"),
            }
        }
        Expr::Macro(_) if option == "key" => {
            "a key is a pattern that the compiler checks, not an expression: write `key = \"profile:<id>\"`".to_owned()
        }
        Expr::Lit(_) if option == "key" => "a key is a pattern in quotes, as in `key = \"profile:<id>\"`".to_owned(),
        _ if option == "key" => {
            "a key is one literal, as in `key = \"profile:<id>\"`: the compiler checks it".to_owned()
        }
        _ => format!("this is one literal in quotes, as in `{option} = \"sessions\"`"),
    };
    Err(syn::Error::new_spanned(expr, message))
}

fn cache_name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name = text("cache", input)?;
    let value = name.value();
    if value.is_empty() {
        return Err(syn::Error::new(name.span(), "a cache has a name: leave `cache` out for the one called `default`"));
    }
    if let Some(wrong) = value.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.')) {
        let message =
            format!("the name of a cache is made of letters, digits, `_`, `-` and `.`; this one holds {wrong:?}");
        return Err(syn::Error::new(name.span(), message));
    }
    Ok(name)
}

fn version(input: ParseStream<'_>) -> syn::Result<String> {
    let expr: Expr = input.parse()?;
    let wrong = |message: &str| Err(syn::Error::new_spanned(&expr, message));
    let Expr::Lit(literal) = &expr else {
        return wrong("a version is a whole number, as in `version = 2`");
    };
    match &literal.lit {
        Lit::Int(number) if number.suffix().is_empty() && number.base10_parse::<u64>().is_ok() => {
            Ok(number.base10_digits().to_owned())
        }
        Lit::Str(text) if text.value().parse::<u64>().is_ok() => {
            wrong(&format!("a version is a whole number, without quotes: write `version = {}`", text.value()))
        }
        _ => wrong("a version is a whole number, as in `version = 2`"),
    }
}

/// Parses `(a, b)`, as `ignore` takes it.
fn names(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let start = input.span();
    let names = inside(input, Punctuated::<Expr, Token![,]>::parse_terminated)?;
    if names.is_empty() {
        let message = "nothing is ignored here: name an argument, as in `ignore(db)`, or leave it out";
        return Err(syn::Error::new(start, message));
    }
    names.iter().map(name).collect()
}

/// Parses what stands in parentheses. What is left behind by an error is dropped: one error is enough.
fn inside<T>(input: ParseStream<'_>, read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let content;
    syn::parenthesized!(content in input);
    let result = read(&content);
    let _: TokenStream = content.parse()?;
    result
}

fn name(expr: &Expr) -> syn::Result<Ident> {
    let inner = match expr {
        Expr::Reference(reference) => &reference.expr,
        other => other,
    };
    let message = match inner {
        Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() && std::ptr::eq(inner, expr) => {
            return path.path.require_ident().cloned();
        }
        Expr::Path(path) if path.path.get_ident().is_some() => {
            "an argument is ignored by its bare name: leave the `&` out".to_owned()
        }
        Expr::Field(_) | Expr::MethodCall(_) => {
            "only whole arguments can be ignored; those with a part in the key need nothing".to_owned()
        }
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
            "an argument is named without quotes, as in `ignore(db)`".to_owned()
        }
        Expr::Infer(_) => "an argument called `_` cannot be read, and needs nothing: leave it out".to_owned(),
        _ => "only the names of arguments stand here, as in `ignore(db, log)`".to_owned(),
    };
    Err(syn::Error::new_spanned(expr, message))
}

/// Parses a part of a time: a number between 0 and 1.
fn part(option: &str, example: &str, input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr: Expr = input.parse()?;
    let wrong = |message: String| Err(syn::Error::new_spanned(&expr, message));
    let meaning = match option {
        "jitter" => "the part of the time that is left to chance",
        _ => "the part of its time after which a value is loaded anew",
    };
    let should = format!("`{option}` is {meaning}, between 0 and 1: write `{option} = {example}`");
    match &expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) if matches!(number.suffix(), "" | "f32") => match number.base10_parse::<f32>() {
                Ok(value) if value > 0.0 && value < 1.0 => Ok(expr),
                _ => wrong(should),
            },
            Lit::Int(number) => match number.base10_parse::<u8>() {
                Ok(percent @ 2..=99) => {
                    let value = format!("0.{percent:02}");
                    wrong(format!(
                        "`{option}` is {meaning}, between 0 and 1: write `{option} = {}`",
                        value.trim_end_matches('0')
                    ))
                }
                _ => wrong(should),
            },
            _ => wrong(should),
        },
        Expr::Path(_) => Ok(expr),
        _ => wrong(should),
    }
}

fn chooser(option: &str, example: &str, expr: Expr) -> syn::Result<Chooser> {
    let message = match expr {
        Expr::Closure(closure)
            if closure.inputs.len() == 1 && closure.asyncness.is_none() && closure.capture.is_none() =>
        {
            return Ok(Chooser::Closure(Box::new(closure)));
        }
        Expr::Path(_) => return Ok(Chooser::Path(expr)),
        Expr::Closure(ref closure) if closure.asyncness.is_some() => {
            format!("`{option}` looks at the value only, and cannot wait: write a closure without `async`")
        }
        Expr::Closure(ref closure) if closure.capture.is_some() => {
            format!("`{option}` sees the value and nothing else, so there is nothing to move: leave `move` out")
        }
        Expr::Closure(_) => format!("`{option}` is a closure of one argument, as in `{option} = {example}`"),
        _ => {
            format!("`{option}` is a closure of one argument, or the name of a function: write `{option} = {example}`")
        }
    };
    Err(syn::Error::new_spanned(expr, message))
}

fn error_ttl(input: ParseStream<'_>) -> syn::Result<ErrorTtl> {
    let expr: Expr = input.parse()?;
    match expr {
        Expr::Closure(_) => {
            chooser("error_ttl", "|error| error.is_not_found().then_some(5)", expr).map(ErrorTtl::Chosen)
        }
        expr => Time::read("error_ttl", expr).map(ErrorTtl::All),
    }
}

/// Parses what stands behind `timeout`: `= 5`, or `(soft = 1, hard = 5)`.
fn timeout(input: ParseStream<'_>) -> syn::Result<Timeout> {
    if !input.peek(token::Paren) {
        return Ok(Timeout { soft: None, hard: Some(Time::read("timeout", input.parse()?)?) });
    }
    let start = input.span();
    let limits = inside(input, limits)?;
    if limits.soft.is_none() && limits.hard.is_none() {
        return Err(syn::Error::new(start, "write `timeout(soft = 1, hard = 5)`, or `timeout = 5`"));
    }
    Ok(limits)
}

fn limits(content: ParseStream<'_>) -> syn::Result<Timeout> {
    let mut limits = Timeout::default();
    while !content.is_empty() {
        limit(&mut limits, content)?;
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(limits)
}

fn limit(limits: &mut Timeout, content: ParseStream<'_>) -> syn::Result<()> {
    if content.peek(Lit) {
        let message = "say which: `timeout(soft = 1, hard = 5)`, or `timeout = 5` for a hard one";
        return Err(syn::Error::new(content.span(), message));
    }
    let word = content.call(Ident::parse_any)?;
    let place = match word.to_string().as_str() {
        "soft" => &mut limits.soft,
        "hard" => &mut limits.hard,
        _ => {
            return Err(syn::Error::new(
                word.span(),
                "a time limit is `soft` or `hard`: write `timeout(soft = 1, hard = 5)`",
            ));
        }
    };
    if place.is_some() {
        return Err(syn::Error::new(word.span(), format!("`{word}` is said twice: leave one out")));
    }
    if !content.peek(Token![=]) {
        return Err(syn::Error::new(word.span(), format!("`{word}` needs a time: write `{word} = 5`")));
    }
    content.parse::<Token![=]>()?;
    *place = Some(Time::read(&word.to_string(), content.parse()?)?);
    Ok(())
}

fn companion(input: ParseStream<'_>) -> syn::Result<Ident> {
    let expr: Expr = input.parse()?;
    match &expr {
        Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
            path.path.require_ident().cloned()
        }
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
            Err(syn::Error::new_spanned(&expr, "a companion is named without quotes, as in `companion = profiles`"))
        }
        _ => Err(syn::Error::new_spanned(&expr, "a companion is given one name, as in `companion = profiles`")),
    }
}

fn returns(input: ParseStream<'_>) -> syn::Result<Returns> {
    let expr: Expr = input.parse()?;
    if let Expr::Path(path) = &expr {
        if path.path.is_ident("value") {
            return Ok(Returns::Value);
        }
        if path.path.is_ident("result") {
            return Ok(Returns::Result);
        }
    }
    let message = "what a function returns is `value` or `result`: write `returns = value`, or `returns = result` where only `Ok` is kept";
    Err(syn::Error::new_spanned(expr, message))
}

/// Makes an error for an empty place, such as behind `ttl =`.
pub fn missing(span: Span, row: &Row) -> syn::Error {
    syn::Error::new(span, format!("`{}` needs a value: write `{}`", row.name, row.example))
}
