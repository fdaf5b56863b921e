//! The values of the options of pages: one reader each, with what to say of a wrong one.

use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprReference, Ident, Lit, LitStr, Token};

use super::vary::header;
use crate::time::Time;
use crate::values::{bare_name, expression, inside, text};

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
