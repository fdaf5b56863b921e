//! What is written in the place of a time, and what to write instead.

use quote::ToTokens;
use syn::{Expr, LitFloat, LitStr};

use super::Asked;

/// Words that other libraries use, and `forever` where there is no such thing.
pub(super) fn refuse_words(asked: Asked<'_>, expr: &Expr) -> syn::Result<()> {
    let Expr::Path(path) = expr else { return Ok(()) };
    let Some(word) = path.path.get_ident() else { return Ok(()) };
    let message = match word.to_string().as_str() {
        "never" | "infinite" | "infinity" | "eternal" | "always" | "None" | "none" | "Forever" if asked.may_last() => {
            "to keep a value until it is invalidated, write `ttl = forever`".to_owned()
        }
        "never" | "none" | "None" if !asked.is_all() => format!("to go without, leave {} out", asked.name()),
        "forever" | "never" | "infinite" | "infinity" | "eternal" | "always" | "None" | "none" | "Forever" => {
            format!("{} needs an end: write a time, as in `{}`", asked.name(), asked.with(60))
        }
        _ => return Ok(()),
    };
    Err(syn::Error::new_spanned(expr, message))
}

pub(super) fn zero(asked: Asked<'_>, expr: &Expr) -> syn::Error {
    let message = if asked.is_all() {
        format!("a time of 0 keeps nothing: write the seconds, as in `{}`, or take the attribute off", asked.with(60))
    } else {
        let (name, write) = (asked.name(), asked.with(60));
        format!("a time of 0 does nothing: leave {name} out, or write the seconds, as in `{write}`")
    };
    syn::Error::new_spanned(expr, message)
}

pub(super) fn century(asked: Asked<'_>, expr: &Expr) -> syn::Error {
    let instead = if asked.may_last() { "write `ttl = forever`" } else { "times are seconds" };
    syn::Error::new_spanned(expr, format!("this is over a hundred years; {instead}"))
}

pub(super) fn too_long(asked: Asked<'_>) -> &'static str {
    if asked.may_last() {
        "this is more seconds than fit in a `u64`; to keep a value until it is invalidated, write `forever`"
    } else {
        "this is more seconds than fit in a `u64`"
    }
}

/// The repair for a number with a part of a second: milliseconds where they say it, else whole seconds.
pub(super) fn fraction(asked: Asked<'_>, number: &LitFloat) -> syn::Error {
    let value: f64 = number.base10_digits().parse().unwrap_or(0.0);
    let repair = match number.suffix() {
        "" | "f32" | "f64" | "s" => {
            if value.fract() == 0.0 {
                format!("{value:.0}")
            } else {
                format!("std::time::Duration::from_millis({:.0})", value * 1000.0)
            }
        }
        suffix => unit(suffix)
            .map_or_else(|| "300".to_owned(), |(_, factor)| format!("{:.0}", value * f64::from(factor.unwrap_or(1)))),
    };
    let message = format!("a time is a whole number of seconds, or a `Duration`: write `{}`", asked.with(repair));
    syn::Error::new(number.span(), message)
}

/// The repair for a time in quotes: `"300"`, `"5m"`, `"1 hour"`.
pub(super) fn quoted(asked: Asked<'_>, text: &LitStr) -> syn::Error {
    let said = text.value();
    let said = said.trim();
    let end = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    let (digits, rest) = said.split_at(end);
    let repair = if digits.is_empty() {
        "300".to_owned()
    } else {
        with_unit(digits, rest.trim()).unwrap_or_else(|| digits.to_owned())
    };
    let message = if matches!(said, "forever" | "never" | "infinite") && asked.may_last() {
        "a time is not text: write the word without quotes, `ttl = forever`".to_owned()
    } else {
        format!("a time is a number of seconds, not text: write `{}`", asked.with(repair))
    };
    syn::Error::new(text.span(), message)
}

pub(super) fn not_a_time(asked: Asked<'_>, tokens: impl ToTokens) -> syn::Error {
    let write = asked.with(300);
    let message = format!("this is not a time: write the seconds, as in `{write}`, or a constant `Duration`");
    syn::Error::new_spanned(tokens, message)
}

/// Turns `5` and `m` into `5 * 60`.
pub(super) fn with_unit(digits: &str, suffix: &str) -> Option<String> {
    let (name, factor) = unit(suffix)?;
    Some(match (name, factor) {
        ("ms", _) => format!("std::time::Duration::from_millis({digits})"),
        (_, Some(60)) => format!("{digits} * 60"),
        (_, Some(3600)) => format!("{digits} * 60 * 60"),
        (_, Some(86_400)) => format!("{digits} * 24 * 60 * 60"),
        _ => digits.to_owned(),
    })
}

fn unit(suffix: &str) -> Option<(&'static str, Option<u32>)> {
    Some(match suffix {
        "ms" | "millis" => ("ms", None),
        "s" | "sec" | "secs" | "second" | "seconds" => ("s", Some(1)),
        "m" | "min" | "mins" | "minute" | "minutes" => ("m", Some(60)),
        "h" | "hour" | "hours" => ("h", Some(3600)),
        "d" | "day" | "days" => ("d", Some(86_400)),
        _ => return None,
    })
}
