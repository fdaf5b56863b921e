//! The values of the options of pages: one reader each, with what to say of a wrong one.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprCall, ExprLit, ExprReference, Ident, Lit, LitStr, Token, token};

use crate::time::{Asked, Time};
use crate::values::{bare_name, expression, inside, text};

/// One thing that pages vary on, and the guard that it decides.
pub struct Vary {
    pub guard: Option<Ident>,
    pub by: By,
}

/// What of a request it is.
pub enum By {
    Header(LitStr),
    Cookie(LitStr),
}

/// A status code whose pages are kept, and for how long.
pub struct Status {
    pub code: u16,
    pub time: Option<Time>,
    pub span: Span,
}

/// Reads `= "Cookie"`, or `("Accept", cookie("session"), user = "Cookie")`.
pub fn vary(input: ParseStream<'_>) -> syn::Result<Vec<Vary>> {
    if !input.peek(token::Paren) {
        return Ok(vec![Vary { guard: None, by: by(input)? }]);
    }
    let start = input.span();
    let all = inside(input, |content| Punctuated::<Vary, Token![,]>::parse_terminated_with(content, one))?;
    if all.is_empty() {
        return Err(syn::Error::new(start, "nothing is named here: name a header, or leave `vary` out"));
    }
    Ok(all.into_iter().collect())
}

fn one(input: ParseStream<'_>) -> syn::Result<Vary> {
    let guard = if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
        let guard = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Some(guard)
    } else {
        None
    };
    Ok(Vary { guard, by: by(input)? })
}

fn by(input: ParseStream<'_>) -> syn::Result<By> {
    let expr = expression(input)?;
    match &expr {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => header("vary", name).map(By::Header),
        Expr::Call(call) if bare_name(&call.func).is_some_and(|name| name == "cookie") => of_a_cookie(call),
        _ => Err(syn::Error::new_spanned(&expr, not_by(&expr))),
    }
}

fn of_a_cookie(call: &ExprCall) -> syn::Result<By> {
    let names: Option<Vec<_>> = call.args.iter().map(text).collect();
    match names.as_deref() {
        Some([name]) => cookie(name).map(By::Cookie),
        Some(names @ [_, ..]) => {
            let all: Vec<_> = names.iter().map(|name| format!("cookie({:?})", name.value())).collect();
            let message = format!("each cookie is named by itself: write `vary({})`", all.join(", "));
            Err(syn::Error::new_spanned(call, message))
        }
        _ => Err(syn::Error::new_spanned(call, "a cookie is named in quotes: write `cookie(\"session\")`")),
    }
}

fn not_by(expr: &Expr) -> String {
    match (expr, bare_name(expr).map(ToString::to_string)) {
        (_, Some(name)) if name == "cookie" => {
            "say which cookie: write `cookie(\"session\")`, or `\"Cookie\"` for all of them".to_owned()
        }
        (_, Some(name)) if name.starts_with(|first: char| first.is_uppercase()) => {
            format!("a header is named in quotes: write `vary = \"{}\"`", name.replace('_', "-"))
        }
        (_, Some(name)) => format!(
            "a header is named in quotes, as in `vary = \"Accept-Language\"`; if one decides what `{name}` is, write \
             `vary({name} = \"Cookie\")`"
        ),
        (Expr::Array(_) | Expr::Tuple(_), _) => {
            "several headers stand in parentheses: write `vary(\"Accept\", \"Accept-Language\")`".to_owned()
        }
        _ => "pages vary on headers, in quotes, or on one cookie: write `vary = \"Accept-Language\"`, or \
              `vary = cookie(\"session\")`"
            .to_owned(),
    }
}

/// Looks whether this can be the name of a header, in an option.
fn header(option: &str, name: &LitStr) -> syn::Result<LitStr> {
    let value = name.value();
    let wrong = |message: String| Err(syn::Error::new(name.span(), message));
    let cookie = value.split_once([':', '=']).filter(|(header, _)| header.trim().eq_ignore_ascii_case("cookie"));
    if value == "*" {
        let why =
            if option == "vary" { "no two requests are alike, and nothing would be kept" } else { "headers are named" };
        return wrong(format!("{why}: write `{option}(\"Accept-Language\")`"));
    }
    if let Some((_, cookie)) = cookie {
        return wrong(format!("one cookie is told apart like this: `vary = cookie({:?})`", cookie.trim()));
    }
    if value.contains(',') {
        let all: Vec<_> = value.split(',').map(|name| format!("{:?}", name.trim())).collect();
        return wrong(format!("each header is named by itself: write `{option}({})`", all.join(", ")));
    }
    token_of(name, "header", "Accept-Language")
}

fn cookie(name: &LitStr) -> syn::Result<LitStr> {
    token_of(name, "cookie", "session")
}

/// Looks whether this is a token of RFC 9110, 5.6.2.
fn token_of(name: &LitStr, what: &str, example: &str) -> syn::Result<LitStr> {
    let value = name.value();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let wrong = |message: String| Err(syn::Error::new(name.span(), message));
    if value.is_empty() {
        return wrong(format!("a {what} has a name: write one, as in `\"{example}\"`"));
    }
    match value.chars().find(|c| !is_token(*c)) {
        None => Ok(name.clone()),
        Some(c) => {
            wrong(format!("no {what} is called {value:?}, since it holds {c:?}: write a name such as `\"{example}\"`"))
        }
    }
}

/// Reads `("page", "sort")`; nothing at all says that no parameter counts.
pub fn query(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let each = texts(input, "query", "a parameter", "page")?;
    for name in &each {
        let value = name.value();
        if value.is_empty() {
            return Err(syn::Error::new(name.span(), "a parameter has a name: write it, as in `query(\"page\")`"));
        }
        if let Some(wrong) = value.chars().find(|c| matches!(c, '&' | '=' | '#' | '?') || c.is_whitespace()) {
            let message = format!(
                "a parameter is named as it stands in the address, by itself and without its value; this holds {wrong:?}: \
                 write `query(\"page\", \"sort\")`"
            );
            return Err(syn::Error::new(name.span(), message));
        }
    }
    Ok(each)
}

/// Reads `("X-Request-Id")`.
pub fn see(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let start = input.span();
    let each = texts(input, "see", "a header", "X-Request-Id")?;
    if each.is_empty() {
        return Err(syn::Error::new(start, "nothing is named here: name a header, or leave `see` out"));
    }
    each.iter().map(|name| header("see", name)).collect()
}

fn texts(input: ParseStream<'_>, option: &str, what: &str, example: &str) -> syn::Result<Vec<LitStr>> {
    let all = inside(input, Punctuated::<Expr, Token![,]>::parse_terminated)?;
    let each = all.iter().map(|expr| {
        let message = match expr {
            Expr::Call(call) if option == "see" && bare_name(&call.func).is_some_and(|name| name == "cookie") => {
                "a cookie that handlers see tells pages apart: write `vary = cookie(\"session\")`".to_owned()
            }
            _ => match bare_name(expr).map(ToString::to_string) {
                Some(name) if option == "see" => {
                    format!("{what} is named in quotes: write `{option}({:?})`", name.replace('_', "-"))
                }
                Some(name) => format!("{what} is named in quotes: write `{option}({name:?})`"),
                None => format!("{what} is named in quotes, as in `{option}({example:?})`"),
            },
        };
        text(expr).cloned().ok_or_else(|| syn::Error::new_spanned(expr, message))
    });
    each.collect()
}

/// Reads `(user)`.
pub fn shared(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let start = input.span();
    let all = inside(input, Punctuated::<Expr, Token![,]>::parse_terminated)?;
    if all.is_empty() {
        return Err(syn::Error::new(
            start,
            "nothing is named here: name an argument, as in `shared(user)`, or leave it out",
        ));
    }
    all.iter().map(whole_argument).collect()
}

fn whole_argument(expr: &Expr) -> syn::Result<Ident> {
    let message = match expr {
        Expr::Reference(ExprReference { expr: inner, .. }) if bare_name(inner).is_some() => {
            "an argument is shared by its bare name: leave the `&` out"
        }
        Expr::Field(_) | Expr::MethodCall(_) => {
            "an argument is shared as a whole; one with a part in the key needs no word here"
        }
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => "an argument is named without quotes, as in `shared(user)`",
        Expr::Infer(_) => "an argument called `_` cannot be named: call it `_guard`, and write `shared(_guard)`",
        _ => "only the names of arguments stand here, as in `shared(user)`",
    };
    bare_name(expr).cloned().ok_or_else(|| syn::Error::new_spanned(expr, message))
}

/// Reads a prefix of keys.
pub fn prefix(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let expr = expression(input)?;
    match text(&expr) {
        Some(prefix) if prefix.value().is_empty() => {
            Err(syn::Error::new(prefix.span(), "a prefix is a word: leave `key_prefix` out to go without"))
        }
        Some(prefix) => Ok(prefix.clone()),
        None => Err(syn::Error::new_spanned(expr, "a prefix is text: write `key_prefix = \"site1\"`")),
    }
}

/// Reads how long browsers may keep a page: no time is one, too.
pub fn browser(input: ParseStream<'_>) -> syn::Result<Time> {
    let expr = expression(input)?;
    if matches!(&expr, Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.base10_digits() == "0") {
        return Ok(Time { expr, seconds: Some(0) });
    }
    Time::read("browser", expr)
}

/// Reads `(404 = 10, 410)`.
pub fn statuses(input: ParseStream<'_>) -> syn::Result<Vec<Status>> {
    let start = input.span();
    let all = inside(input, |content| Punctuated::<Status, Token![,]>::parse_terminated_with(content, status))?;
    if all.is_empty() {
        return Err(syn::Error::new(start, "nothing is named here: write `statuses(404 = 10)`, or leave it out"));
    }
    let all: Vec<_> = all.into_iter().collect();
    for (index, status) in all.iter().enumerate() {
        if all[..index].iter().any(|other| other.code == status.code) {
            return Err(syn::Error::new(status.span, format!("`{}` is said twice: leave one out", status.code)));
        }
    }
    Ok(all)
}

fn status(input: ParseStream<'_>) -> syn::Result<Status> {
    let lit: Lit = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "a status is a number: write `statuses(404 = 10)`"))?;
    let span = lit.span();
    let Lit::Int(number) = &lit else {
        return Err(syn::Error::new(span, "a status is a number, without quotes: write `statuses(404 = 10)`"));
    };
    let code = number.base10_parse::<u16>().ok().filter(|code| (200..=599).contains(code));
    let message = match code {
        None => "a response has a status from 200 to 599: write `statuses(404 = 10)`".to_owned(),
        Some(code @ 500..) => format!(
            "`{code}` is an error of the server, which is never kept: leave it out; who keeps errors all the same says so to the \
             `layer`, with `keep_errors` and `statuses`"
        ),
        Some(code @ (206 | 304)) => format!("`{code}` is no whole page, and is never kept: leave it out"),
        Some(code) => {
            let time = if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                Some(Time::read(Asked::Status(code), input.parse()?)?)
            } else {
                None
            };
            return Ok(Status { code, time, span });
        }
    };
    Err(syn::Error::new(span, message))
}

/// Reads a number that the compiler computes.
pub fn number(option: &str, example: &str, input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr = expression(input)?;
    let wrong = match &expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_digits() == "0",
        Expr::Lit(_) | Expr::Unary(_) => true,
        _ => false,
    };
    if wrong {
        let message = format!("this is a whole number that is not 0: write `{option} = {example}`");
        return Err(syn::Error::new_spanned(expr, message));
    }
    Ok(expr)
}

/// Reads what tells a layer the rest.
pub fn layer(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr = expression(input)?;
    match &expr {
        Expr::Path(_) => Ok(expr),
        Expr::Closure(closure)
            if closure.inputs.len() == 1 && closure.asyncness.is_none() && closure.capture.is_none() =>
        {
            Ok(expr)
        }
        _ => {
            let message = "the rest is told to a `CacheLayer`, which is handed on: write \
                           `layer = |layer| layer.keep_errors()`";
            Err(syn::Error::new_spanned(expr, message))
        }
    }
}
